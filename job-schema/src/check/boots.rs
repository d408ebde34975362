//! Boots: what must have been deployed before, and where a guest's address comes from.

use super::same_node;
use crate::action::{Action, Block};
use crate::boot::Method;
use crate::deploy::To;
use crate::job::Job;
use crate::multinode::{Request, RoleKind};
use crate::read::Report;
use crate::yaml::Spanned;

pub(super) fn check(job: &Job, report: &mut Report) {
    for (index, block) in job.actions.iter().enumerate() {
        let Action::Boot(boot) = &block.action else {
            continue;
        };
        let deploys: Vec<_> = job.actions[..index]
            .iter()
            .filter(|other| matches!(other.action, Action::Deploy(_)))
            .filter(|other| other.namespace == block.namespace && same_node(other, block))
            .collect();
        if deploys.is_empty() {
            let message =
                "nothing is deployed before this boot, for its roles and in its namespace";
            report
                .warning("J031", &block.path, block.span, message)
                .help("add a `deploy` before it, or correct its `role` or `namespace`");
        }
        if let Method::Ssh(ssh) = &boot.method
            && let Some(host_id) = &ssh.parameters.host_id
        {
            check_host_id(job, block, host_id, &deploys, report);
        }
    }
}

/// A guest learns where its host is from a message; nothing else gives the address.
fn check_host_id(
    job: &Job,
    block: &Block,
    host_id: &Spanned<String>,
    deploys: &[&Block],
    report: &mut Report,
) {
    let roles = job.multinode().map(|multinode| &multinode.roles);
    let guests = block.roles.iter().filter(|name| {
        let role = roles.and_then(|roles| roles.get(&name.value));
        role.is_some_and(|role| matches!(role.kind, RoleKind::Guest { .. }))
    });
    for guest in guests {
        let deploys = deploys.iter().filter(|deploy| deploy.roles.contains(guest));
        let ssh = |deploy: &&&Block| matches!(&deploy.action, Action::Deploy(d) if matches!(d.to, To::Ssh(_)));
        let receives = |deploy: &&Block| {
            deploy.protocols.iter().any(|call| {
                matches!(call.request, Request::Wait | Request::WaitAll { .. })
                    && call.message_id == *host_id
            })
        };
        let deploys: Vec<_> = deploys.filter(ssh).copied().collect();
        if deploys.iter().any(receives) {
            continue;
        }
        let message = format!(
            "`hostID: {}`: no deploy of the role `{}` waits for that message",
            **host_id, **guest
        );
        let path = format!("{}.parameters.hostID", block.path);
        let finding = report.error("J032", &path, host_id.span, message);
        if let Some(deploy) = deploys.first() {
            finding.see(deploy.span, "the deploy of this role");
        }
        finding.help(format!(
            "add to it: `protocols: {{lava-multinode: [{{action: prepare-scp-overlay, request: lava-wait, messageID: {}, message: {{ipaddr: $ipaddr}}}}]}}`",
            **host_id
        ));
    }
}
