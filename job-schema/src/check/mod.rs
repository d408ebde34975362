//! Rules across fields and across roles, one file per topic.
//!
//! In: the located text of a job, whether or not all of it could be read. Out: findings. Only what is certain from
//! the file is reported; what depends on devices is known when a job is planned.

mod block;
mod budget;
mod definitions;
mod deploys;
mod guests;
mod idle;
mod lkp;
mod messages;
mod namespaces;
mod outline;
mod patterns;
mod prompts;
mod role_slips;
mod roles;
mod steps;
mod timeouts;

use std::collections::HashSet;

use crate::finding::Severity;
use crate::read::Report;
use crate::yaml::Node;

use outline::Outline;

/// Checks a job; `root` is its located text.
pub(crate) fn check(root: &Node, report: &mut Report) {
    let job = Outline::new(root);
    if job.is_huge() {
        let message = "the job is too large for the rules across its blocks";
        let at = root.entry("actions").map_or(root.span, |e| e.key.span);
        report
            .warning("J049", "actions", at, message)
            .help("each block is checked for itself; split the job to have the rest checked");
        return;
    }
    roles::check(&job, report);
    timeouts::check(&job, report);
    steps::check(&job, report);
    budget::check(&job, report);
    namespaces::check(&job, report);
    guests::check(&job, report);
    deploys::check(&job, report);
    messages::check(&job, report);
    definitions::check(&job, report);
    idle::check(&job, report);
    patterns::check(&job, report);
    prompts::check(&job, report);
    lkp::check(&job, report);
    say_once(report);
}

/// A key that is wrong where it stands is not also told to be unknown.
fn say_once(report: &mut Report) {
    let wrong: HashSet<String> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.code != "J006")
        .map(|finding| finding.path.clone())
        .collect();
    report.findings.retain(|finding| {
        finding.code != "J006"
            || finding.severity == Severity::Error
            || !wrong.contains(&finding.path)
    });
}
