//! More time asked for than there is: blocks one after the other, and waits for other roles.

use std::time::Duration;

use super::messages::verb;
use super::outline::{Block, Outline, Role};
use crate::read::Report;
use crate::timeout::told;
use crate::yaml::Node;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    if let Some((limit, span)) = job.job_limit() {
        longest_path(job, limit, span, report);
    }
    for block in &job.blocks {
        calls(block, report);
    }
    for role in &job.roles {
        delayed_start(job, role, report);
    }
}

/// The blocks of one node with limits of their own; each limit holds all tries of its block. LAVA puts another limit
/// in the place of a `command`'s.
fn timed<'o, 'a>(
    blocks: &'o [Block<'a>],
    role: Option<&'o str>,
) -> impl Iterator<Item = (&'o Block<'a>, Duration)> {
    blocks
        .iter()
        .filter(move |block| role.is_none_or(|role| block.has_role(role)))
        .filter(|block| block.word != "command")
        .filter_map(|block| Some((block, block.limit()?)))
}

fn total<'o>(blocks: impl Iterator<Item = (&'o Block<'o>, Duration)>) -> Duration {
    blocks.fold(Duration::ZERO, |sum, (_, limit)| sum.saturating_add(limit))
}

fn longest_path(
    job: &Outline<'_>,
    limit: Duration,
    span: crate::finding::Span,
    report: &mut Report,
) {
    let roles: Vec<Option<&str>> = match job.multinode {
        Some(_) => job.roles.iter().map(|role| Some(role.name.text)).collect(),
        None => vec![None],
    };
    let sum = |role: &Option<&str>| total(timed(&job.blocks, *role));
    let Some(role) = roles.into_iter().max_by_key(sum) else {
        return;
    };
    let sum = sum(&role);
    let mut blocks: Vec<_> = timed(&job.blocks, role).collect();
    // One block that is longer than the job is told by itself.
    if sum <= limit || blocks.iter().any(|(_, own)| *own > limit) {
        return;
    }
    let whose = role.map_or_else(String::new, |role| {
        format!(" of the role `{}`", role.escape_debug())
    });
    let message = format!(
        "the job may take {} s, its actions{whose} one after the other {} s",
        limit.as_secs(),
        sum.as_secs()
    );
    let finding = report.warning("J037", "timeouts.job", span, message);
    blocks.sort_by_key(|(_, limit)| std::cmp::Reverse(*limit));
    for (block, limit) in blocks.iter().take(3) {
        finding.see(
            block.span,
            format!("this one may take {} s", limit.as_secs()),
        );
    }
    finding.help("lengthen `timeouts: job`, or shorten the `timeout` of some actions");
}

/// A wait at the start of a step that may take longer than the block it is in.
fn calls(block: &Block<'_>, report: &mut Report) {
    let (Some(limit), Some(own)) = (block.limit(), block.node.entry("timeout")) else {
        return;
    };
    for (at, call) in block.calls().iter().enumerate() {
        let Some(entry) = call.entry("timeout") else {
            continue;
        };
        let Some(wait) = told(&entry.value).filter(|wait| *wait > limit) else {
            continue;
        };
        let message = format!(
            "this call may take {} s, the action that makes it {} s",
            wait.as_secs(),
            limit.as_secs()
        );
        let path = format!("{}.protocols.lava-multinode[{at}].timeout", block.path());
        report
            .warning("J038", path, entry.key.span, message)
            .see(own.key.span, "the action's timeout")
            .help("lengthen the `timeout` of the action, or shorten this one");
    }
}

/// Guests wait for `lava_start` before their own first step; the time for it is the protocol's or else the role's.
fn delayed_start(job: &Outline<'_>, guest: &Role<'_>, report: &mut Report) {
    let requested = guest.text("request").map(|name| name.text);
    let (Some("lava-start"), Some(multinode)) = (requested, job.multinode) else {
        return;
    };
    let of_all = multinode
        .entry("timeout")
        .map(|entry| (entry, "protocols.lava-multinode".to_owned()));
    let own = || {
        guest
            .node
            .entry("timeout")
            .map(|entry| (entry, guest.path()))
    };
    let Some((entry, prefix)) = of_all.or_else(own) else {
        return;
    };
    let (Some(wait), Some(starter)) = (told(&entry.value), guest.text("expect_role")) else {
        return;
    };
    let path = format!("{prefix}.timeout");
    let who = guest.name.text.escape_debug();
    if let Some((limit, span)) = job.job_limit().filter(|(limit, _)| wait > *limit) {
        let message = format!(
            "the delayed start of `{who}` may take {} s, the whole job {} s",
            wait.as_secs(),
            limit.as_secs()
        );
        report
            .warning("J038", path, entry.key.span, message)
            .see(span, "the job's timeout")
            .help("lengthen `timeouts: job`, or shorten this one");
        return;
    }
    let Some(sender) = job
        .blocks
        .iter()
        .position(|block| block.has_role(starter.text) && sends_start(block))
    else {
        return;
    };
    let before = || timed(&job.blocks[..sender], Some(starter.text));
    let needed = total(before());
    if needed <= wait {
        return;
    }
    let message = format!(
        "`{who}` waits {} s for `lava_start`; before it sends that, `{}` may take {} s",
        wait.as_secs(),
        starter.text.escape_debug(),
        needed.as_secs()
    );
    let finding = report.warning("J038", path, entry.key.span, message);
    for (block, limit) in before() {
        finding.see(block.span, format!("up to {} s", limit.as_secs()));
    }
    finding.see(job.blocks[sender].span, "sends `lava_start`");
    finding.help("lengthen this `timeout`, or shorten those of the actions before `lava_start`");
}

fn sends_start(block: &Block<'_>) -> bool {
    const START: &str = "lava_start";
    let by_call = block.calls().iter().any(|call| {
        let id = call.get("messageID").and_then(Node::as_str);
        verb(call) == Some("send") && id == Some(START)
    });
    let says = |steps: &Node| {
        let steps = steps.as_seq().unwrap_or_default();
        let texts = || steps.iter().filter_map(Node::as_str);
        texts().any(|step| step.contains(START) && step.contains("lava-send"))
    };
    by_call
        || block.definitions().iter().any(|definition| {
            let places = [
                &["repository", "run", "steps"],
                &["repository", "install", "steps"],
            ];
            places
                .iter()
                .any(|place| definition.at(*place).is_some_and(says))
        })
}
