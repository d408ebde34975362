//! The raw bytes of a node's console, on disk.
//!
//! Chunks come in as they are read; they go to `console.log`, secrets masked and otherwise untouched, and a mark goes to
//! `console.idx` now and then: a line `OFFSET MICROSECONDS`, which says when the bytes from that offset on came. Marks let
//! the logs of several nodes be merged by time. What can go wrong is the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::mask::{MaskStream, Masker};
use crate::store::RunDir;

/// A mark at most this often...
const MARK_EVERY: Duration = Duration::from_millis(10);
/// ...or every so many bytes.
const MARK_BYTES: u64 = 64 << 10;

/// The log.
pub(crate) const LOG: &str = "console.log";
/// Its marks.
pub(crate) const INDEX: &str = "console.idx";

/// Writes one node's console log.
#[derive(Debug)]
pub struct ConsoleLog {
    log: File,
    index: File,
    mask: MaskStream,
    /// Bytes on their way from the mask to the disk; kept for its memory.
    masked: Vec<u8>,
    offset: u64,
    /// Offset and time of the last mark.
    mark: Option<(u64, Timestamp)>,
}

impl ConsoleLog {
    /// Makes the log of `node` in its folder of the run.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or the node has a log already.
    pub fn create(run: &RunDir, node: &str, masker: &Masker) -> io::Result<Self> {
        let folder = run.node_dir(node);
        fs::create_dir_all(&folder)?;
        Self::create_in(&folder, masker)
    }

    fn create_in(folder: &Path, masker: &Masker) -> io::Result<Self> {
        // The marks first: a reader that sees the log finds them.
        let index = File::create_new(folder.join(INDEX))?;
        let log = File::create_new(folder.join(LOG))?;
        Ok(Self {
            log,
            index,
            mask: masker.stream(),
            masked: Vec::new(),
            offset: 0,
            mark: None,
        })
    }

    /// Appends a chunk as it was read. Pass chunks as large as they come: each costs a write.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.masked.clear();
        self.mask.push(bytes, &mut self.masked);
        self.write(Timestamp::now())
    }

    /// Writes what the mask may still hold back: the beginning of a secret that never came.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn finish(&mut self) -> io::Result<()> {
        self.masked.clear();
        self.mask.finish(&mut self.masked);
        self.write(Timestamp::now())
    }

    /// How many bytes the log has: where the next chunk will begin.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Makes the next chunk have a time of its own, for tests faster than marks are.
    #[cfg(test)]
    pub(crate) fn mark_next(&mut self) {
        self.mark = None;
    }

    fn write(&mut self, now: Timestamp) -> io::Result<()> {
        if self.masked.is_empty() {
            return Ok(());
        }
        let due = self.mark.is_none_or(|(offset, at)| {
            self.offset - offset >= MARK_BYTES
                || now.duration_since(at).unsigned_abs() >= MARK_EVERY
        });
        if due {
            // Before its bytes, so that whoever sees them knows their time.
            self.index
                .write_all(format!("{} {}\n", self.offset, now.as_microsecond()).as_bytes())?;
            self.mark = Some((self.offset, now));
        }
        self.log.write_all(&self.masked)?;
        self.offset += self.masked.len() as u64;
        Ok(())
    }
}

impl Drop for ConsoleLog {
    fn drop(&mut self) {
        // `finish` tells of a failure; here nobody listens, and the log lacks at most the length of a secret.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_what_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut log =
            ConsoleLog::create_in(folder.path(), &Masker::new(["hunter2"]).unwrap()).unwrap();
        log.append(b"a\xff\x1b[1mhun").unwrap();
        assert_eq!(log.offset(), 6, "the beginning of a secret waits");
        log.append(b"ter2 b").unwrap();
        assert_eq!(log.offset(), 16);
        log.append(b"hunt").unwrap();
        drop(log);
        assert_eq!(
            fs::read(folder.path().join(LOG)).unwrap(),
            b"a\xff\x1b[1m[MASKED] bhunt"
        );
        let marks = fs::read_to_string(folder.path().join(INDEX)).unwrap();
        assert!(marks.starts_with("0 "), "{marks}");
    }

    #[test]
    fn marks_are_few() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = ConsoleLog::create_in(folder.path(), &Masker::default()).unwrap();
        let start = Timestamp::now();
        for millisecond in 0..100 {
            log.masked = vec![b'x'; 1 << 10];
            log.write(start + Duration::from_millis(millisecond))
                .unwrap();
        }
        assert_eq!(log.offset(), 100 << 10);
        let marks = fs::read_to_string(folder.path().join(INDEX)).unwrap();
        assert_eq!(marks.lines().count(), 10);
    }
}
