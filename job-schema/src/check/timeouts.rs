//! Timeouts that can never be reached, because the job's own is shorter.

use std::time::Duration;

use super::{kind, path};
use crate::job::Job;
use crate::read::Report;
use crate::yaml::{Node, join_key};

pub(super) fn check(job: &Job, root: &Node, report: &mut Report) {
    let limit = job.timeouts.job;
    let mut longer = |node: &Node, prefix: &str, keys: &[&str], timeout: Duration| {
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
        let finding = report.warning("J011", &path, entry.key.span, message);
        finding.help("LAVA's schema refuses this: lengthen `timeouts: job`, or shorten this one");
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
            longer(root, "", &["timeouts", key], timeout);
        }
    }
    for (key, named) in [
        ("actions", &timeouts.actions),
        ("connections", &timeouts.connections),
    ] {
        for (name, timeout) in named {
            longer(root, "", &["timeouts", key, name], *timeout);
        }
    }
    let written = root
        .get("actions")
        .and_then(Node::as_seq)
        .unwrap_or_default();
    for (index, (block, node)) in job.actions.iter().zip(written).enumerate() {
        let Some(node) = node.get(kind(block)) else {
            continue;
        };
        let path = path(index, block);
        if let Some(timeout) = block.timeout {
            longer(node, &path, &["timeout"], timeout.limit);
        }
        for (name, timeout) in &block.timeouts {
            longer(node, &path, &["timeouts", name], *timeout);
        }
    }
}
