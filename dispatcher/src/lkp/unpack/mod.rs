//! The tar that a node packs of a result, unpacked into the run's folder.
//!
//! A stream from a hostile node goes in; plain files and folders below one folder come out, with the result folders
//! found and what was left out. Every step from the folder down is opened for itself and follows no link, so neither an
//! earlier entry nor anything that was there can lead a write outside.
//!
//! - Files and folders are made. A file that is there already is replaced, not written into: another name of it, or who
//!   reads it, is not disturbed. Modes are 0755 or 0644; owners and times are not kept.
//! - A hard link becomes a copy of the file of this archive that it names.
//! - Symbolic links, devices and pipes are skipped and reported. LKP's result folders have none, and whoever reads
//!   results later need not ask where a link leads.
//! - A name that is absolute or has `..`, and a hard link to such a name, is an error: no honest node packs one.
//! - Sparse files are an error: `tar` makes them only when asked to.

mod names;
mod reader;
mod target;

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tar::EntryType;

use self::names::{LongNames, parts};
use self::reader::{Bounded, End};
use self::target::Target;
use crate::text;

/// Names of skipped entries that are kept; more are counted.
const SKIPPED: usize = 100;

/// What an archive may have at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries, and folders that are made.
    pub entries: u64,
    /// Bytes of a name.
    pub path: usize,
    /// Bytes of the stream, and of the files that are made.
    pub bytes: u64,
}

impl Default for Limits {
    /// 100 000 entries, names of 1024 bytes, 4 GiB.
    fn default() -> Self {
        Self {
            entries: 100_000,
            path: 1024,
            bytes: 4 << 30,
        }
    }
}

/// What an archive had.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Files made.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Result folders, relative to the folder:
    /// `result/<testcase>/<params>/<tbox>/<rootfs>/<kconfig>/<compiler>/<commit>/<N>`.
    pub result_roots: BTreeSet<PathBuf>,
    /// Entries left out, the first hundred: a name and why, safe to show.
    pub skipped: Vec<String>,
    /// How many were left out.
    pub skipped_count: u64,
}

/// Why an archive was not unpacked. What came before the fault stays.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The folder.
    #[error("{folder}: {error}")]
    Folder {
        /// The folder to unpack into.
        folder: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// An entry.
    #[error("entry {name} of the result archive {why}")]
    Entry {
        /// Its name, safe to show.
        name: String,
        /// Why it can't be unpacked.
        why: String,
    },
    /// The archive as a whole.
    #[error("the result archive {0}")]
    Archive(String),
}

/// Unpacks a tar into a folder, which is made when it is missing. The stream is read to its end.
///
/// # Errors
/// When the folder cannot be used, the stream is no whole tar, an entry would lie outside, or a limit is passed.
pub fn unpack(tar: impl Read, into: &Path, limits: &Limits) -> Result<Unpacked, UnpackError> {
    let target = Target::open(into, limits.entries).map_err(|error| UnpackError::Folder {
        folder: into.to_owned(),
        error,
    })?;
    let mut archive = tar::Archive::new(Bounded::new(tar, limits.bytes));
    let broken =
        |e: io::Error| UnpackError::Archive(format!("is broken: {}", text::name(&e.to_string())));
    let mut unpacked = Unpacked::default();
    let mut long = LongNames::default();
    let mut count = 0;
    // Names that do not fit into a header are read here, where they are bounded.
    for entry in archive.entries().map_err(broken)?.raw(true) {
        let mut entry = entry.map_err(broken)?;
        count += 1;
        if count > limits.entries {
            return Err(UnpackError::Archive(format!(
                "has more than {} entries",
                limits.entries
            )));
        }
        if long.take(&mut entry, limits.path)? {
            continue;
        }
        let (name, link) = long.names(&entry);
        let fail = |why: String| UnpackError::Entry {
            name: text::name(&String::from_utf8_lossy(&name)),
            why,
        };
        if name.len() > limits.path {
            return Err(fail(format!(
                "has a name of more than {} bytes",
                limits.path
            )));
        }
        let path = parts(&name).map_err(|why| fail(why.to_owned()))?;
        let why = |e: io::Error| {
            fail(format!(
                "cannot be unpacked: {}",
                text::name(&e.to_string())
            ))
        };
        let header = entry.header();
        match header.entry_type() {
            // The folder itself.
            EntryType::Directory if path.is_empty() => {}
            EntryType::Directory => target.folder(&path).map_err(why)?,
            _ if path.is_empty() => return Err(fail("has no name".to_owned())),
            EntryType::Regular | EntryType::Continuous => {
                let runs = header.mode().unwrap_or(0) & 0o111 != 0;
                let size = entry.size();
                let written = target.file(&path, runs, &mut entry).map_err(why)?;
                if written != size {
                    return Err(fail(format!(
                        "is cut off: {written} of its {size} bytes came"
                    )));
                }
                unpacked.files += 1;
                unpacked.bytes += written;
            }
            EntryType::Link => {
                let from =
                    parts(&link).map_err(|w| fail(format!("is a link to a name that {w}")))?;
                let room = limits.bytes.saturating_sub(unpacked.bytes);
                unpacked.bytes += target.copy(&from, &path, room).map_err(why)?;
                unpacked.files += 1;
            }
            EntryType::GNUSparse => {
                return Err(fail(
                    "is a sparse file; pack it without --sparse".to_owned(),
                ));
            }
            other => {
                unpacked.skip(&name, kind(other));
                continue;
            }
        }
        unpacked.result_roots.extend(result_root(&path));
    }
    match archive.into_inner().finish().map_err(broken)? {
        End::Whole => Ok(unpacked),
        End::Cut => Err(UnpackError::Archive(
            "is cut off: its end is missing".to_owned(),
        )),
    }
}

impl Unpacked {
    fn skip(&mut self, name: &[u8], why: &str) {
        self.skipped_count += 1;
        if self.skipped.len() < SKIPPED {
            let name = text::name(&String::from_utf8_lossy(name));
            self.skipped.push(format!("{name}: {why}"));
        }
    }
}

fn kind(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a named pipe",
        _ => "an entry of an unknown type",
    }
}

/// The result folder that a path is or lies in.
fn result_root(path: &[&std::ffi::OsStr]) -> Option<PathBuf> {
    let root = path.get(..9)?;
    let run = root[8].to_str()?;
    let number = !run.is_empty() && run.bytes().all(|b| b.is_ascii_digit());
    (root[0] == "result" && number).then(|| root.iter().collect())
}

#[cfg(test)]
mod tests;
