//! Rules across fields and across roles, one file per topic.
//!
//! In: a job whose every block could be read, and its located text. Out: findings. Only what is certain from the
//! file is reported; what depends on devices is known when a job is planned.

mod boots;
mod definitions;
mod messages;
mod namespaces;
mod roles;
mod timeouts;

use crate::action::Block;
use crate::job::Job;
use crate::read::Report;
use crate::yaml::Node;

/// Checks a job; `root` is its located text.
pub(crate) fn check(job: &Job, root: &Node, report: &mut Report) {
    roles::check(job, root, report);
    timeouts::check(job, root, report);
    namespaces::check(job, report);
    boots::check(job, report);
    messages::check(job, report);
    definitions::check(job, report);
}

/// Whether some node runs both blocks.
fn same_node(a: &Block, b: &Block) -> bool {
    a.roles.is_empty() && b.roles.is_empty() || a.roles.iter().any(|role| b.roles.contains(role))
}
