//! Waits until files of a run change, without polling.
//!
//! Paths come in, [`Watch::wait`] returns when something happened to one of them since the last call: it was written, it
//! was closed by its writer, or a file was made in it. What can go wrong: the system's limit of watches.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;

/// A set of watched files and folders.
#[derive(Debug)]
pub struct Watch {
    queue: OwnedFd,
}

impl Watch {
    /// An empty set.
    ///
    /// # Errors
    ///
    /// When the system has no more inotify queues to give (`fs.inotify.max_user_instances`).
    pub fn new() -> io::Result<Self> {
        Ok(Self { queue: inotify::init(CreateFlags::CLOEXEC)? })
    }

    /// Adds a file, or a folder for what happens in it. Read it after this call, else a change is missed.
    ///
    /// # Errors
    ///
    /// When it does not exist, or at the limit of watches (`fs.inotify.max_user_watches`).
    pub fn add(&self, path: &Path) -> io::Result<()> {
        // The end of a writer closes its files, however it ends: that wakes the waiter too.
        let flags = WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE | WatchFlags::CREATE | WatchFlags::MOVED_TO;
        inotify::add_watch(&self.queue, path, flags)?;
        Ok(())
    }

    /// Blocks until something has happened; takes all that has.
    ///
    /// # Errors
    ///
    /// When the system refuses, which it has no reason to.
    pub fn wait(&self) -> io::Result<()> {
        let mut buffer = [MaybeUninit::uninit(); 16 << 10];
        let mut events = inotify::Reader::new(&self.queue, &mut buffer);
        loop {
            match events.next() {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
