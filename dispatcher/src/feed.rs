//! A queue that waits for its reader while there is one and forgets when there is none.
//!
//! What a node prints is read at once, also while nobody looks: an unread channel would stop the whole connection. While
//! somebody looks, nothing is lost and the node is slowed down to our speed; while nobody does, only the first
//! [`DEPTH`] pieces are kept, so memory stays bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, mpsc};

/// Pieces that a queue holds.
pub const DEPTH: usize = 64;

/// The writing end.
pub struct Writer<T> {
    queue: mpsc::Sender<T>,
    lookers: Arc<Lookers>,
}

/// The reading end.
pub struct Reader<T> {
    queue: mpsc::Receiver<T>,
    lookers: Arc<Lookers>,
}

#[derive(Default)]
struct Lookers {
    count: AtomicUsize,
    none_left: Notify,
}

/// As long as this lives, pieces wait for the reader. However its owner ends, it is given back.
pub struct Look(Arc<Lookers>);

impl Look {
    fn new(lookers: &Arc<Lookers>) -> Self {
        lookers.count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(lookers))
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            // A writer that waits for us would wait for ever, and its connection with it.
            self.0.none_left.notify_waiters();
        }
    }
}

/// Makes a queue.
#[must_use]
pub fn feed<T>() -> (Writer<T>, Reader<T>) {
    let (sender, receiver) = mpsc::channel(DEPTH);
    let lookers = Arc::new(Lookers::default());
    let writer = Writer {
        queue: sender,
        lookers: Arc::clone(&lookers),
    };
    let reader = Reader {
        queue: receiver,
        lookers,
    };
    (writer, reader)
}

impl<T> Writer<T> {
    /// Hands over a piece. `false` when the reader is gone for good.
    pub async fn give(&self, piece: T) -> bool {
        loop {
            let none_left = self.lookers.none_left.notified();
            if self.lookers.count.load(Ordering::Acquire) == 0 {
                return !matches!(
                    self.queue.try_send(piece),
                    Err(mpsc::error::TrySendError::Closed(_))
                );
            }
            tokio::select! {
                room = self.queue.reserve() => {
                    return room.map(|room| room.send(piece)).is_ok();
                }
                () = none_left => {}
            }
        }
    }
}

impl<T> Reader<T> {
    /// Pieces wait, and are not forgotten, for as long as the answer lives.
    #[must_use]
    pub fn look(&self) -> Look {
        Look::new(&self.lookers)
    }

    /// The next piece; `None` when the writer is gone and everything is read.
    pub async fn next(&mut self) -> Option<T> {
        let _look = self.look();
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
        let look = reader.look();
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
        drop(look);
    }

    #[tokio::test]
    async fn a_writer_that_waits_is_freed_when_nobody_looks_any_more() {
        let (writer, reader) = feed();
        let look = reader.look();
        let all = tokio::spawn(async move {
            for i in 0..2 * DEPTH {
                assert!(writer.give(i).await);
            }
        });
        tokio::task::yield_now().await;
        assert!(!all.is_finished(), "the queue is full");
        drop(look);
        all.await.unwrap();
    }
}
