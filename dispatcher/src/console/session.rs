//! The console of a node: a shell on a terminal, read all the time, logged, and searched when somebody waits.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use russh::client::Msg;
use russh::{ChannelMsg, ChannelWriteHalf};
use tokio_util::bytes::{Buf, Bytes};

use super::expect::{PatternError, Patterns};
use super::printable;
use crate::failure::{Class, Failure, LogSpan};
use crate::feed::{Reader, feed};
use crate::journal::console_log::ConsoleLog;
use crate::transport::ssh::Session;

/// So much of the console is kept as evidence, in bytes.
const TAIL: usize = 4096;

/// A node's console log; its shells write it one after the other, or side by side in several namespaces.
pub type SharedLog = Arc<Mutex<ConsoleLog>>;

fn locked(log: &SharedLog) -> MutexGuard<'_, ConsoleLog> {
    log.lock().expect("nobody panics with the log locked")
}

/// A chunk of output and where it ends in the log.
struct Chunk {
    bytes: Bytes,
    end: u64,
}

/// A node's console.
pub struct Console {
    writer: ChannelWriteHalf<Msg>,
    chunks: Reader<Chunk>,
    /// What came and is not looked at yet.
    pending: Bytes,
    /// Where `pending` ends in the log.
    end: u64,
    tail: Vec<u8>,
    file: String,
}

impl Console {
    /// Takes over a shell. `file` is the log's path relative to the run's folder.
    #[must_use]
    pub fn new(session: Session, log: SharedLog, file: String) -> Self {
        let Session { mut reader, writer } = session;
        let (give, chunks) = feed();
        let end = locked(&log).offset();
        tokio::spawn(async move {
            while let Some(message) = reader.wait().await {
                let (ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. }) = message
                else {
                    continue;
                };
                let end = {
                    let mut log = locked(&log);
                    // A full disk on our side must not stop the test; the run's journal tells of it by itself.
                    let _ = log.append(&data);
                    log.offset()
                };
                if !give.give(Chunk { bytes: data, end }).await {
                    break;
                }
            }
            let _ = locked(&log).finish();
        });
        Self {
            writer,
            chunks,
            pending: Bytes::new(),
            end,
            tail: Vec::new(),
            file,
        }
    }

    /// The next output, as it comes.
    ///
    /// # Errors
    /// Infrastructure when the connection is closed.
    pub async fn read(&mut self) -> Result<Bytes, Failure> {
        if self.pending.is_empty() {
            self.chunks.want(true);
            let chunk = self.chunks.next().await;
            self.chunks.want(false);
            let chunk = chunk.ok_or_else(|| {
                Failure::new(
                    Class::Infrastructure,
                    "the connection to the node's console was closed; the node went down or its SSH server ended",
                )
            })?;
            self.end = chunk.end;
            self.remember(&chunk.bytes);
            return Ok(chunk.bytes);
        }
        Ok(std::mem::take(&mut self.pending))
    }

    /// Whether output must wait for us: yes while a test runs, whose every byte counts.
    pub fn want(&self, wanted: bool) {
        self.chunks.want(wanted);
    }

    fn remember(&mut self, bytes: &[u8]) {
        let new = &bytes[bytes.len().saturating_sub(TAIL)..];
        let keep = (TAIL - new.len()).min(self.tail.len());
        self.tail.drain(..self.tail.len() - keep);
        self.tail.extend_from_slice(new);
    }

    /// Waits for one of the patterns; returns its index.
    ///
    /// # Errors
    /// Infrastructure when the connection is closed.
    pub async fn expect(&mut self, patterns: &mut Patterns) -> Result<usize, Failure> {
        let mut at = patterns.start();
        loop {
            let mut chunk = self.read().await?;
            match patterns.feed(at, &chunk) {
                Ok(found) => {
                    chunk.advance(found.consumed);
                    self.pending = chunk;
                    return Ok(found.pattern);
                }
                Err(next) => at = next,
            }
        }
    }

    /// Types a line.
    ///
    /// # Errors
    /// Infrastructure when the connection is closed.
    pub async fn type_line(&self, line: &str) -> Result<(), Failure> {
        self.writer
            .data_bytes(format!("{line}\n").into_bytes())
            .await
            .map_err(|e| {
                Failure::new(
                    Class::Infrastructure,
                    format!("cannot type to the node's console: {e}"),
                )
            })
    }

    /// Where the log stands: everything before is read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.end - self.pending.len() as u64
    }

    /// A stretch of the log.
    #[must_use]
    pub fn span(&self, start: u64, end: u64) -> LogSpan {
        LogSpan {
            file: self.file.clone(),
            start,
            end,
        }
    }

    /// The last lines as evidence: where they stand, and their text.
    #[must_use]
    pub fn last_words(&self) -> (LogSpan, String) {
        let start = self.end.saturating_sub(self.tail.len() as u64);
        let text = printable(&self.tail, 1200);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(8)..].join("\n");
        (self.span(start, self.end), last)
    }

    /// Ends the shell: says goodbye, and hangs up whatever it says.
    pub async fn close(&self) {
        let goodbye = async {
            let _ = self.writer.data_bytes(&b"logout\n"[..]).await;
            let _ = self.writer.eof().await;
            let _ = self.writer.close().await;
        };
        let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
    }
}

/// Compiles the prompts of a boot block.
///
/// # Errors
/// Class job: a prompt is not a regular expression.
pub fn prompts(prompts: &[String]) -> Result<Patterns, Failure> {
    Patterns::new(prompts).map_err(|e: PatternError| {
        Failure::new(
            Class::Job,
            format!(
                "prompt {e}; put a \\ before characters such as ( [ * + ? that are meant literally"
            ),
        )
    })
}
