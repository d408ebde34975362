//! Who a node is, and its pipeline: what a plan is made from and what comes out.

use std::time::Duration;

use indexmap::{IndexMap, IndexSet};
use job_schema::yaml::Value;

use super::stages::{LkpSpec, TestSpec};
use super::step::Step;
use crate::inventory::Device;
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
    /// For the author: what in the job has no effect on this node, and what an imagined device would have to say.
    pub warnings: Vec<String>,
    /// The steps, `finalize` last.
    pub steps: Vec<Step>,
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
