//! Waits until a run says more, or is over, without polling.
//!
//! Paths come in; [`Watch::wait`] returns when something happened to one of them, or when the dispatcher of the run is
//! gone. What can go wrong: the system's limit of watches.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Watches a run and files of it. Its two threads stay until the process ends, so it is for a command that follows
/// one run.
#[derive(Debug)]
pub struct Watch {
    queue: Arc<OwnedFd>,
    wake: Receiver<io::Result<()>>,
    over: Arc<AtomicBool>,
}

impl Watch {
    /// Watches the journal of a run, and the lock on it that its dispatcher holds.
    ///
    /// # Errors
    ///
    /// When the journal cannot be opened, or the system has no more inotify queues to give
    /// (`fs.inotify.max_user_instances`).
    pub fn journal(path: &Path) -> io::Result<Self> {
        let lock = File::open(path)?;
        let queue = Arc::new(inotify::init(CreateFlags::CLOEXEC)?);
        // Room for one: a waiter that is about to wake need not be told twice.
        let (waker, wake) = sync_channel(1);
        let over = Arc::new(AtomicBool::new(false));
        let watch = Self {
            queue: Arc::clone(&queue),
            wake,
            over: Arc::clone(&over),
        };
        watch.add(path)?;
        let also_waker = waker.clone();
        thread::spawn(move || tell_changes(&queue, &waker));
        thread::spawn(move || tell_end(&lock, &over, &also_waker));
        Ok(watch)
    }

    /// Adds a file, or a folder for what happens in it. Read it after this call, else a change is missed.
    ///
    /// # Errors
    ///
    /// When it does not exist, or at the limit of watches (`fs.inotify.max_user_watches`).
    pub fn add(&self, path: &Path) -> io::Result<()> {
        let flags = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO;
        inotify::add_watch(&self.queue, path, flags)?;
        Ok(())
    }

    /// Whether the dispatcher of the run is gone: what is on disk now is all there will be.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Blocks until something has happened since the last call.
    ///
    /// # Errors
    ///
    /// When the system cannot tell any more.
    pub fn wait(&self) -> io::Result<()> {
        self.wake
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("nobody watches the run any more")))
    }
}

fn tell_changes(queue: &OwnedFd, waker: &SyncSender<io::Result<()>>) {
    let mut buffer = [MaybeUninit::uninit(); 16 << 10];
    let mut events = inotify::Reader::new(queue, &mut buffer);
    loop {
        match events.next() {
            Ok(_) => {
                // Full: the waiter wakes anyway, and reads everything.
                let _ = waker.try_send(Ok(()));
            }
            Err(Errno::INTR) => {}
            Err(error) => {
                // Nobody waits any more, or somebody learns why.
                let _ = waker.send(Err(error.into()));
                return;
            }
        }
    }
}

/// The end is told by the lock, not by the close of the file: the system tells of a close before it lets the lock go.
fn tell_end(lock: &File, over: &AtomicBool, waker: &SyncSender<io::Result<()>>) {
    loop {
        match flock(lock, FlockOperation::LockShared) {
            Err(Errno::INTR) => {}
            Ok(()) => {
                // Others may want to lock it.
                let _ = flock(lock, FlockOperation::Unlock);
                over.store(true, Ordering::Release);
                let _ = waker.try_send(Ok(()));
                return;
            }
            Err(error) => {
                let _ = waker.send(Err(error.into()));
                return;
            }
        }
    }
}
