//! What must have been deployed before: for boots, for tests, and for files that were to be downloaded.

use super::outline::{Block, Outline, name};
use crate::read::Report;
use crate::yaml::{Data, Entry, Node};

/// Methods that need nothing deployed: they use a machine that is up, or the boot loader alone.
const BARE: &[&str] = &[
    "bootloader",
    "kexec",
    "minimal",
    "new_connection",
    "recovery",
    "schroot",
    "ssh",
];

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    if !job.whole {
        return;
    }
    let deployed = |block| job.before(block).any(|other| other.word == "deploy");
    for block in &job.blocks {
        match block.word {
            "boot" if !deployed(block) => boot(job, block, report),
            "deploy" => {
                let mut path = block.path();
                downloads(job, block, block.node, &mut path, report);
            }
            _ => {}
        }
    }
}

fn boot(job: &Outline<'_>, block: &Block<'_>, report: &mut Report) {
    let tests = job
        .after(block)
        .take_while(|other| other.word != "deploy")
        .find(|test| test.is("test", "definitions") && test.text("connection-namespace").is_none());
    let bare = block.method().is_some_and(|method| BARE.contains(&method));
    // A guest that no message reaches is told already.
    let guest = block.node.at(&["parameters", "hostID"]).is_some();
    if guest || (bare && tests.is_none()) {
        return;
    }
    let message = match block.roles.is_empty() {
        true => "nothing is deployed before this boot in its namespace",
        false => "nothing is deployed before this boot, for its roles and in its namespace",
    };
    let finding = report.warning("J031", block.path(), block.span, message);
    match tests {
        Some(test) => finding
            .see(test.span, "only a deploy puts these tests on the node")
            .help("add a `deploy` before it, or correct its `role` or `namespace`"),
        None => finding.help(
            "unless the system is already there: add a `deploy` before it, or correct its `role` or `namespace`",
        ),
    };
}

/// Every `url: downloads://…` in a block.
fn downloads(
    job: &Outline<'_>,
    block: &Block<'_>,
    node: &Node,
    path: &mut String,
    report: &mut Report,
) {
    let length = path.len();
    match node.data() {
        Data::Map(entries) => {
            for entry in entries.iter() {
                crate::yaml::join_key(path, &entry.key.key_text());
                match entry
                    .value
                    .as_str()
                    .and_then(|t| t.strip_prefix("downloads://"))
                {
                    Some(file) if entry.key.as_str() == Some("url") => {
                        downloaded(job, block, entry, file, path, report);
                    }
                    _ => downloads(job, block, &entry.value, path, report),
                }
                path.truncate(length);
            }
        }
        Data::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                crate::yaml::join_index(path, index);
                downloads(job, block, item, path, report);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

fn downloaded(
    job: &Outline<'_>,
    block: &Block<'_>,
    entry: &Entry,
    file: &str,
    path: &str,
    report: &mut Report,
) {
    let file = file.trim_start_matches('/');
    let earlier: Vec<_> = job
        .before(block)
        .filter(|other| other.word == "deploy")
        .collect();
    let blocks = || {
        earlier
            .iter()
            .filter(|other| other.is("deploy", "downloads"))
    };
    let span = entry.value.span;
    if blocks().next().is_none() {
        let message = format!(
            "`{}`: no `deploy: {{to: downloads}}` before it in this namespace gets a file",
            file.escape_debug()
        );
        let finding = report.error("J043", path, span, message);
        for other in job
            .blocks
            .iter()
            .filter(|other| other.is("deploy", "downloads"))
        {
            let note = format!("this one is in the namespace `{}`", other.namespace());
            finding.see(other.span, note);
        }
        finding.help("download it with `deploy: {to: downloads, images: …}` in the same namespace");
        return;
    }
    let Some(files) = blocks()
        .map(|other| files(other))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let files: Vec<&str> = files.concat();
    if files.contains(&file) {
        return;
    }
    let message = format!(
        "`{}` is not among the files that are downloaded: {}",
        file.escape_debug(),
        files.join(", ").escape_debug()
    );
    let finding = report.warning("J043", path, span, message);
    for other in blocks() {
        finding.see(other.span, "downloads the files");
    }
    match crate::read::nearest(file, files.iter().copied()) {
        Some(near) => finding.help(format!(
            "did you mean `downloads://{}`?",
            near.escape_debug()
        )),
        None => finding.help("write the last part of the URL that the file is downloaded from"),
    };
}

/// The names of the files that a block downloads, when all of them are certain.
fn files<'a>(block: &Block<'a>) -> Option<Vec<&'a str>> {
    let plain = block.node.get("postprocess").is_none() && block.node.get("uniquify").is_none();
    let images = block
        .node
        .get("images")
        .and_then(Node::as_map)
        .filter(|_| plain)?;
    let file = |entry: &'a Entry| {
        let changed = ["compression", "archive"];
        if changed.iter().any(|key| entry.value.get(key).is_some()) {
            return None;
        }
        let url = entry.value.get("url").and_then(name)?.text;
        let certain = !url.contains(['{', '?', '#', '%']);
        url.rsplit('/')
            .next()
            .filter(|name| certain && !name.is_empty())
    };
    images.iter().map(file).collect()
}
