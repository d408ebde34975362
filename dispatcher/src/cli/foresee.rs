//! What can be known of a job before anything is touched: whether this version can run it.

use std::path::Path;

use indexmap::IndexMap;
use job_schema::Job;

use super::CliError;
use crate::failure::{Class, Failure};
use crate::group::{self, Choice};
use crate::inventory::Inventory;
use crate::inventory::given::Given;
use crate::lkp::load;
use crate::plan::NodePlan;
use crate::run_job;

/// Names of nodes in one line.
const SHOWN: usize = 3;

/// Refuses a job that cannot be run. What can only be told of the devices that are free is left to the run.
///
/// # Errors
/// Usage: the job asks for what its devices cannot do, or has steps that this version cannot run.
pub(super) fn refuse(job: &Job, file: &Path, lab: &Inventory) -> Result<(), CliError> {
    let name = file.display();
    let plans = match plans(job, lab) {
        Ok(plans) => plans,
        Err(failure) if failure.class == Class::Job => {
            return Err(CliError::Usage(format!(
                "{name}: {failure}; nothing was run"
            )));
        }
        Err(_) => return Ok(()),
    };
    // Nodes of a role lack the same: told once.
    let mut nodes_of: IndexMap<String, Vec<&str>> = IndexMap::new();
    for plan in &plans {
        for line in missing(plan) {
            nodes_of.entry(line).or_default().push(&plan.spec.name);
        }
    }
    if nodes_of.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = nodes_of
        .iter()
        .map(|(line, nodes)| format!("  {}: {line}", several(nodes)))
        .collect();
    Err(CliError::Usage(format!(
        "{name}: these steps cannot be run:\n{}\nnothing was run; `dispatch plan` \
         shows them in their places",
        lines.join("\n")
    )))
}

/// The plans of a job's nodes, on any devices that fit; of LKP's blocks no more than the job says.
fn plans(job: &Job, lab: &Inventory) -> Result<Vec<NodePlan>, Failure> {
    let specs = group::nodes(job, lab, &Choice::Any(&Given::default()), |place| {
        (place + 1).to_string()
    })?;
    run_job::plan(job, &load::names(job), specs)
}

/// `a, b, c and 13 more`.
fn several(nodes: &[&str]) -> String {
    let shown = nodes.len().min(SHOWN);
    let more = match nodes.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    nodes[..shown].join(", ") + &more
}

/// `1.2 http-download: files are not downloaded yet`, the first step of each reason.
fn missing(plan: &NodePlan) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for step in plan.not_runnable() {
        let Some(why) = step.kind.why_not() else {
            continue;
        };
        if !reasons.contains(&why) {
            reasons.push(why);
            lines.push(format!("{} {}: {why}", step.level, step.name));
        }
    }
    lines
}
