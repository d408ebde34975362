//! Timeouts that can never be reached, because the job's own is shorter.

use std::time::Duration;

use crate::finding::Severity;
use crate::job::Job;
use crate::read::Report;
use crate::yaml::{Node, join_key};

pub(super) fn check(job: &Job, root: &Node, report: &mut Report) {
    let limit = job.timeouts.job;
    let mut longer = |node: &Node, prefix: &str, keys: &[&str], timeout: Duration, code| {
        let severity = if code == REFUSED {
            Severity::Error
        } else {
            Severity::Warning
        };
        if timeout <= limit {
            return;
        }
        let Some((last, before)) = keys.split_last() else {
            return;
        };
        let Some(entry) = node.at(before).and_then(|node| node.entry(last)) else {
            return;
        };
        let mut path = prefix.to_owned();
        for key in keys {
            join_key(&mut path, key);
        }
        let message = format!(
            "{} s is longer than the job may take: {} s",
            timeout.as_secs(),
            limit.as_secs()
        );
        let finding = report.push(severity, code, &path, entry.key.span, message);
        finding.help("lengthen `timeouts: job`, or shorten this one");
        if let Some(job) = root.get("timeouts").and_then(|t| t.entry("job")) {
            finding.see(job.key.span, "the job's timeout");
        }
    };
    let timeouts = &job.timeouts;
    for (key, timeout) in [
        ("action", timeouts.action),
        ("connection", timeouts.connection),
    ] {
        if let Some(timeout) = timeout {
            longer(root, "", &["timeouts", key], timeout, REFUSED);
        }
    }
    for (key, named) in [
        ("actions", &timeouts.actions),
        ("connections", &timeouts.connections),
    ] {
        for (name, timeout) in named {
            longer(root, "", &["timeouts", key, name], *timeout, REFUSED);
        }
    }
    for block in &job.actions {
        let Some(node) = at(root, &block.path) else {
            continue;
        };
        if let Some(timeout) = block.timeout {
            longer(node, &block.path, &["timeout"], timeout.limit, REFUSED);
        }
        for (name, timeout) in &block.timeouts {
            longer(node, &block.path, &["timeouts", name], *timeout, ODD);
        }
    }
}

/// LAVA's schema looks at these.
const REFUSED: &str = "J011";
/// LAVA does not look at the timeouts of single steps in a block.
const ODD: &str = "J018";

/// The node of a block: `actions[1].deploy`.
fn at<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    let (index, word) = path.strip_prefix("actions[")?.split_once("].")?;
    let index: usize = index.parse().ok()?;
    root.get("actions")?.as_seq()?.get(index)?.get(word)
}
