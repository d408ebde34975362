//! Runs whose dispatcher died (`kill -9`, power): their journals get the last line that nobody could write.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};

use jiff::Timestamp;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::run_dir::ends_with_run_ended;
use super::{RunDir, Store, StoreError};
use crate::failure::{Class, Failure};
use crate::journal::event::{Entry, Event};

/// A run that was found dead and is now closed.
#[derive(Debug)]
pub struct Recovered {
    /// The run.
    pub run: RunDir,
    /// Why its journal could not be closed or its temporary folder could not be removed, if so.
    pub trouble: Option<io::Error>,
}

impl Store {
    /// Closes the journals of runs whose dispatcher died, and removes their temporary folders. To be called when the
    /// program starts, after whatever the dead run may have mounted in its temporary folder is gone.
    ///
    /// # Errors
    ///
    /// When the store cannot be read. Trouble with one run is told with that run.
    pub fn recover(&self) -> Result<Vec<Recovered>, StoreError> {
        let _lock = self.lock()?;
        let mut recovered = Vec::new();
        for run in self.list()? {
            match close(&run) {
                Ok(false) => {}
                Ok(true) => recovered.push(Recovered { run, trouble: None }),
                Err(error) => recovered.push(Recovered {
                    run,
                    trouble: Some(error),
                }),
            }
        }
        Ok(recovered)
    }
}

/// What a run is told that nobody ended.
#[must_use]
pub(crate) fn killed() -> Failure {
    Failure::new(
        Class::Infrastructure,
        "the dispatcher ended without finishing this run (killed, or the machine went down?); \
         results up to then are kept. Submit the job again",
    )
}

/// Closes a run if it is dead; says whether it was.
fn close(run: &RunDir) -> io::Result<bool> {
    let path = run.journal();
    let mut journal = match File::options().read(true).append(true).open(&path) {
        Ok(journal) => journal,
        // Under the store's lock nobody is about to make the journal: its maker died in between.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            remove(run.path())?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    match flock(&journal, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let dead = !ends_with_run_ended(&mut journal)?;
    if dead {
        let mut line = Vec::new();
        if !ends_with_newline(&mut journal)? {
            line.push(b'\n');
        }
        let entry = Entry {
            at: Timestamp::now(),
            event: Event::RunEnded {
                failure: Some(killed()),
            },
        };
        serde_json::to_writer(&mut line, &entry)?;
        line.push(b'\n');
        journal.write_all(&line)?;
        journal.sync_data()?;
    }
    // Also of a run that was killed between its last line and its last deed.
    remove(&run.tmp())?;
    Ok(dead)
}

fn ends_with_newline(journal: &mut File) -> io::Result<bool> {
    if journal.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    journal.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    journal.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn remove(folder: &std::path::Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
