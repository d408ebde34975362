//! The pipeline of one node.

use std::sync::Arc;
use std::time::Duration;

use indexmap::{IndexMap, IndexSet};
use job_schema::test::Test;
use job_schema::test::definitions::Definition;
use job_schema::yaml::Value;
use job_schema::{Action, Block, Job};

use super::draft::Draft;
use super::step::{Step, StepKind};
use super::timeouts::Finisher;
use crate::actions::{boot, command, deploy, finalize, test};
use crate::failure::Failure;
use crate::inventory::Device;
use crate::lkp::load::Suites;
use crate::lkp::suite::Suite;
use crate::overlay::os::Os;

/// Who a node is: all that is known of it before anything is touched.
#[derive(Debug, Clone)]
pub struct NodeSpec {
    /// `guest-1`
    pub name: String,
    /// `guest`; `node` in a single-node job.
    pub role: String,
    /// Digits, unique in this installation.
    pub job_id: String,
    /// Its device; for a guest the device of its host, reduced to what a guest may know.
    pub device: Device,
    /// For a guest: the node whose device it uses.
    pub host: Option<String>,
    /// For a delayed start: the role whose `lava_start` it awaits.
    pub expects: Option<String>,
    /// Whether the group is cancelled when this node ends incomplete.
    pub essential: bool,
    /// Every member of the group as (job id, role), this one too; empty in a single-node job.
    pub group: Vec<(String, String)>,
    /// Time limit of calls on the bus that name none: `protocols: lava-multinode: timeout`, or the role's.
    pub bus_timeout: Option<Duration>,
    /// `environment` of the role, or of the job.
    pub environment: IndexMap<String, Value>,
    /// `context` of the role, or of the job.
    pub context: IndexMap<String, Value>,
    /// `secrets` of the job.
    pub secrets: IndexMap<String, String>,
    /// `tags` of the role, or of the job.
    pub tags: Vec<String>,
}

/// A node's pipeline.
#[derive(Debug, Clone)]
pub struct NodePlan {
    /// Who the node is.
    pub spec: NodeSpec,
    /// Limit of the whole job.
    pub job_timeout: Duration,
    /// The test definitions that go into its overlays.
    pub tests: Vec<TestSpec>,
    /// The `lkp:` blocks, whose trees go into its overlays.
    pub lkp: Vec<LkpSpec>,
    /// `os` of the deploy block, by namespace.
    pub os: IndexMap<String, String>,
    /// Its namespaces, in the order of the job.
    pub namespaces: IndexSet<String>,
    /// What in the job has no effect on this node, for the author.
    pub warnings: Vec<String>,
    /// The steps, `finalize` last.
    pub steps: Vec<Step>,
}

/// A test definition of a node.
#[derive(Debug, Clone)]
pub struct TestSpec {
    /// The namespace whose overlay holds it.
    pub namespace: String,
    /// The test block that it belongs to, counted per namespace from 0.
    pub stage: usize,
    /// `0_smoke-tests`: counted over all stages of the namespace.
    pub dir: String,
    /// What the job says of it.
    pub definition: Definition,
}

/// An `lkp:` block of a node.
#[derive(Debug, Clone)]
pub struct LkpSpec {
    /// The namespace whose overlay holds it.
    pub namespace: String,
    /// The test block, counted per namespace from 0.
    pub stage: usize,
    /// `1_lkp`: counted with the test definitions of the namespace.
    pub dir: String,
    /// With `cluster:`: which of the node's blocks of this name it is, from 0.
    pub cluster: Option<usize>,
    /// What is known of it.
    pub suite: Arc<Suite>,
}

impl LkpSpec {
    /// Its folder on the node.
    #[must_use]
    pub fn folder(&self, results_root: &str) -> String {
        format!("{results_root}/lkp/{}", self.stage)
    }
}

/// What a method's `plan` may look at.
pub struct Context<'a> {
    /// The node.
    pub spec: &'a NodeSpec,
    /// The block that is planned.
    pub block: &'a Block,
    /// All blocks of the node.
    pub blocks: &'a [&'a Block],
    /// All test definitions of the node.
    pub tests: &'a [TestSpec],
    /// All `lkp:` blocks of the node.
    pub lkp: &'a [LkpSpec],
}

impl Context<'_> {
    /// Whether the node can talk to others: LAVA's protocol `lava-multinode`.
    #[must_use]
    pub fn is_multinode(&self) -> bool {
        !self.spec.group.is_empty()
    }

    /// Indices of the test definitions that an overlay of this block's namespace holds.
    pub fn tests_here(&self) -> impl Iterator<Item = (usize, &TestSpec)> {
        let here = &self.block.namespace;
        self.tests
            .iter()
            .enumerate()
            .filter(move |(_, t)| t.namespace == *here)
    }

    /// Whether a test of this block's namespace runs on the node's own system, whose kind must be known.
    #[must_use]
    pub fn needs_deployment_data(&self) -> bool {
        self.has_shell()
    }

    /// Whether a test of this block's namespace needs an overlay.
    #[must_use]
    pub fn needs_overlay(&self) -> bool {
        self.any_test(needs_overlay)
    }

    /// Whether a test of this block's namespace runs in a shell on the node: not beside it in a container.
    #[must_use]
    pub fn has_shell(&self) -> bool {
        self.any_test(|test| match test {
            Test::Definitions(form) => form.docker.is_none(),
            Test::Lkp(_) => true,
            Test::Interactive(_) | Test::Monitors(_) | Test::Services(_) => false,
        })
    }

    /// Whether there is such a test that uses this block's namespace, or its connection.
    fn any_test(&self, is_it: impl Fn(&Test) -> bool) -> bool {
        let here = self.block.namespace.as_str();
        self.blocks.iter().any(|block| match &block.action {
            Action::Test(test) => homes(block).contains(&here) && is_it(test),
            Action::Deploy(_) | Action::Boot(_) | Action::Command(_) => false,
        })
    }
}

/// Whether a test brings files: it is a stage of its namespaces.
fn needs_overlay(test: &Test) -> bool {
    match test {
        Test::Definitions(_) | Test::Lkp(_) => true,
        Test::Interactive(_) | Test::Monitors(_) | Test::Services(_) => false,
    }
}

/// Plans a node's blocks on its device.
///
/// # Errors
/// Class job: the device cannot do what a block asks.
pub fn plan_node(job: &Job, suites: &Suites, spec: NodeSpec) -> Result<NodePlan, Failure> {
    let blocks: Vec<&Block> = job
        .actions
        .iter()
        .filter(|b| b.roles.is_empty() || b.roles.iter().any(|r| **r == spec.role))
        .collect();
    let Collected { tests, lkp } = collect(&blocks, suites)?;
    let mut stages: IndexMap<&str, usize> = IndexMap::new();
    let mut steps = Vec::new();
    let mut warnings = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let context = Context {
            spec: &spec,
            block,
            blocks: &blocks,
            tests: &tests,
            lkp: &lkp,
        };
        let draft = match &block.action {
            Action::Deploy(deploy) => deploy::plan(deploy, &context)?,
            Action::Boot(boot) => boot::plan(boot, &context)?,
            Action::Command(command) => command::plan(command, &context)?,
            Action::Test(form) => {
                let stage = stages.get(overlay_namespace(block)).copied().unwrap_or(0);
                if needs_overlay(form) {
                    for home in homes(block) {
                        *stages.entry(home).or_default() += 1;
                    }
                }
                test::plan(form, stage, &context)?
            }
        };
        let step = finisher(job, &spec, Some(block)).finish(draft, (index + 1).to_string());
        warnings.extend(calls_without_step(block, &step));
        steps.push(step);
    }
    let last = (steps.len() + 1).to_string();
    steps.push(finisher(job, &spec, None).finish(finalize::plan(), last));
    let os = blocks
        .iter()
        .filter_map(|block| match &block.action {
            Action::Deploy(deploy) => Some((block.namespace.clone(), deploy.os.clone()?)),
            _ => None,
        })
        .collect();
    Ok(NodePlan {
        job_timeout: job.timeouts.job,
        tests,
        lkp,
        os,
        namespaces: blocks.iter().map(|b| b.namespace.clone()).collect(),
        warnings,
        steps,
        spec,
    })
}

/// Calls on the bus that are never made: no step of their block has the name that they hang on.
fn calls_without_step(block: &Block, step: &Step) -> Vec<String> {
    let names: Vec<&str> = step.walk().map(|s| &*s.name).collect();
    let lost = block
        .protocols
        .iter()
        .filter(|c| !names.contains(&c.action.as_str()));
    lost.map(|call| {
        format!(
            "line {}: no step of this block is called `{}`, so its {} is never made; there are: {}",
            call.action.span.line,
            *call.action,
            call.words(),
            names.join(", ")
        )
    })
    .collect()
}

fn finisher<'a>(job: &'a Job, spec: &'a NodeSpec, block: Option<&'a Block>) -> Finisher<'a> {
    Finisher {
        job: &job.timeouts,
        device: &spec.device.config,
        context: &spec.context,
        block,
        namespace: block.map_or("common", |b| b.namespace.as_str()),
    }
}

/// The namespace whose overlay holds a test block's definitions.
pub(crate) fn overlay_namespace(block: &Block) -> &str {
    block
        .connection_namespace
        .as_deref()
        .unwrap_or(&block.namespace)
}

/// The namespaces whose overlays hold a test block's definitions: the one whose connection it uses, and its own, where a
/// deploy may stand too.
fn homes(block: &Block) -> Vec<&str> {
    let mut homes = vec![overlay_namespace(block)];
    if homes[0] != block.namespace {
        homes.push(&block.namespace);
    }
    homes
}

struct Collected {
    tests: Vec<TestSpec>,
    lkp: Vec<LkpSpec>,
}

fn collect(blocks: &[&Block], suites: &Suites) -> Result<Collected, Failure> {
    let mut stages: IndexMap<&str, usize> = IndexMap::new();
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    let mut clusters: IndexMap<&str, usize> = IndexMap::new();
    let mut tests = Vec::new();
    let mut lkp = Vec::new();
    for block in blocks {
        let Action::Test(test) = &block.action else {
            continue;
        };
        if !needs_overlay(test) {
            continue;
        }
        for namespace in homes(block) {
            let stage = stages.entry(namespace).or_default();
            let index = counts.entry(namespace).or_default();
            for definition in test.definitions() {
                tests.push(TestSpec {
                    namespace: namespace.to_owned(),
                    stage: *stage,
                    dir: format!("{index}_{}", *definition.name),
                    definition: definition.clone(),
                });
                *index += 1;
            }
            *stage += 1;
        }
        if let Test::Lkp(form) = test {
            let namespace = overlay_namespace(block);
            let index = counts.entry(namespace).or_default();
            let cluster = (!form.cluster.is_empty()).then(|| {
                let count = clusters.entry(form.suite()).or_default();
                *count += 1;
                *count - 1
            });
            lkp.push(LkpSpec {
                cluster,
                namespace: namespace.to_owned(),
                stage: stages.get(namespace).map_or(0, |next| next - 1),
                dir: format!("{index}_{}", form.suite()),
                suite: Arc::clone(suites.of(block)?),
            });
            *index += 1;
        }
    }
    Ok(Collected { tests, lkp })
}

impl NodePlan {
    /// What is known of the system on the node in a namespace.
    #[must_use]
    pub fn os_of(&self, namespace: &str) -> Os {
        Os::of(
            self.os.get(namespace).map(String::as_str),
            &self.spec.device.config.posix,
        )
    }

    /// The results folder on the node, `/lava-<job id>`: context, then the OS table, then the device's constant.
    #[must_use]
    pub fn results_dir(&self, namespace: &str) -> String {
        let pattern = match self.spec.context.get("lava_test_results_dir") {
            Some(Value::Str(own)) => own.clone(),
            _ => self.os_of(namespace).results_dir,
        };
        let root = pattern.replace("%s", &self.spec.job_id);
        // Two namespaces of one machine must not tread on each other.
        match self.namespaces.get_index_of(namespace) {
            None | Some(0) => root,
            Some(_) => format!("{root}/{namespace}"),
        }
    }

    /// Steps that this version cannot run.
    pub fn not_runnable(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .flat_map(Step::walk)
            .filter(|s| s.kind.why_not().is_some())
    }
}

/// Children that LAVA adds to every boot which reaches a shell.
pub(crate) fn export_env() -> Draft {
    Draft::new(
        "export-device-env",
        StepKind::Boot(boot::Step::ExportDeviceEnv),
    )
}
