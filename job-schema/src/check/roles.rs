//! Roles: who exists, who refers to whom, who has something to do.

use super::outline::{Name, Outline, Role, is_empty};
use super::role_slips;
use crate::finding::{Finding, Severity};
use crate::read::Report;
use crate::suggest::{nearest, slip};
use crate::yaml::Node;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    if job.multinode.is_none() {
        return single(job, report);
    }
    top_level(job, report);
    let explained = role_slips::check(job, report);
    for role in &job.roles {
        check_role(job, role, &explained, report);
    }
    let left_out = job.roles.iter().any(|role| !has_action(job, role));
    for block in &job.blocks {
        if block.node.get("role").is_none() {
            let help = format!("add `role: [{}]`, or fewer of them", listed(&names(job)));
            let message = "an action of a multinode job needs a `role`";
            report
                .error("J020", block.path(), block.span, message)
                .help(help);
        }
        // What nobody does can be missed by what comes after it.
        let some_known = block.roles.iter().any(|name| job.role(name.text).is_some());
        for (at, name) in block.roles.iter().enumerate() {
            let unknown_role = job.role(name.text).is_none() && !explained.contains(&name.text);
            if !job.roles.is_empty() && unknown_role {
                let path = format!("{}.role[{at}]", block.path());
                let finding = unknown("J021", &path, *name, "", job, report);
                // LAVA's server drops such a name, and refuses a role that is left with nothing to do.
                if !left_out && some_known {
                    finding.severity = Severity::Warning;
                }
            }
        }
    }
    if job.whole {
        idle(job, report);
    }
}

fn single(job: &Outline<'_>, report: &mut Report) {
    let root = job.root;
    // What the roles would have said cannot be known.
    if !job.is_single() {
        return;
    }
    if root.get("device_type").is_none_or(is_empty) && !told_as_a_slip(root) {
        let first = root.as_map().and_then(|entries| entries.first());
        let span = first.map_or(root.span, |entry| entry.key.span);
        let message = "the job says neither which `device_type` it needs nor which roles it has";
        report
            .error("J028", "", span, message)
            .help("add `device_type: …`, or `protocols: {lava-multinode: {roles: …}}`");
    }
    let mut with_role = job.blocks.iter().filter(|block| !block.roles.is_empty());
    if let Some(block) = with_role.next() {
        let path = format!("{}.role", block.path());
        let message = "`role` has no effect in a job without roles";
        let finding = report.warning("J036", path, block.roles[0].span, message);
        for other in with_role {
            finding.see(other.roles[0].span, "here neither");
        }
        finding.help("remove it, or add `protocols: {lava-multinode: {roles: …}}`");
    }
}

/// Whether a key was probably meant to be one that the job lacks; that is told when it is read.
fn told_as_a_slip(root: &Node) -> bool {
    let keys = || root.as_map().unwrap_or_default().iter();
    ["device_type", "protocols"].into_iter().any(|key| {
        let keys = keys().filter_map(|entry| entry.key.as_str());
        root.get(key).is_none() && nearest(key, keys).is_some()
    })
}

/// Keys that each role has for itself.
fn top_level(job: &Outline<'_>, report: &mut Report) {
    for key in ["device_type", "environment", "context", "tags"] {
        if let Some(entry) = job.root.entry(key).filter(|entry| !is_empty(&entry.value)) {
            let message = format!("`{key}` at the top has no effect in a multinode job");
            report
                .error("J029", key, entry.key.span, message)
                .help(format!("write `{key}` in each role that needs it"));
        }
    }
    if let Some(entry) = job.root.entry("device") {
        let message = "`device` at the top has no effect in a multinode job";
        report
            .warning("J008", "device", entry.key.span, message)
            .help("write `device` in the role that needs it");
    }
}

/// LAVA's server refuses a role that does nothing when it cuts the job into its parts.
fn idle(job: &Outline<'_>, report: &mut Report) {
    let known = |name: &Name<'_>| job.role(name.text).is_some();
    // An action that is for nobody, or for a role that is not, is told; it may have been meant for this role.
    if job
        .blocks
        .iter()
        .any(|block| block.roles.is_empty() || !block.roles.iter().all(known))
    {
        return;
    }
    for role in &job.roles {
        if has_action(job, role) {
            continue;
        }
        let message = format!("the role `{}` has no action", role.name.text.escape_debug());
        report
            .error("J026", role.path(), role.name.span, message)
            .help("name it in the `role` list of an action, or remove the role");
    }
}

fn check_role(job: &Outline<'_>, role: &Role<'_>, explained: &[&str], report: &mut Report) {
    let path = role.path();
    for key in ["host_role", "expect_role"] {
        let Some(other) = role.text(key) else {
            continue;
        };
        let path = format!("{path}.{key}");
        if key == "expect_role" && other.text == role.name.text {
            let message = format!(
                "the role `{}` would wait for its own `lava_start`",
                other.text.escape_debug()
            );
            let waits = role
                .text("request")
                .is_some_and(|name| name.text == "lava-start");
            let severity = if waits {
                Severity::Error
            } else {
                Severity::Warning
            };
            report
                .push(severity, "J025", path, other.span, message)
                .help("name the role that sends `lava_start`, usually the host role");
        } else if explained.contains(&other.text) {
            continue;
        } else if job.role(other.text).is_none() {
            unknown("J022", &path, other, &format!("{key}: "), job, report);
        } else if key == "host_role" {
            check_host(job, role, other, report);
        }
    }
    pairs(role, &path, report);
    if let (Some(device), Some(count)) = (role.text("device"), role.count())
        && count != 1
    {
        let message = format!(
            "`device: {}` is one device, the role `{}` has {count} nodes",
            device.text.escape_debug(),
            role.name.text.escape_debug(),
        );
        report
            .error("J027", format!("{path}.device"), device.span, message)
            .help("write `count: 1`, or choose the devices by `device_type` and `tags`");
    }
}

/// Keys that need or exclude each other. A guest's missing key is told when it is read.
fn pairs(role: &Role<'_>, path: &str, report: &mut Report) {
    let entry = |key| role.node.entry(key);
    if !role.is_guest() {
        let (has, lacks) = match (entry("host_role"), entry("expect_role")) {
            (Some(has), None) => (Some(has), "expect_role"),
            (None, Some(has)) => (Some(has), "host_role"),
            _ => (None, ""),
        };
        if let Some(has) = has {
            let key = has.key.key_text();
            let message = format!("`{key}` needs `{lacks}` beside it");
            report
                .error("J022", format!("{path}.{key}"), has.key.span, message)
                .help(
                    "a guest has both and no `device_type`; a role with a device has none of them",
                );
        }
    }
    for key in ["device", "worker"] {
        if let (Some(connection), Some(entry)) = (entry("connection"), entry(key)) {
            let message = format!("a role with a `connection` has no `{key}` of its own");
            report
                .error("J012", format!("{path}.{key}"), entry.key.span, message)
                .see(connection.key.span, "the connection")
                .help(format!(
                    "remove `{key}`: the nodes are on the device of the `host_role`"
                ));
        }
    }
}

fn check_host(job: &Outline<'_>, guest: &Role<'_>, name: Name<'_>, report: &mut Report) {
    let path = format!("{}.host_role", guest.path());
    let Some(host) = job.role(name.text) else {
        return;
    };
    let shown = name.text.escape_debug();
    if host.is_guest() {
        let message = format!("`{shown}` cannot be a host: it is a guest itself");
        report
            .error("J023", path, name.span, message)
            .see(host.name.span, "this role has no device of its own")
            .help("name a role with a `device_type`");
    } else if let Some(count) = host.count().filter(|count| *count != 1) {
        let message = format!(
            "the host role `{shown}` has {count} nodes: a guest cannot tell which one is its host"
        );
        report
            .error("J024", path, name.span, message)
            .see(host.name.span, "the host role")
            .help("write `count: 1` in the host role");
    }
}

/// Tells a name that is no role's.
pub(super) fn unknown<'r>(
    code: &'static str,
    path: &str,
    name: Name<'_>,
    key: &str,
    job: &Outline<'_>,
    report: &'r mut Report,
) -> &'r mut Finding {
    let names = names(job);
    let message = format!(
        "{key}there is no role `{}`; there are: {}",
        name.text.escape_debug(),
        listed(&names).escape_debug()
    );
    let finding = report.error(code, path, name.span, message);
    if let Some(near) = nearest(name.text, names.iter().copied()) {
        finding.help(format!("did you mean `{near}`?"));
        if slip(name.text, names.iter().copied()) == Some(near) {
            finding.fix(format!("write `{near}`"), name.span, near);
        }
    }
    finding
}

fn has_action(job: &Outline<'_>, role: &Role<'_>) -> bool {
    job.blocks
        .iter()
        .any(|block| block.has_role(role.name.text))
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 20;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn names<'a>(job: &Outline<'a>) -> Vec<&'a str> {
    job.roles.iter().map(|role| role.name.text).collect()
}
