//! `lkp-prepare` and `lkp-split`: everything that comes before the first atomic job.

use std::sync::Arc;

use tokio::time::Instant;

use job_schema::test::lkp::Image;

use super::{Running, arguments, ask};
use crate::bus::cluster::Endpoint;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::NoteLevel;
use crate::lkp::suite::Atomics;
use crate::overlay::scripts::quote;
use crate::plan::stages::LkpSpec;
use crate::text;

/// Packages, image and tools; what was chosen is a note in the journal.
pub(super) async fn prepare(block: &LkpSpec, node: &mut NodeRun) -> Result<(), Failure> {
    let suite = &block.suite;
    let here = &block.namespace;
    let folder = block.folder(&node.plan.results_dir(here));
    // Of a block of this namespace that ran out of its time.
    super::clean(here, node).await?;
    node.state.namespace(here).lkp = Some(Running {
        began: Instant::now(),
        atomics: Vec::new(),
        call: None,
        folder: folder.clone(),
        endpoint: None,
    });
    let mut call = arguments::prepare(&suite.form, &folder);
    if let Some(digest) = send_rootfs(block, &folder, node).await? {
        arguments::option(&mut call, "digest", digest);
    }
    if suite.form.install {
        for job in &suite.jobs {
            arguments::option(&mut call, "install", &job.file);
        }
    }
    let chosen = ask(here, &call, node).await?;
    node.note(
        NoteLevel::Info,
        format!("lkp-tests of {}; {}", suite.origin, few(&chosen)),
    );
    Ok(())
}

/// A root file system comes from the dispatcher's machine, unless the node has kept it. Its digest, by which it is kept.
async fn send_rootfs(
    block: &LkpSpec,
    folder: &str,
    node: &mut NodeRun,
) -> Result<Option<String>, Failure> {
    let image = block
        .suite
        .form
        .containers
        .as_ref()
        .and_then(|c| c.image.as_ref());
    let Some(Image::Rootfs(written)) = image.map(|i| &i.value) else {
        return Ok(None);
    };
    let file = node
        .run
        .fetcher
        .whole_file(written, &node.plan.spec.secrets)
        .await?;
    let digest = format!("sha256:{}", file.sha256);
    let have = ["have".to_owned(), folder.to_owned(), digest.clone()];
    let answer = ask(&block.namespace, &have, node).await?;
    if answer.iter().any(|line| line == "kept") {
        return Ok(Some(digest));
    }
    node.note(NoteLevel::Info, format!("{written} is sent to the node"));
    let to = arguments::rootfs(folder);
    let link = node.state.link(&block.namespace)?;
    let sent = link
        .push(&format!("cat > {}", quote(&to)), &file.path)
        .await?;
    if sent.status == Some(0) {
        return Ok(Some(digest));
    }
    let words = super::call::last_words(&sent.stderr);
    let message = format!("cannot copy the root file system {written} to {to}: {words}");
    Err(Failure::new(Class::Infrastructure, message))
}

/// Lets LKP split its jobs, with the values that messages have brought, and compares with what was expanded before.
pub(super) async fn split(block: &LkpSpec, node: &mut NodeRun) -> Result<(), Failure> {
    let suite = &block.suite;
    let here = &block.namespace;
    let folder = block.folder(&node.plan.results_dir(here));
    let set = arguments::set(&suite.form, &node.state)?;
    let mut atomics = Vec::new();
    for job in &suite.jobs {
        let mut call = vec!["split".to_owned(), folder.clone()];
        arguments::option(&mut call, "job", &job.file);
        call.extend(set.iter().cloned());
        let lines = ask(here, &call, node).await?;
        let names: Vec<String> = lines
            .iter()
            .filter_map(|line| line.strip_prefix("job "))
            .map(ToOwned::to_owned)
            .collect();
        if names.is_empty() {
            let message = format!("LKP on the node splits {} into no atomic job", job.file);
            return Err(Failure::new(Class::Job, message));
        }
        if let Atomics::Known(known) = &job.atomics {
            let known: Vec<&str> = known.iter().map(|a| a.name.as_str()).collect();
            atomics.push(agree(&job.file, &known, &names, node)?);
        } else {
            atomics.push(names);
        }
    }
    let endpoint = match node.run.clusters.hub(block) {
        None => None,
        Some(hub) => {
            let link = node.state.link(here)?;
            Some(Endpoint::open(&link, Arc::clone(hub), &node.plan.spec.name).await?)
        }
    };
    if let Some(running) = &mut node.state.namespace(here).lkp {
        running.atomics = atomics;
        running.endpoint = endpoint;
    }
    Ok(())
}

/// The atomic jobs in the order in which they were planned. One name may differ in what only the node knows.
fn agree(
    job: &str,
    known: &[&str],
    found: &[String],
    node: &NodeRun,
) -> Result<Vec<String>, Failure> {
    let mut others: Vec<&String> = found
        .iter()
        .filter(|f| !known.contains(&f.as_str()))
        .collect();
    let missing = known
        .iter()
        .filter(|name| found.iter().all(|f| f != *name))
        .count();
    let planned = known.iter().map(ToString::to_string);
    if missing == 0 && others.is_empty() {
        return Ok(planned.collect());
    }
    let known_words: Vec<String> = planned.clone().collect();
    let words = format!(
        "{job} was expanded to {}; on the node LKP splits it into {}",
        few(&known_words),
        few(found)
    );
    if missing == 1 && others.len() == 1 {
        node.note(NoteLevel::Info, words);
        let other = others.remove(0).clone();
        let in_place = |name: String| {
            if found.contains(&name) {
                name
            } else {
                other.clone()
            }
        };
        return Ok(planned.map(in_place).collect());
    }
    let message =
        format!("{words}; a value in `set` that changes the matrix must be in the job file");
    Err(Failure::new(Class::Job, message))
}

/// The first few of many words that a node said.
fn few(words: &[String]) -> String {
    const MOST: usize = 20;
    let mut shown: Vec<String> = words.iter().take(MOST).map(|w| text::name(w)).collect();
    if words.len() > MOST {
        shown.push(format!("… ({} in all)", words.len()));
    }
    shown.join(", ")
}
