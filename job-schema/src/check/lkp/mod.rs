//! Blocks of LKP's jobs: keys of a block that do not go together, and parts of a cluster that are missing.

mod learned;

use std::collections::HashMap;

use super::outline::{Block, Name, Outline, name};
use crate::finding::Span;
use crate::read::Report;
use crate::test::lkp::SourceKind;
use crate::yaml::{Data, Node};

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in &job.blocks {
        let Some(lkp) = lkp(block) else { continue };
        let path = format!("{}.lkp", block.path());
        revision(lkp, &path, report);
        if let Some(containers) = lkp.get("containers") {
            let path = format!("{path}.containers");
            image(containers, &path, report);
            network(containers, &path, report);
        }
        twice(lkp, &path, report);
        learned::check(job, block, lkp, &path, report);
    }
    cluster(job, report);
}

/// What an LKP block runs.
fn lkp<'a>(block: &Block<'a>) -> Option<&'a Node> {
    let lkp = block.node.get("lkp")?;
    (block.is("test", "lkp") && lkp.as_map().is_some()).then_some(lkp)
}

/// Only a git repository has revisions.
fn revision(lkp: &Node, path: &str, report: &mut Report) {
    let Some(revision) = lkp.entry("revision") else {
        return;
    };
    let (what, help) = match lkp.get("source").map(Node::as_str) {
        None => (
            "there is no `source`",
            "add `source: URL` of a git repository, or remove it",
        ),
        Some(Some(source)) => match SourceKind::of(source) {
            SourceKind::Git => return,
            SourceKind::Archive => (
                "the source is an archive",
                "remove it, or give the URL of a git repository",
            ),
            SourceKind::Folder => (
                "the source is a folder, taken as it is",
                "remove it; to take a local git repository write `file:///…` or a path that ends with `.git`",
            ),
        },
        // What it is cannot be told.
        Some(None) => return,
    };
    let message = format!("`revision` has no effect: {what}");
    report
        .warning(
            "J072",
            format!("{path}.revision"),
            revision.key.span,
            message,
        )
        .help(help);
}

/// An engine makes containers of an image.
fn image(containers: &Node, path: &str, report: &mut Report) {
    let Some(runtime) = containers.get("runtime").and_then(name) else {
        return;
    };
    if matches!(runtime.text, "docker" | "podman") && containers.get("image").is_none() {
        let message = format!(
            "`runtime: {}` needs an image to make containers of",
            runtime.text
        );
        report
            .error("J073", format!("{path}.runtime"), runtime.span, message)
            .help("add `image: debian:trixie` or another one; with `runtime: sandbox` they see the node's own system");
    }
}

/// Namespaces alone have no networks with names.
fn network(containers: &Node, path: &str, report: &mut Report) {
    let text = |key| containers.get(key).and_then(name);
    let (Some(runtime), Some(network)) = (text("runtime"), text("network")) else {
        return;
    };
    if runtime.text != "sandbox" || matches!(network.text, "host" | "none") {
        return;
    }
    let message = format!(
        "`runtime: sandbox` has no network `{}`",
        network.text.escape_debug()
    );
    report
        .error("J074", format!("{path}.network"), network.span, message)
        .see(runtime.span, "the runtime")
        .help(
            "write `host` or `none`; networks with other names are those of `docker` and `podman`",
        );
}

fn twice(lkp: &Node, path: &str, report: &mut Report) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    let jobs = lkp.get("jobs").and_then(Node::as_seq).unwrap_or_default();
    for (at, job) in jobs.iter().enumerate() {
        let Some(name) = job.as_str() else { continue };
        let Some(first) = seen.get(same(name)) else {
            seen.insert(same(name), job.span);
            continue;
        };
        let message = format!("the job `{}` is run a second time", name.escape_debug());
        report
            .warning("J076", format!("{path}.jobs[{at}]"), job.span, message)
            .see(*first, "the first time")
            .help("remove it; to run each job several times write `repeat: 2`");
    }
}

/// The name of a job in the one form that its spellings share: `hackbench` for `hackbench/hackbench.yaml`.
fn same(name: &str) -> &str {
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    match name.rsplit_once('/') {
        Some((folder, file)) if folder == file => file,
        _ => name,
    }
}

/// Clients wait for a server.
fn cluster(job: &Outline<'_>, report: &mut Report) {
    if !job.whole {
        return;
    }
    let mut clients: Vec<(String, Name<'_>)> = Vec::new();
    for block in &job.blocks {
        for part in lkp(block).map_or_else(Vec::new, parts) {
            match part.text {
                "server" => return,
                "client" => clients.push((format!("{}.lkp.cluster", block.path()), part)),
                // What it would have been cannot be told.
                _ => return,
            }
        }
    }
    let mut clients = clients.into_iter();
    let Some((path, first)) = clients.next() else {
        return;
    };
    let message = "there are clients of LKP's cluster jobs and no server: they would wait for ever";
    let finding = report.error("J077", path, first.span, message);
    for (_, other) in clients {
        finding.see(other.span, "here too");
    }
    finding.help("write `cluster: [server]` in the block of the role that they connect to");
}

/// The words of `cluster`.
fn parts(lkp: &Node) -> Vec<Name<'_>> {
    let Some(cluster) = lkp.get("cluster") else {
        return Vec::new();
    };
    match cluster.data() {
        Data::Seq(parts) => parts.iter().filter_map(name).collect(),
        _ => name(cluster).into_iter().collect(),
    }
}
