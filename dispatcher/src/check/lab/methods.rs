//! Whether devices can do what a job's blocks ask: their planning says so.

use std::collections::HashSet;

use job_schema::yaml::Node;
use job_schema::{Action, Block, Finding, Job, Severity, Span};

use super::wishes::Wish;
use crate::actions::{boot, deploy};
use crate::failure::Failure;
use crate::group::{self, Choice};
use crate::inventory::Inventory;
use crate::inventory::given::Given;
use crate::lkp::load;
use crate::plan::context::Context;
use crate::plan::{NodeSpec, plan_node};

/// Plans one node of each role; `root` has the places of the words.
pub(super) fn check(
    job: &Job,
    root: &Node,
    lab: &Inventory,
    wishes: &[Wish<'_>],
    findings: &mut Vec<Finding>,
) {
    let Some(first) = wishes.first() else { return };
    // All nodes of a role are planned alike.
    let mut job = job.clone();
    for role in job
        .protocols
        .multinode
        .iter_mut()
        .flat_map(|m| m.roles.values_mut())
    {
        role.count = 1;
    }
    let unplanned = |failure: Failure| {
        first.error(
            super::UNPLANNED,
            "device_type",
            first.device_type.span,
            failure.message,
        )
    };
    let specs = match group::nodes(&job, lab, &Choice::Any(&Given::default()), |place| {
        place.to_string()
    }) {
        Ok(specs) => specs,
        Err(_) if !findings.is_empty() => return,
        Err(failure) => return findings.push(unplanned(failure)),
    };
    let before = findings.len();
    let mut told = HashSet::new();
    for spec in &specs {
        for (index, block) in job.actions.iter().enumerate() {
            if !plays(spec, block) {
                continue;
            }
            if let Some(refusal) = refusal(spec, block)
                && told.insert((index, spec.device.device_type.clone()))
            {
                findings.push(refused(index, block, root, spec, wishes, refusal));
            }
        }
    }
    if findings.len() > before {
        return;
    }
    let suites = load::names(&job);
    let failure = specs
        .into_iter()
        .find_map(|spec| plan_node(&job, &suites, spec).err());
    findings.extend(failure.map(unplanned));
}

fn plays(spec: &NodeSpec, block: &Block) -> bool {
    block.roles.is_empty() || block.roles.iter().any(|role| role.value == spec.role)
}

/// Why a device cannot do what a block asks.
struct Refusal {
    /// The key of the block that asks for it.
    key: &'static str,
    why: String,
}

fn refusal(spec: &NodeSpec, block: &Block) -> Option<Refusal> {
    let context = Context {
        spec,
        block,
        blocks: &[],
        tests: &[],
        lkp: &[],
    };
    let (key, draft) = match &block.action {
        Action::Deploy(deploy) => ("to", deploy::plan(deploy, &context)),
        Action::Boot(boot) => ("method", boot::plan(boot, &context)),
        Action::Test(_) | Action::Command(_) => return None,
    };
    match draft {
        Err(failure) => Some(Refusal {
            key,
            why: failure.message,
        }),
        Ok(draft) => draft.wrong_name().map(|why| Refusal {
            key: "commands",
            why: why.to_owned(),
        }),
    }
}

fn refused(
    index: usize,
    block: &Block,
    root: &Node,
    spec: &NodeSpec,
    wishes: &[Wish<'_>],
    refusal: Refusal,
) -> Finding {
    let Refusal { key, why } = refusal;
    let span = word_of(root, index, block.action.word(), key).unwrap_or(block.span);
    let path = format!("{}.{key}", block.path);
    let mut finding = Finding::new("J083", Severity::Error, path, span, why);
    let wish = wishes
        .iter()
        .find(|wish| wish.device_type.value == spec.device.device_type);
    if let Some(wish) = wish {
        finding.see(wish.device_type.span, "the device type");
    }
    finding
}

fn word_of(root: &Node, index: usize, kind: &str, word: &str) -> Option<Span> {
    let block = root.get("actions")?.as_seq()?.get(index)?.get(kind)?;
    Some(block.get(word)?.span)
}
