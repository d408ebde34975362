//! Keys of actions that have no effect where they are.

use super::outline::{Block, Outline};
use crate::read::Report;
use crate::yaml::Data;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        match block.word {
            "deploy" | "boot" | "command" => skip(block, report),
            "test" if job.multinode.is_some() && block.is("test", "definitions") => {
                let where_to = "repeat the commands inside of the test definition instead";
                tries(
                    block,
                    "test definitions in a multinode job",
                    where_to,
                    report,
                );
            }
            "test" if block.is("test", "lkp") => {
                let instead = "`lkp: repeat:` runs every job so often";
                tries(block, "jobs of LKP", instead, report);
            }
            _ => {}
        }
    }
}

/// Only what runs out of time in a test block can be left behind.
fn skip(block: &Block<'_>, report: &mut Report) {
    let entry = block
        .node
        .get("timeout")
        .and_then(|node| node.entry("skip"));
    let Some(entry) = entry.filter(|entry| matches!(entry.value.data(), Data::Bool(true))) else {
        return;
    };
    let message = format!(
        "`skip` has no effect in the timeout of a `{}` block",
        block.word
    );
    report
        .warning(
            "J008",
            format!("{}.timeout.skip", block.path()),
            entry.key.span,
            message,
        )
        .help("only a test block that runs out of time can be skipped: remove it");
}

/// The test shell of a node in a group is not tried again: what the others have heard of it cannot be taken back. LKP has a
/// repeat of its own.
fn tries(block: &Block<'_>, what: &str, instead: &str, report: &mut Report) {
    for key in ["failure_retry", "repeat"] {
        let Some(entry) = block.node.entry(key) else {
            continue;
        };
        if matches!(entry.value.data(), Data::Int(1)) {
            continue;
        }
        let message = format!("`{key}` has no effect on {what}");
        report
            .warning(
                "J008",
                format!("{}.{key}", block.path()),
                entry.key.span,
                message,
            )
            .help(instead);
    }
}
