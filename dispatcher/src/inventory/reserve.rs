//! Devices are used by one run at a time: a lock file per device, held as long as the run lives and freed by the system
//! however it ends.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::lab::{Entry, Inventory};
use crate::failure::{Class, Failure};

/// The lock files of a lab.
#[derive(Debug)]
pub struct Reservations {
    folder: PathBuf,
}

/// A device that is ours until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    _lock: File,
}

impl Reservations {
    /// The lock files for a lab, below the state folder.
    ///
    /// # Errors
    /// Configuration when the folder cannot be made.
    pub fn open(state: &Path, inventory: &Inventory) -> Result<Self, Failure> {
        let lab = match inventory.folder() {
            None => "embedded".to_owned(),
            Some(folder) => {
                let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
                whole.to_string_lossy().trim_matches('/').replace('/', "%")
            }
        };
        let folder = state.join("devices").join(lab);
        std::fs::create_dir_all(&folder).map_err(|e| unusable(&folder, &e))?;
        Ok(Self { folder })
    }

    /// Who holds a device: `in use by run 17…`; `None` when it is free. Devices that are made for each run are always free.
    ///
    /// # Errors
    /// Configuration when the lock file cannot be read.
    pub fn holder(&self, entry: &Entry) -> Result<Option<String>, Failure> {
        let run = self.holding_run(entry)?;
        Ok(run.map(|run| format!("in use by run {run}")))
    }

    /// As [`Reservations::holder`] for all devices of a lab, in its order.
    ///
    /// # Errors
    /// Configuration when a lock file cannot be read.
    pub fn holders(&self, inventory: &Inventory) -> Result<Vec<Option<String>>, Failure> {
        let entries = inventory.entries().iter();
        entries.map(|entry| self.holder(entry)).collect()
    }

    /// The id of the run that holds a device; `None` when it is free or made for each run.
    ///
    /// # Errors
    /// Configuration when the lock file cannot be read.
    pub fn holding_run(&self, entry: &Entry) -> Result<Option<String>, Failure> {
        if entry.device_type == "sandbox" {
            return Ok(None);
        }
        let path = self.path(entry);
        let Ok(mut file) = File::open(&path) else {
            return Ok(None);
        };
        if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
            return Ok(None);
        }
        let mut run = String::new();
        file.read_to_string(&mut run)
            .map_err(|e| unusable(&path, &e))?;
        Ok(Some(run.trim().to_owned()))
    }

    /// Takes a device for a run; `None` when another run was quicker.
    ///
    /// # Errors
    /// Configuration when the lock file cannot be written.
    pub fn take(&self, entry: &Entry, run: &str) -> Result<Option<Reservation>, Failure> {
        let path = self.path(entry);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|e| unusable(&path, &e))?;
        if entry.device_type != "sandbox"
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_err()
        {
            return Ok(None);
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{run}"))
            .map_err(|e| unusable(&path, &e))?;
        Ok(Some(Reservation { _lock: file }))
    }

    /// The lab's folder below the state folder: what is kept of its devices.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        self.folder.join(format!("{}.lock", entry.name))
    }
}

fn unusable(path: &Path, e: &std::io::Error) -> Failure {
    Failure::new(
        Class::Configuration,
        format!(
            "cannot use {}: {e}; it is below the state folder (DISPATCH_STATE)",
            path.display()
        ),
    )
}
