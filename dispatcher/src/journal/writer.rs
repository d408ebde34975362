//! Appends events to `journal.jsonl` as they happen.
//!
//! Events come in from any task, lines go out: one `write` per call, nothing kept back, so a killed dispatcher loses at
//! most the line it was writing. What can go wrong is the disk; the next line after a torn one starts on a line of its
//! own, so one failure costs one call's events.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::event::{Entry, Event};
use super::mask::Masker;

/// The journal could not be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot write the journal {path}: {source}; free space there, or set DISPATCH_STATE to a folder elsewhere"
)]
pub struct JournalError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// The one writer of a run's journal. Cheap to clone, usable from many tasks. While a clone lives, the journal is
/// locked and the run counts as alive.
#[derive(Debug, Clone)]
pub struct JournalWriter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    masker: Masker,
    file: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// The last write stopped inside a line.
    torn: bool,
}

impl JournalWriter {
    /// Writes to `file`, which is at its end and locked by this process.
    pub(crate) fn new(path: &Path, file: File, masker: Masker) -> Self {
        Self(Arc::new(Inner {
            path: path.to_path_buf(),
            masker,
            file: Mutex::new(Open { file, torn: false }),
        }))
    }

    /// Appends an event that happens now.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn append(&self, event: Event) -> Result<(), JournalError> {
        self.append_all([event])
    }

    /// Appends events that happen now, together, in one write.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn append_all(&self, events: impl IntoIterator<Item = Event>) -> Result<(), JournalError> {
        // The clock is read under the lock: lines are in the order of their times.
        let mut open = self.lock();
        let at = Timestamp::now();
        let mut lines = Vec::with_capacity(512);
        for mut event in events {
            self.0.masker.mask_event(&mut event);
            serde_json::to_writer(&mut lines, &Entry { at, event })
                .map_err(|error| self.error(error.into()))?;
            lines.push(b'\n');
        }
        open.write(&lines).map_err(|source| self.error(source))
    }

    /// Brings everything to the disk. Call it once, after [`Event::RunEnded`].
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub fn sync(&self) -> Result<(), JournalError> {
        self.lock()
            .file
            .sync_data()
            .map_err(|source| self.error(source))
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // A writer that panicked left at most a torn line, which `torn` does not know of; the reader skips it.
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, source: io::Error) -> JournalError {
        JournalError {
            path: self.0.path.clone(),
            source,
        }
    }
}

impl Open {
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut rest = lines;
        if self.torn {
            self.file.write_all(b"\n")?;
            self.torn = false;
        }
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.torn = rest[written - 1] != b'\n';
                    rest = &rest[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::event::NoteLevel;
    use crate::journal::reader::JournalReader;

    fn note(message: String) -> Event {
        Event::Note {
            node: None,
            level: NoteLevel::Info,
            message,
        }
    }

    #[test]
    fn many_tasks_write_whole_masked_lines_in_order_of_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let file = File::create(&path).unwrap();
        let writer = JournalWriter::new(&path, file, Masker::new(["s3cret"]).unwrap());
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let writer = writer.clone();
                scope.spawn(move || {
                    for n in 0..100 {
                        writer
                            .append_all([
                                note(format!("{thread} {n} s3cret")),
                                note("second".into()),
                            ])
                            .unwrap();
                    }
                });
            }
        });
        writer.sync().unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains("s3cret"));
        let mut reader = JournalReader::open(&path).unwrap();
        let entries: Vec<Entry> = reader.by_ref().collect::<Result<_, _>>().unwrap();
        assert_eq!(reader.damaged(), 0);
        assert_eq!(entries.len(), 1600);
        assert!(entries.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(entries.chunks(2).all(
            |pair| matches!(&pair[1].event, Event::Note { message, .. } if message == "second")
        ));
    }

    #[test]
    fn the_disk_s_refusal_names_the_file() {
        let path = Path::new("/dev/full");
        let file = File::options().write(true).open(path).unwrap();
        let error = JournalWriter::new(path, file, Masker::default())
            .append(note("x".into()))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot write the journal /dev/full: No space left"),
            "{error}"
        );
    }
}
