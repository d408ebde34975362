//! Limits by the name of a step: one that no step has limits nothing.

use super::outline::{Block, Outline};
use super::timeouts::entries;
use crate::read::{Report, nearest};
use crate::steps::{self, Where};
use crate::yaml::Entry;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    let all: Vec<&Block<'_>> = job.blocks.iter().collect();
    for key in ["actions", "connections"] {
        for entry in entries(job.root.get("timeouts"), key) {
            let prefix = format!("timeouts.{key}");
            limits_something(job, entry, &prefix, &all, "no step of this job", report);
        }
    }
    for block in &job.blocks {
        for entry in entries(Some(block.node), "timeouts") {
            let prefix = format!("{}.timeouts", block.path());
            let what = "no step of this block";
            limits_something(job, entry, &prefix, &[block], what, report);
        }
    }
}

fn limits_something(
    job: &Outline<'_>,
    entry: &Entry,
    prefix: &str,
    blocks: &[&Block<'_>],
    nothing: &str,
    report: &mut Report,
) {
    let Some(name) = entry.key.as_str() else {
        return;
    };
    // A name that cannot be one is told when it is read.
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return;
    }
    let path = format!("{prefix}.{name}");
    let runs = |places: &[Where]| {
        !job.whole
            || places.is_empty()
            || places.iter().any(|place| {
                let runs = |block: &&Block<'_>| {
                    place.is_in(block.word, block.method(), job.multinode.is_some())
                };
                blocks.iter().any(runs)
            })
    };
    let places = steps::find(name);
    if places.is_some_and(runs) {
        return;
    }
    let message = match places {
        None => format!("no step has the name `{name}`: the limit has no effect"),
        Some(_) => format!("{nothing} has the name `{name}`: the limit has no effect"),
    };
    let finding = report.warning("J019", path, entry.key.span, message);
    let here = steps::names().filter(|name| steps::find(name).is_some_and(runs));
    let near = nearest(name, here);
    match (near, places) {
        (Some(near), None) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("rename it to `{near}`"),
            entry.key.span,
            near,
        ),
        (_, Some(places)) => {
            let owners: Vec<String> = places.iter().map(ToString::to_string).collect();
            finding.help(format!(
                "it is a step of {}; `dispatch plan` shows the steps of this job",
                owners.join(", ")
            ))
        }
        (None, None) => finding.help("`dispatch plan` shows the names of the steps"),
    };
}
