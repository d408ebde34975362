//! Namespaces: `common` and others do not mix.

use super::{path, same_node};
use crate::action::{Block, COMMON};
use crate::job::Job;
use crate::read::Report;

pub(super) fn check(job: &Job, report: &mut Report) {
    let named: Vec<&Block> = job
        .actions
        .iter()
        .filter(|block| block.namespace != COMMON)
        .collect();
    let Some(first) = named.first() else {
        return;
    };
    for (index, block) in job.actions.iter().enumerate() {
        if block.namespace != COMMON {
            continue;
        }
        let path = path(index, block);
        if let Some(other) = named.iter().find(|named| same_node(named, block)) {
            // LAVA refuses the mix on one node: it cannot tell whose connection and overlay is meant.
            let message = format!(
                "this action is in the namespace `{COMMON}`, another one in `{}`: the two cannot be mixed",
                other.namespace
            );
            report
                .error("J030", &path, block.span, message)
                .see(
                    other.span,
                    format!("in the namespace `{}`", other.namespace),
                )
                .help("give every action a `namespace`, none of them `common`, or give it to none");
        } else {
            report
                .warning(
                    "J030",
                    &path,
                    block.span,
                    "this action has no `namespace` while others have",
                )
                .see(
                    first.span,
                    format!("in the namespace `{}`", first.namespace),
                )
                .help("LAVA's schema refuses this: give every action a `namespace`");
        }
    }
}
