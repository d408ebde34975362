//! Namespaces: every action names one, or none does.

use crate::action::COMMON;
use crate::job::Job;
use crate::read::Report;

pub(super) fn check(job: &Job, report: &mut Report) {
    let Some(first) = job.actions.iter().find(|block| block.namespace != COMMON) else {
        return;
    };
    for block in job.actions.iter().filter(|block| block.namespace == COMMON) {
        report
            .error(
                "J030",
                &block.path,
                block.span,
                "this action has no `namespace` while others have",
            )
            .see(
                first.span,
                format!("in the namespace `{}`", first.namespace),
            )
            .help("give every action a `namespace`, or give it to none");
    }
}
