//! Calls on the bus that actions make.

use super::outline::{Outline, name};
use super::roles::unknown;
use crate::read::Report;
use crate::yaml::Node;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        for (at, call) in block.calls().iter().enumerate() {
            let path = format!("{}.protocols.lava-multinode[{at}]", block.path());
            if job.is_single() {
                let first = call.as_map().and_then(|entries| entries.first());
                let span = first.map_or(call.span, |entry| entry.key.span);
                // LAVA's dispatcher makes no call then.
                report
                    .warning(
                        "J033",
                        path,
                        span,
                        "a job without roles has nobody to talk to",
                    )
                    .help("remove `protocols` from the action, or give the job roles");
                continue;
            }
            if job.multinode.is_some()
                && verb(call) == Some("wait-all")
                && let Some(role) = call.get("role").and_then(name)
                && !job.roles.is_empty()
                && job.role(role.text).is_none()
            {
                unknown("J035", &format!("{path}.role"), role, "role: ", job, report);
            }
            picks(call, &path, report);
        }
    }
}

/// `wait` of `lava-wait` and `lava_wait`.
pub(super) fn verb(call: &Node) -> Option<&str> {
    let request = call.get("request")?.as_str()?;
    let verb = request
        .strip_prefix("lava-")
        .or_else(|| request.strip_prefix("lava_"))?;
    Some(match verb {
        "wait_all" => "wait-all",
        verb => verb,
    })
}

/// LAVA: "Unable to identify replaceable values in the parameters".
fn picks(call: &Node, path: &str, report: &mut Report) {
    if !matches!(verb(call), Some("wait" | "wait-all")) {
        return;
    }
    let Some([first, ..]) = call.get("message").and_then(Node::as_map) else {
        return;
    };
    let values = call
        .get("message")
        .and_then(Node::as_map)
        .unwrap_or_default();
    let picks = |entry: &crate::yaml::Entry| {
        let text = entry.value.as_str();
        text.is_some_and(|text| text.starts_with('$'))
    };
    if values.iter().any(picks) {
        return;
    }
    let id = call.get("messageID").and_then(Node::as_str).unwrap_or("?");
    let message = format!(
        "`message` of the wait for `{}` picks nothing",
        id.escape_debug()
    );
    let key = first.key.key_text();
    let finding = report.warning("J034", format!("{path}.message"), first.value.span, message);
    finding.help(format!(
        "to pick `{}` out of the answer write `${0}` as its value",
        key.escape_debug()
    ));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if values.len() == 1 && key.chars().all(plain) && first.value.as_str().is_some() {
        finding.fix(
            format!("write `${key}`"),
            first.value.span,
            format!("${key}"),
        );
    }
}
