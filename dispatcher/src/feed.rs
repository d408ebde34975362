//! A queue that waits for its reader while there is one and forgets when there is none.
//!
//! What a node prints is read at once, also while nobody looks: an unread channel would stop the whole connection. While
//! somebody looks, nothing is lost and the node is slowed down to our speed; while nobody does, only the first
//! [`DEPTH`] pieces are kept, so memory stays bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

/// Pieces that a queue holds.
pub const DEPTH: usize = 64;

/// The writing end.
pub struct Writer<T> {
    queue: mpsc::Sender<T>,
    wanted: Arc<AtomicBool>,
}

/// The reading end.
pub struct Reader<T> {
    queue: mpsc::Receiver<T>,
    wanted: Arc<AtomicBool>,
}

/// Makes a queue.
#[must_use]
pub fn feed<T>() -> (Writer<T>, Reader<T>) {
    let (sender, receiver) = mpsc::channel(DEPTH);
    let wanted = Arc::new(AtomicBool::new(false));
    (
        Writer {
            queue: sender,
            wanted: Arc::clone(&wanted),
        },
        Reader {
            queue: receiver,
            wanted,
        },
    )
}

impl<T> Writer<T> {
    /// Hands over a piece. `false` when the reader is gone for good.
    pub async fn give(&self, piece: T) -> bool {
        if self.wanted.load(Ordering::Acquire) {
            return self.queue.send(piece).await.is_ok();
        }
        match self.queue.try_send(piece) {
            Ok(()) => true,
            // Nobody looked and the queue is full. A reader that begins to look in this moment reads what is kept first.
            Err(mpsc::error::TrySendError::Full(piece)) => {
                !self.wanted.load(Ordering::Acquire) || self.queue.send(piece).await.is_ok()
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }
}

impl<T> Reader<T> {
    /// Says whether pieces must wait (`true`) or may be forgotten when the queue is full.
    pub fn want(&self, wanted: bool) {
        self.wanted.store(wanted, Ordering::Release);
    }

    /// The next piece; `None` when the writer is gone and everything is read.
    pub async fn next(&mut self) -> Option<T> {
        self.queue.recv().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn unwanted_pieces_are_bounded_and_wanted_ones_wait() {
        let (writer, mut reader) = feed();
        for i in 0..10 * DEPTH {
            assert!(writer.give(i).await);
        }
        reader.want(true);
        for i in 0..DEPTH {
            assert_eq!(reader.next().await, Some(i));
        }
        let all = tokio::spawn(async move {
            for i in 0..10 * DEPTH {
                writer.give(i).await;
            }
        });
        for i in 0..10 * DEPTH {
            assert_eq!(reader.next().await, Some(i));
        }
        all.await.unwrap();
        assert_eq!(reader.next().await, None);
    }
}
