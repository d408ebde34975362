//! A queue of the kernel's that can be read when it has something.
//!
//! The runtime's own type for that, `AsyncFd`, is made by unsafe code only. A datagram socket is not: of it nothing but the
//! readiness is used, which is the same for every file that can be waited for.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixDatagram as StdDatagram;

use tokio::io::Interest;
use tokio::net::UnixDatagram;

/// A queue; it must have been opened as non-blocking.
#[derive(Debug)]
pub(super) struct Queue(UnixDatagram);

impl Queue {
    /// Gives a queue to the runtime.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub(super) fn of(file: OwnedFd) -> io::Result<Self> {
        Ok(Self(UnixDatagram::from_std(StdDatagram::from(file))?))
    }

    /// Reads when there is something, as often as it takes.
    ///
    /// # Errors
    /// What `read` says, other than that there is nothing yet.
    pub(super) async fn read<R>(
        &self,
        mut read: impl FnMut(BorrowedFd<'_>) -> rustix::io::Result<R>,
    ) -> io::Result<R> {
        let read = || Ok(read(self.0.as_fd())?);
        self.0.async_io(Interest::READABLE, read).await
    }
}
