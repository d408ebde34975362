//! Whether nodes can run LKP: a job that looks, and what its results mean.

use job_schema::yaml::Value;

use super::job::{self, Block, FleetJob, Form};
use crate::inventory::lab::Entry;
use crate::inventory::yaml_text;
use crate::journal::event::CaseResult;
use crate::results::Results;

const SCRIPT: &str = include_str!("check_nodes.sh");

/// The test case that says whether a node will do.
const VERDICT: &str = "can-run-lkp";

/// What a node lacks when a test case did not pass, and what to do.
const ADVICE: &[(&str, &str)] = &[
    (
        "root",
        "not root: LKP needs root; log in as root in the lab's device file",
    ),
    (
        "namespaces",
        "no `unshare --mount --pid`: install util-linux, or allow namespaces",
    ),
    ("podman", "no podman that answers"),
    ("docker", "no docker that answers"),
    (
        "ruby",
        "no ruby with LKP's gems: install ruby ruby-activesupport ruby-git ruby-tty-command (Debian's names), or run in containers whose image has them",
    ),
];

/// What the tree needs where it runs.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// LKP's own program is in Ruby.
    pub ruby: bool,
}

/// What a node said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The node, which has its device's name.
    pub node: String,
    /// Whether it can run LKP; none when it did not come to the answer.
    pub ready: Option<bool>,
    /// Where: `on-the-node`, `in-containers`.
    pub ways: Vec<String>,
    /// What is missing, and what to do; or why there is no answer.
    pub missing: Vec<String>,
}

/// The job that looks. Its text is that of a job file.
#[must_use]
pub fn check_job(name: &str, what: &str, devices: &[&Entry], needs: Needs) -> String {
    let repository = serde_json::json!({
        "metadata": {
            "format": "Lava-Test Test Definition 1.0",
            "name": "lkp-nodes",
            "description": "what of LKP a node can run",
        },
        "run": {"steps": [format!("NEEDS_RUBY={}", if needs.ruby { "yes" } else { "no" }), SCRIPT.trim_end()]},
    });
    let definition = [
        ("from", Value::Str("inline".to_owned())),
        ("name", Value::Str("lkp-nodes".to_owned())),
        ("path", Value::Str("inline/lkp-nodes.yaml".to_owned())),
        ("repository", yaml_text::of_json(&repository)),
    ];
    let job = FleetJob {
        name: name.to_owned(),
        what: what.to_owned(),
        devices: devices.to_vec(),
        blocks: vec![Block {
            roles: devices.iter().map(|entry| entry.name.clone()).collect(),
            form: Form::Definitions(vec![job::map(definition)]),
        }],
    };
    job.text()
}

/// What the nodes of such a job said.
#[must_use]
pub fn readiness(results: &Results) -> Vec<Readiness> {
    let of = |node: &str| {
        let cases = results
            .results
            .iter()
            .filter(|case| case.node == node && case.suite != "lava");
        cases
            .map(|case| (case.case.as_str(), case.result))
            .collect::<Vec<_>>()
    };
    let nodes = results.nodes.iter().map(|node| {
        let cases = of(&node.node);
        let result = |name: &str| {
            cases
                .iter()
                .find(|(case, _)| *case == name)
                .map(|(_, result)| *result)
        };
        let ready = result(VERDICT).map(|result| result == CaseResult::Pass);
        let passed = |name: &str| result(name) == Some(CaseResult::Pass);
        let mut missing: Vec<String> = ADVICE
            .iter()
            // One engine is enough.
            .filter(|(case, _)| !(["podman", "docker"].contains(case) && passed("in-containers")))
            .filter(|(case, _)| result(case).is_some_and(|result| result != CaseResult::Pass))
            .map(|(_, advice)| (*advice).to_owned())
            .collect();
        if ready.is_none() {
            missing.extend(node.evidence.as_ref().map(|proof| proof.message.clone()));
        }
        let ways = ["on-the-node", "in-containers"]
            .into_iter()
            .filter(|way| passed(way));
        Readiness {
            node: node.node.clone(),
            ready,
            ways: ways.map(ToOwned::to_owned).collect(),
            missing,
        }
    });
    nodes.collect()
}
