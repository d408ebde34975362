//! Guests: where the address of the host comes from.

use super::messages::verb;
use super::outline::{Block, Name, Outline};
use crate::read::{Report, nearest};
use crate::yaml::Node;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        if !block.is("boot", "ssh") {
            continue;
        }
        let key = |key| {
            let entry = block.node.get("parameters")?.entry(key)?;
            Some((super::outline::name(&entry.value)?, entry.key.span))
        };
        let (has, lacks) = match (key("hostID"), key("host_key")) {
            (Some((id, _)), Some((key, _))) => {
                address(job, block, id, Some(key), report);
                continue;
            }
            (Some((id, span)), None) => {
                address(job, block, id, None, report);
                (("hostID", span), "host_key")
            }
            (None, Some((_, span))) => (("host_key", span), "hostID"),
            (None, None) => continue,
        };
        let parameters = block.node.get("parameters");
        // A key that is there but no text is told when it is read.
        if parameters.is_some_and(|node| node.get(lacks).is_some()) {
            continue;
        }
        let ((has, span), path) = (has, block.path());
        let path = format!("{path}.parameters.{has}");
        let message = format!("`{has}` without `{lacks}`");
        // LAVA looks for the address only when there is a `hostID`.
        let finding = if has == "hostID" {
            report.error("J046", path, span, message)
        } else {
            report.warning("J046", path, span, format!("{message} has no effect"))
        };
        finding.help("`hostID` is the id of the message, `host_key` the key in it that holds the address: write both");
    }
}

/// A guest learns where its host is from a message; nothing else gives the address.
fn address(
    job: &Outline<'_>,
    block: &Block<'_>,
    id: Name<'_>,
    key: Option<Name<'_>>,
    report: &mut Report,
) {
    if !job.whole {
        return;
    }
    let guests = block.roles.iter().filter(|name| {
        let role = job.role(name.text);
        role.is_some_and(super::outline::Role::is_guest)
    });
    for guest in guests {
        let deploys: Vec<_> = job
            .before(block)
            .filter(|deploy| deploy.is("deploy", "ssh") && deploy.has_role(guest.text))
            .collect();
        let waits: Vec<_> = deploys
            .iter()
            .flat_map(|deploy| deploy.calls())
            .filter(|call| matches!(verb(call), Some("wait" | "wait-all")))
            .filter_map(|call| Some((call, call.get("messageID").and_then(super::outline::name)?)))
            .collect();
        let mine: Vec<_> = waits
            .iter()
            .filter(|(_, name)| name.text == id.text)
            .collect();
        if mine.is_empty() {
            not_received(block, id, key, *guest, &deploys, &waits, report);
        } else if let Some(key) = key {
            not_picked(block, key, &mine, report);
        }
    }
}

fn not_received(
    block: &Block<'_>,
    id: Name<'_>,
    key: Option<Name<'_>>,
    guest: Name<'_>,
    deploys: &[&Block<'_>],
    waits: &[(&Node, Name<'_>)],
    report: &mut Report,
) {
    let shown = id.text.escape_debug();
    let message = format!(
        "`hostID: {shown}`: no deploy of the role `{}` waits for that message",
        guest.text.escape_debug()
    );
    let path = format!("{}.parameters.hostID", block.path());
    let finding = report.error("J032", path, id.span, message);
    for deploy in deploys {
        finding.see(deploy.span, "the deploy of this role");
    }
    if let Some(near) = nearest(id.text, waits.iter().map(|(_, name)| name.text)) {
        for (_, name) in waits.iter().filter(|(_, name)| name.text == near) {
            finding.see(name.span, "this one is awaited");
        }
        finding
            .help(format!("did you mean `{}`?", near.escape_debug()))
            .fix(format!("write `{near}`"), id.span, near);
        return;
    }
    let key = key.map_or("ipaddr", |key| key.text).escape_debug();
    finding.help(format!(
        "the `to: ssh` deploy of the role needs: `protocols: {{lava-multinode: [{{action: prepare-scp-overlay, request: lava-wait, messageID: {shown}, message: {{{key}: ${key}}}}}]}}`"
    ));
}

/// The wait must pick the key that the boot asks for.
fn not_picked(block: &Block<'_>, key: Name<'_>, waits: &[&(&Node, Name<'_>)], report: &mut Report) {
    let picks = |call: &Node| -> Vec<String> {
        let entries = call.get("message").and_then(Node::as_map);
        let entries = entries.unwrap_or_default().iter();
        entries.map(|entry| entry.key.key_text()).collect()
    };
    let picked: Vec<String> = waits.iter().flat_map(|(call, _)| picks(call)).collect();
    if picked.iter().any(|name| name == key.text) {
        return;
    }
    let message = format!(
        "`host_key: {}`: the deploy does not take that key out of the message",
        key.text.escape_debug()
    );
    let path = format!("{}.parameters.host_key", block.path());
    let finding = report.error("J032", path, key.span, message);
    for (call, id) in waits {
        let message = call.get("message").map_or(id.span, |message| {
            let first = message.as_map().and_then(|entries| entries.first());
            first.map_or(message.span, |entry| entry.key.span)
        });
        finding.see(message, "what it takes");
    }
    match nearest(key.text, picked.iter().map(String::as_str)) {
        Some(near) => finding
            .help(format!("did you mean `{}`?", near.escape_debug()))
            .fix(format!("write `{near}`"), key.span, near),
        None => finding.help(format!(
            "add `{0}: ${0}` to the `message` of the wait",
            key.text.escape_debug()
        )),
    };
}
