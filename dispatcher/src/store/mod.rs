//! Where runs live: `$DISPATCH_STATE`, else `$XDG_STATE_HOME/dispatch`, else `~/.local/state/dispatch`.
//!
//! ```text
//! lock                      held while a run is made or dead ones are looked for
//! runs/<run id>/            the run id is the time in milliseconds
//!   journal.jsonl           the truth; locked by the dispatcher while it lives
//!   job.yaml                the job as it was submitted
//!   nodes/<node>/console.log, console.idx
//!   tmp/                    gone when the run has ended
//! ```
//!
//! What a user calls a run comes in, its folder goes out. What can go wrong: no such run, several such runs, a disk or
//! a home folder that cannot be written.

mod claim;
mod recover;
mod run_dir;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};

pub use recover::Recovered;
pub(crate) use recover::killed;
pub use run_dir::{RunDir, RunState};

use crate::journal::mask::Masker;
use crate::journal::writer::JournalWriter;

/// How many runs an error message lists.
const LISTED: usize = 10;

/// Something about the store that a user has to know.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Neither variable is set.
    #[error(
        "no place for runs: set HOME, XDG_STATE_HOME or DISPATCH_STATE to a folder that can be written"
    )]
    NoHome,
    /// The disk refused.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There are no runs at all.
    #[error("there are no runs in {0} yet; `dispatch submit JOB.yaml` makes one")]
    Empty(PathBuf),
    /// No run fits.
    #[error(
        "no run is called '{what}'; a run is named by its id, the beginning of its id, its folder or 'latest'. The last runs: {known}"
    )]
    Unknown {
        /// What was asked for.
        what: String,
        /// The ids of the last runs.
        known: String,
    },
    /// Several runs fit.
    #[error("'{what}' could be any of {count} runs: {candidates}; give more digits, or 'latest'")]
    Ambiguous {
        /// What was asked for.
        what: String,
        /// How many fit.
        count: usize,
        /// The ids of the last of them.
        candidates: String,
    },
    /// A folder is not that of a run.
    #[error("{0} is not the folder of a run: it has no journal.jsonl")]
    NotARun(PathBuf),
}

impl StoreError {
    /// Whether the user named a run wrongly, rather than the disk failing.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Empty(_) | Self::Unknown { .. } | Self::Ambiguous { .. } | Self::NotARun(_)
        )
    }
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io {
        doing,
        path,
        source,
    }
}

/// The folder that holds all runs of a user.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store that the environment names; made if it is not there.
    ///
    /// # Errors
    ///
    /// When no place is known, or it cannot be made.
    pub fn open() -> Result<Self, StoreError> {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        // The XDG specification: a relative path is invalid and to be ignored.
        let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
        let root = variable("DISPATCH_STATE")
            .or_else(|| state.map(|path| path.join("dispatch")))
            .or_else(|| variable("HOME").map(|path| path.join(".local/state/dispatch")))
            .ok_or(StoreError::NoHome)?;
        Self::at(&root)
    }

    /// The store in this folder; made if it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn at(root: &Path) -> Result<Self, StoreError> {
        let root = std::path::absolute(root).map_err(io_error("find", root))?;
        make_private(&root.join("runs"), true).map_err(io_error("make the folder", &root))?;
        Ok(Self { root })
    }

    /// The folder that holds all of it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Makes the folder of a new run and opens its journal, which is locked while the writer lives.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn create_run(&self, masker: Masker) -> Result<(RunDir, JournalWriter), StoreError> {
        // The lock keeps recovery from finding the folder before its journal is locked.
        let _lock = self.lock()?;
        let mut id = Timestamp::now().as_millisecond();
        let run = loop {
            let run = RunDir::new(self.runs().join(id.to_string()), id.to_string());
            if !claim::take(run.id()) {
                id += 1;
                continue;
            }
            match make_private(run.path(), false) {
                Ok(()) => break run,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => id += 1,
                Err(error) => return Err(io_error("make the folder", run.path())(error)),
            }
        };
        make_private(&run.nodes(), false).map_err(io_error("make the folder", run.path()))?;
        make_private(&run.tmp(), false).map_err(io_error("make the folder", run.path()))?;
        let path = run.journal();
        let file = File::options()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(io_error("make", &path))?;
        flock(&file, FlockOperation::LockExclusive)
            .map_err(|error| io_error("lock", &path)(error.into()))?;
        let writer = JournalWriter::new(&path, file, masker);
        Ok((run, writer))
    }

    /// All runs, the oldest first.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<RunDir>, StoreError> {
        let folder = self.runs();
        let mut runs = Vec::new();
        for entry in fs::read_dir(&folder).map_err(io_error("read", &folder))? {
            let entry = entry.map_err(io_error("read", &folder))?;
            if let Some(id) = entry.file_name().to_str().filter(|name| is_id(name)) {
                runs.push(RunDir::new(entry.path(), id.to_owned()));
            }
        }
        runs.sort_by(|a, b| (a.id().len(), a.id()).cmp(&(b.id().len(), b.id())));
        Ok(runs)
    }

    /// The run that a user means: an id, the beginning of one, the path of a run's folder or of its journal, `latest`.
    ///
    /// # Errors
    ///
    /// When no run or more than one fits; the message lists those that could have been meant.
    pub fn find(&self, what: &str) -> Result<RunDir, StoreError> {
        if what != "latest" && !is_id(what) {
            return self.find_path(what);
        }
        let runs = self.list()?;
        let Some(last) = runs.last() else {
            return Err(StoreError::Empty(self.root.clone()));
        };
        if what == "latest" {
            return Ok(last.clone());
        }
        if let Some(run) = runs.iter().find(|run| run.id() == what) {
            return Ok(run.clone());
        }
        let fitting: Vec<&RunDir> = runs
            .iter()
            .filter(|run| run.id().starts_with(what))
            .collect();
        match fitting.as_slice() {
            [run] => Ok((*run).clone()),
            [] => Err(StoreError::Unknown {
                what: what.to_owned(),
                known: last_ids(runs.iter()),
            }),
            _ => Err(StoreError::Ambiguous {
                what: what.to_owned(),
                count: fitting.len(),
                candidates: last_ids(fitting.iter().copied()),
            }),
        }
    }

    fn find_path(&self, what: &str) -> Result<RunDir, StoreError> {
        let given = Path::new(what);
        if !given.exists() {
            let runs = self.list()?;
            if runs.is_empty() {
                return Err(StoreError::Empty(self.root.clone()));
            }
            let what = crate::text::name(what);
            return Err(StoreError::Unknown {
                what,
                known: last_ids(runs.iter()),
            });
        }
        let path = given.canonicalize().map_err(io_error("find", given))?;
        let folder = match path.parent() {
            Some(parent) if path.is_file() => parent.to_path_buf(),
            _ => path,
        };
        let id = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let run = RunDir::new(folder, id);
        if run.journal().is_file() {
            Ok(run)
        } else {
            Err(StoreError::NotARun(run.path().to_path_buf()))
        }
    }

    /// Held by whoever makes a run or recovers dead ones; let go when dropped.
    fn lock(&self) -> Result<File, StoreError> {
        let path = self.root.join("lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let lock = lock.map_err(io_error("make", &path))?;
        flock(&lock, FlockOperation::LockExclusive)
            .map_err(|error| io_error("lock", &path)(error.into()))?;
        Ok(lock)
    }
}

fn is_id(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn last_ids<'a>(runs: impl DoubleEndedIterator<Item = &'a RunDir>) -> String {
    let mut ids: Vec<&str> = runs.rev().take(LISTED + 1).map(RunDir::id).collect();
    if ids.len() > LISTED {
        ids[LISTED] = "…";
    }
    ids.join(", ")
}

/// Consoles and jobs may say more than their owner wants others to read.
fn make_private(path: &Path, parents: bool) -> io::Result<()> {
    DirBuilder::new()
        .mode(0o700)
        .recursive(parents)
        .create(path)
}

#[cfg(test)]
mod tests;
