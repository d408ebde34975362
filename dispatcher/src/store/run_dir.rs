//! The folder of one run, and what is in it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::journal::console_log::LOG;
use crate::journal::event::{Entry, Event};

/// A run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDir {
    path: PathBuf,
    id: String,
}

/// How a run is doing, as far as its journal and the journal's lock tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Its dispatcher lives.
    Running,
    /// It has come to its end.
    Ended,
    /// Its dispatcher died before.
    Killed,
}

impl RunDir {
    pub(super) fn new(path: PathBuf, id: String) -> Self {
        Self { path, id }
    }

    /// The id of the run: digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    /// The copy of the job file.
    #[must_use]
    pub fn job(&self) -> PathBuf {
        self.path.join("job.yaml")
    }

    /// What the run needs only while it goes on.
    #[must_use]
    pub fn tmp(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// The folder of the nodes.
    #[must_use]
    pub fn nodes(&self) -> PathBuf {
        self.path.join("nodes")
    }

    /// The folder of a node. Whatever the node is called, it is one folder below [`RunDir::nodes`].
    #[must_use]
    pub fn node_dir(&self, node: &str) -> PathBuf {
        self.nodes().join(file_name(node))
    }

    /// The folder of LKP's results, a folder per node in it.
    #[must_use]
    pub fn lkp(&self) -> PathBuf {
        self.path.join("lkp")
    }

    /// The folder of a node's LKP results. Whatever the node is called, it is one folder below [`RunDir::lkp`].
    #[must_use]
    pub fn lkp_of(&self, node: &str) -> PathBuf {
        self.lkp().join(file_name(node))
    }

    /// A node's console log, relative to the run's folder: what the journal says of it.
    #[must_use]
    pub fn console_log(&self, node: &str) -> String {
        format!("nodes/{}/{LOG}", file_name(node))
    }

    /// The job id of a node: the run's id and the node's place among the nodes, from 1.
    #[must_use]
    pub fn job_id(&self, place: usize) -> String {
        format!("{}{place:03}", self.id)
    }

    /// How the run is doing.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn state(&self) -> io::Result<RunState> {
        let mut journal = File::open(self.journal())?;
        // The lock first: a run that ends between the two looks would otherwise seem killed.
        let free = match flock(&journal, FlockOperation::NonBlockingLockShared) {
            Ok(()) => true,
            Err(Errno::WOULDBLOCK) => false,
            Err(error) => return Err(error.into()),
        };
        Ok(match (ends_with_run_ended(&mut journal)?, free) {
            (true, _) => RunState::Ended,
            (false, true) => RunState::Killed,
            (false, false) => RunState::Running,
        })
    }
}

/// Whether the last whole line of a journal is the one that ends it.
pub(super) fn ends_with_run_ended(journal: &mut File) -> io::Result<bool> {
    // The last line carries one failure: a sentence and a bounded text.
    const TAIL: u64 = 64 << 10;
    let length = journal.seek(SeekFrom::End(0))?;
    journal.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    journal.take(TAIL).read_to_end(&mut tail)?;
    let last = tail
        .split(|&byte| byte == b'\n')
        .rev()
        .nth(1)
        .unwrap_or_default();
    let ended = |entry: Entry| matches!(entry.event, Event::RunEnded { .. });
    Ok(serde_json::from_slice(last).is_ok_and(ended))
}

/// A name that is one plain path component: letters, digits, `.`, `_` and `-` stay, anything else is `%` and its hex.
fn file_name(node: &str) -> String {
    // What file systems take; a name may treble.
    const MOST: usize = 80;
    let mut name = String::new();
    for (place, byte) in node.bytes().enumerate() {
        let plain =
            byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || (byte == b'.' && place > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02x}");
        }
    }
    if name.is_empty() || name.len() > MOST {
        // Two long names with one beginning must not share a folder.
        let digest = <sha2::Sha256 as sha2::Digest>::digest(node);
        name.truncate(MOST);
        name.push('%');
        name.push_str(&crate::text::hex(&digest[..8]));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_has_a_folder_of_its_own_in_the_run() {
        assert_eq!(file_name("guest-1"), "guest-1");
        assert_eq!(file_name("../x"), "%2e.%2fx");
        assert_eq!(file_name("a/b\n"), "a%2fb%0a");
        assert_eq!(file_name(".."), "%2e.");
        let (a, b) = (
            file_name(&"x".repeat(10_000)),
            file_name(&"x".repeat(10_001)),
        );
        assert!(a != b && a.len() < 255 && file_name("").len() > 1);
        let run = RunDir::new("/runs/17".into(), "17".into());
        assert_eq!(run.console_log("host"), "nodes/host/console.log");
        assert_eq!(run.job_id(2), "17002");
    }
}
