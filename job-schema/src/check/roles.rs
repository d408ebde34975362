//! Roles: who exists, who refers to whom, who has something to do.

use indexmap::IndexMap;

use crate::finding::Finding;
use crate::job::Job;
use crate::multinode::{Request, Role, RoleKind};
use crate::read::Report;
use crate::suggest::{nearest, slip};
use crate::yaml::{Data, Node, Spanned};

pub(super) fn check(job: &Job, root: &Node, report: &mut Report) {
    let Some(multinode) = job.multinode() else {
        return single(job, root, report);
    };
    let roles = &multinode.roles;
    for key in ["device_type", "environment", "context", "tags"] {
        if let Some(entry) = root.entry(key).filter(|entry| !is_empty(&entry.value)) {
            let message = format!("`{key}` at the top has no effect in a multinode job");
            report
                .error("J029", key, entry.key.span, message)
                .help(format!("write `{key}` in each role that needs it"));
        }
    }
    if let Some(entry) = root.entry("device") {
        let message = "`device` at the top has no effect in a multinode job";
        report
            .warning("J008", "device", entry.key.span, message)
            .help("write `device` in the role that needs it");
    }
    for role in roles.values() {
        check_role(role, roles, report);
        if !job
            .actions
            .iter()
            .any(|block| block.roles.contains(&role.name))
        {
            let message = format!("the role `{}` has no action", *role.name);
            report
                .warning("J026", &role_path(role), role.name.span, message)
                .help("name it in the `role` list of an action, or remove the role");
        }
    }
    for block in &job.actions {
        let path = &block.path;
        if block.roles.is_empty() {
            report
                .error(
                    "J020",
                    path,
                    block.span,
                    "an action of a multinode job needs a `role`",
                )
                .help(format!(
                    "add `role: [{}]`, or fewer of them",
                    names(roles).join(", ")
                ));
        }
        for role in &block.roles {
            if !roles.contains_key(&role.value) {
                let finding = unknown("J021", &format!("{path}.role"), role, "", roles, report);
                correct(finding, role, roles);
            }
        }
        for call in &block.protocols {
            if let Request::WaitAll { role: Some(role) } = &call.request
                && !roles.contains_key(role)
            {
                let role = Spanned {
                    value: role.clone(),
                    span: call.action.span,
                };
                unknown(
                    "J035",
                    &format!("{path}.protocols"),
                    &role,
                    "role: ",
                    roles,
                    report,
                );
            }
        }
    }
}

fn single(job: &Job, root: &Node, report: &mut Report) {
    if job.device_type.is_none() {
        let first = root.as_map().and_then(|entries| entries.first());
        let span = first.map_or(root.span, |entry| entry.key.span);
        report
            .error(
                "J028",
                "",
                span,
                "the job says neither which `device_type` it needs nor which roles it has",
            )
            .help("add `device_type: …`, or `protocols: {lava-multinode: {roles: …}}`");
    }
    for block in &job.actions {
        if let Some(role) = block.roles.first() {
            report
                .warning(
                    "J036",
                    &block.path,
                    role.span,
                    "`role` has no effect in a job without roles",
                )
                .help("remove it, or add `protocols: {lava-multinode: {roles: …}}`");
        }
    }
}

fn check_role(role: &Role, roles: &IndexMap<String, Role>, report: &mut Report) {
    let path = role_path(role);
    match &role.kind {
        RoleKind::Device { device, .. } => {
            if let Some(device) = device
                && role.count != 1
            {
                let message = format!(
                    "`device: {}` is one device, the role `{}` has {} nodes",
                    **device, *role.name, role.count
                );
                report
                    .error("J027", &format!("{path}.device"), device.span, message)
                    .help("write `count: 1`, or choose the devices by `device_type` and `tags`");
            }
        }
        RoleKind::Guest {
            host_role,
            expect_role,
            ..
        } => {
            check_host(role, host_role, roles, report);
            let path = format!("{path}.expect_role");
            if **expect_role == *role.name {
                let message = format!(
                    "the role `{}` would wait for its own `lava_start`",
                    *role.name
                );
                report
                    .error("J025", &path, expect_role.span, message)
                    .help("name the role that sends `lava_start`, usually the host role");
            } else if !roles.contains_key(&expect_role.value) {
                let finding = unknown("J022", &path, expect_role, "expect_role: ", roles, report);
                correct(finding, expect_role, roles);
            }
        }
    }
}

fn check_host(
    guest: &Role,
    host_role: &Spanned<String>,
    roles: &IndexMap<String, Role>,
    report: &mut Report,
) {
    let path = format!("{}.host_role", role_path(guest));
    let Some(host) = roles.get(&host_role.value) else {
        let finding = unknown("J022", &path, host_role, "host_role: ", roles, report);
        correct(finding, host_role, roles);
        return;
    };
    if matches!(host.kind, RoleKind::Guest { .. }) {
        let message = format!("`{}` cannot be a host: it is a guest itself", **host_role);
        report
            .error("J023", &path, host_role.span, message)
            .see(host.name.span, "this role has a `host_role`")
            .help("name a role with a `device_type`");
    } else if host.count != 1 {
        let message = format!(
            "the host role `{}` has {} nodes: a guest cannot tell which one is its host",
            **host_role, host.count
        );
        report
            .error("J024", &path, host_role.span, message)
            .see(host.name.span, "the host role")
            .help("write `count: 1` in the host role");
    }
}

fn unknown<'r>(
    code: &'static str,
    path: &str,
    name: &Spanned<String>,
    key: &str,
    roles: &IndexMap<String, Role>,
    report: &'r mut Report,
) -> &'r mut Finding {
    let message = format!(
        "{key}there is no role `{}`; there are: {}",
        name.escape_debug(),
        names(roles).join(", ")
    );
    let finding = report.error(code, path, name.span, message);
    if let Some(near) = nearest(name, roles.keys().map(String::as_str)) {
        finding.help(format!("did you mean `{near}`?"));
    }
    finding
}

/// A slip of the pen in a role's name has one correction.
fn correct(finding: &mut Finding, name: &Spanned<String>, roles: &IndexMap<String, Role>) {
    let names = roles.keys().map(String::as_str);
    if let Some(right) = slip(name, names)
        && name.is_written_whole()
    {
        finding.fix(format!("write `{right}`"), name.span, right);
    }
}

fn names(roles: &IndexMap<String, Role>) -> Vec<&str> {
    roles.keys().map(String::as_str).collect()
}

fn role_path(role: &Role) -> String {
    format!("protocols.lava-multinode.roles.{}", *role.name)
}

/// What Python takes for nothing.
fn is_empty(node: &Node) -> bool {
    match node.data() {
        Data::Null => true,
        Data::Map(entries) => entries.is_empty(),
        Data::Seq(items) => items.is_empty(),
        Data::Str(text) => text.is_empty(),
        _ => false,
    }
}
