//! Names of steps: a limit for one that there is not limits nothing, and a call at its start is never made.

use super::outline::{Block, Name, Outline, entries, name};
use crate::read::{Report, nearest};
use crate::steps::{self, Where};
use crate::suggest::is_near;

/// What refers to a step by its name.
struct Reference<'a> {
    name: Name<'a>,
    path: String,
    code: &'static str,
    /// What comes of a name that no step has.
    effect: &'static str,
}

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    let all: Vec<&Block<'_>> = job.blocks.iter().collect();
    for key in ["actions", "connections"] {
        for entry in entries(job.root.get("timeouts"), key) {
            if let Some(limit) = limit(&entry.key, &format!("timeouts.{key}")) {
                exists(job, &limit, &all, "no step of this job", report);
            }
        }
    }
    for block in &job.blocks {
        let what = "no step of this block";
        for entry in entries(Some(block.node), "timeouts") {
            if let Some(limit) = limit(&entry.key, &format!("{}.timeouts", block.path())) {
                exists(job, &limit, &[block], what, report);
            }
        }
        for (at, call) in block.calls().iter().enumerate() {
            let Some(name) = call.get("action").and_then(name) else {
                continue;
            };
            let call = Reference {
                name,
                path: format!("{}.protocols.lava-multinode[{at}].action", block.path()),
                code: "J047",
                effect: "the call is never made",
            };
            exists(job, &call, &[block], what, report);
        }
    }
}

/// A limit by name. A name that cannot be one is told when it is read.
fn limit<'a>(key: &'a crate::yaml::Node, prefix: &str) -> Option<Reference<'a>> {
    let name = name(key)?;
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    (!name.text.is_empty() && name.text.chars().all(word)).then(|| Reference {
        name,
        path: format!("{prefix}.{}", name.text),
        code: "J019",
        effect: "the limit has no effect",
    })
}

/// Tells a name that no step of the blocks has.
fn exists(
    job: &Outline<'_>,
    reference: &Reference<'_>,
    blocks: &[&Block<'_>],
    nothing: &str,
    report: &mut Report,
) {
    let (name, effect) = (reference.name.text, reference.effect);
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
    let shown = name.escape_debug();
    let message = match places {
        None => format!("no step has the name `{shown}`: {effect}"),
        Some(_) => format!("{nothing} has the name `{shown}`: {effect}"),
    };
    let span = reference.name.span;
    let finding = report.warning(reference.code, reference.path.as_str(), span, message);
    let alike = steps::all().filter(|(other, _)| is_near(name, other));
    let here = alike.filter(|(_, places)| runs(places));
    let near = nearest(name, here.map(|(name, _)| name));
    match (near, places) {
        (Some(near), None) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("rename it to `{near}`"),
            span,
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
