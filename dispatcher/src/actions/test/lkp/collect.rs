//! What a container leaves: fetched whole, checked, unpacked below the run, and judged.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::call;
use super::case::Container;
use job_schema::test::lkp::Part;

use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure, LogSpan};
use crate::journal::event::{CaseResult, Event, NoteLevel};
use crate::lkp::judge::{Expected, Judged, judge};
use crate::lkp::keep::keep;
use crate::lkp::point::Point;
use crate::lkp::suite::{Atomics, Suite};
use crate::lkp::unpack::{Limits, Unpacked, unpack};
use crate::plan::stages::LkpSpec;

/// Larger results are no results, in bytes.
const MOST: u64 = 4 << 30;

/// So much of the end of LKP's output is looked at, in bytes.
const TAIL: u64 = 64 << 10;

/// A run of an atomic job in a container that is over.
pub(super) struct Ran<'a> {
    pub(super) block: &'a LkpSpec,
    pub(super) job: usize,
    pub(super) atomic: Option<usize>,
    pub(super) name: &'a str,
    /// The container, from 1.
    pub(super) number: u32,
    pub(super) container: Container,
    /// Its time limit.
    pub(super) seconds: u64,
    /// Why another node of its cluster ended it.
    pub(super) aborted: Option<&'a str>,
    /// Its stretch of the node's console.
    pub(super) span: (u64, u64),
}

/// Brings the results of a container home and writes them down.
pub(super) async fn collect(
    ran: &Ran<'_>,
    folder: &str,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let spec = &node.plan.spec;
    let into = node.run.dir.lkp_of(&spec.name);
    fs::create_dir_all(&into).map_err(|e| cannot_unpack(&e))?;
    let archive = into.join(format!("{}.tar", ran.number));
    fetch(ran, folder, &archive, node).await?;
    let into = into.join(ran.number.to_string());
    let cluster = &ran.block.suite.form.cluster;
    let expected = Expected {
        programs: programs(&ran.block.suite, ran.job, ran.atomic),
        part: !cluster.is_empty(),
        tests: cluster.is_empty() || cluster.contains(&Part::Client),
    };
    let suite = std::sync::Arc::clone(&ran.block.suite);
    let run = node.run.dir.path().to_owned();
    let work = move || open(&archive, &into, &run, &expected, &suite);
    let opened = tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Failure::new(Class::Bug, format!("reading LKP's results panicked: {e}")))??;
    for note in opened.notes {
        node.note(NoteLevel::Warning, note);
    }
    let Judged {
        mut result,
        mut reasons,
        measurements,
        stderr,
        notes,
    } = opened.judged;
    for note in notes {
        node.note(NoteLevel::Info, format!("{}: {note}", ran.name));
    }
    if ran.container.timed_out {
        result = CaseResult::Fail;
        let words = format!(
            "it did not end within {} s (`lkp: timeout:`, or that of its block)",
            ran.seconds
        );
        // What it has not written, it had no time to write.
        reasons = vec![words];
    }
    if let Some(why) = ran.aborted {
        result = CaseResult::Fail;
        reasons.insert(0, format!("its cluster gave up: {why}"));
    }
    let now = Timestamp::now();
    node.run.recorder.record(Event::Lkp {
        node: node.plan.spec.name.clone(),
        suite: ran.block.dir.clone(),
        point: Point {
            job: ran.name.to_owned(),
            container: ran.number,
            containers: ran.block.suite.form.count(),
            repeat: opened.repeat,
            folder: opened.folder,
            result,
            reasons,
            stderr,
            measurements,
        },
        start: ran.container.began.unwrap_or(now),
        end: ran.container.ended.unwrap_or(now),
        log: LogSpan {
            file: node.run.dir.console_log(&node.plan.spec.name),
            start: ran.span.0,
            end: ran.span.1,
        },
    });
    Ok(())
}

/// One archive, and its digest on both sides.
async fn fetch(ran: &Ran<'_>, folder: &str, to: &Path, node: &NodeRun) -> Result<(), Failure> {
    let here = &ran.block.namespace;
    let arguments = ["pack".to_owned(), folder.to_owned(), ran.number.to_string()];
    let command = call::command(&node.plan.results_dir(here), &arguments);
    let pulled = node.state.link(here)?.pull(&command, to, MOST).await?;
    let wrong = |why: String| {
        let message = format!(
            "the results of {} (container {}) did not come back: {why}",
            ran.name, ran.number
        );
        Err(Failure::new(Class::Infrastructure, message))
    };
    let words = call::last_words(&pulled.stderr);
    if pulled.status != Some(0) {
        return wrong(words);
    }
    let said: Vec<&str> = words.split(' ').collect();
    match said[..] {
        ["sha256", digest, _] if digest == pulled.sha256 => Ok(()),
        ["sha256", digest, bytes] => wrong(format!(
            "{bytes} bytes of SHA-256 {digest} left the node, {} bytes of SHA-256 {} came",
            pulled.bytes, pulled.sha256
        )),
        _ => wrong(format!("the node did not say what it sent, but: {words}")),
    }
}

struct Opened {
    judged: Judged,
    notes: Vec<String>,
    /// LKP's result folder, relative to the run's.
    folder: Option<String>,
    repeat: u32,
}

fn cannot_unpack(e: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Class::Infrastructure,
        format!("cannot unpack LKP's results: {e}"),
    )
}

fn open(
    archive: &Path,
    into: &Path,
    run: &Path,
    expected: &Expected,
    suite: &Suite,
) -> Result<Opened, Failure> {
    let failed = cannot_unpack;
    // Beside the folder: what a broken archive had must not be among results.
    let new = into.with_extension("new");
    // Of an archive that could not be unpacked.
    let _ = fs::remove_dir_all(&new);
    let file = fs::File::open(archive).map_err(|e| failed(&e))?;
    let Unpacked {
        result_roots,
        skipped,
        skipped_count,
        ..
    } = unpack(file, &new, &Limits::default()).map_err(|e| {
        let _ = fs::remove_dir_all(&new);
        failed(&e)
    })?;
    let more = skipped_count.saturating_sub(skipped.len() as u64);
    let stderr = tail(&new.join("console.log"));
    let result_roots = keep(&new, into, result_roots).map_err(|e| failed(&e))?;
    // It is unpacked; keeping it too would be keeping everything twice.
    let _ = fs::remove_file(archive);
    let root: Option<PathBuf> = result_roots.last().map(|root| into.join(root));
    let (kpis, mut notes) = suite.kpis();
    notes.extend(
        skipped
            .iter()
            .map(|s| format!("left out of the results: {s}")),
    );
    if more > 0 {
        notes.push(format!("{more} more entries were left out of the results"));
    }
    let judged = judge(root.as_deref(), &stderr, expected, &kpis);
    let folder = root.as_deref().and_then(|root| root.strip_prefix(run).ok());
    let repeat = root
        .as_deref()
        .and_then(Path::file_name)
        .and_then(|n| n.to_str()?.parse().ok());
    Ok(Opened {
        judged,
        notes,
        folder: folder.map(|f| f.to_string_lossy().into_owned()),
        repeat: repeat.unwrap_or(0),
    })
}

/// The end of a file; nothing when there is none.
fn tail(file: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = fs::File::open(file)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut end = Vec::new();
        file.take(TAIL).read_to_end(&mut end)?;
        Ok(end)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// The programs whose numbers must be there; not known when only the node could split the job.
pub(super) fn programs(suite: &Suite, job: usize, atomic: Option<usize>) -> Option<Vec<String>> {
    match (suite.jobs.get(job).map(|j| &j.atomics), atomic) {
        (Some(Atomics::Known(atomics)), Some(place)) => {
            atomics.get(place).map(|a| a.programs.clone())
        }
        _ => None,
    }
}
