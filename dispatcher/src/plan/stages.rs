//! Test blocks as stages of overlays: which definitions and `lkp:` blocks a namespace's overlay holds, and in which folders.

use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::test::Test;
use job_schema::test::definitions::Definition;
use job_schema::{Action, Block};

use crate::failure::Failure;
use crate::lkp::load::Suites;
use crate::lkp::suite::Suite;

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

/// Whether a test brings files: it is a stage of its namespaces.
pub(super) fn needs_overlay(test: &Test) -> bool {
    match test {
        Test::Definitions(_) | Test::Lkp(_) => true,
        Test::Interactive(_) | Test::Monitors(_) | Test::Services(_) => false,
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
pub(super) fn homes(block: &Block) -> Vec<&str> {
    let mut homes = vec![overlay_namespace(block)];
    if homes[0] != block.namespace {
        homes.push(&block.namespace);
    }
    homes
}

/// What all test blocks of a node bring.
pub(super) struct Collected {
    pub(super) tests: Vec<TestSpec>,
    pub(super) lkp: Vec<LkpSpec>,
}

/// Goes through the test blocks in the order of the job.
///
/// # Errors
/// See [`Suites::of`].
pub(super) fn collect(blocks: &[&Block], suites: &Suites) -> Result<Collected, Failure> {
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
