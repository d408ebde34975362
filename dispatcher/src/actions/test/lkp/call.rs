//! Calls of `lkp-node`, the helper that does LKP's work on a node: what it is asked, what it answers, how it is stopped.
//!
//! A call is a command on a channel of its own. Its input stays open while it may work; the end of its input is "stop now".
//! Its standard output is a few words per line, its standard error is for people and goes to the node's console log.

use russh::ChannelMsg;
use tokio_util::bytes::Bytes;

use crate::console::session::SharedLog;
use crate::failure::{Class, Failure};
use crate::overlay::scripts::quote;
use crate::text::escape;
use crate::transport::ssh::{Link, Session};

/// A line of the helper that is longer is cut.
const LONGEST_LINE: usize = 4096;

/// So much of what the helper said last is kept, in bytes.
const TAIL: usize = 8192;

/// A call that is under way.
pub struct Call {
    session: Session,
    link: Link,
    log: Option<SharedLog>,
    /// A line of standard output that has no end yet.
    line: Vec<u8>,
    /// Lines that nobody has asked for yet.
    lines: std::collections::VecDeque<String>,
    /// The end of standard error.
    tail: Vec<u8>,
    status: Option<u32>,
    over: bool,
}

/// `<root>/bin/lkp-node` with arguments, quoted.
#[must_use]
pub(super) fn command(root: &str, arguments: &[String]) -> String {
    let mut command = quote(&format!("{root}/bin/lkp-node"));
    for argument in arguments {
        command.push(' ');
        command.push_str(&quote(argument));
    }
    command
}

impl Call {
    /// Starts a call.
    ///
    /// # Errors
    /// Infrastructure: the connection is gone.
    pub(super) async fn start(
        link: &Link,
        command: &str,
        log: Option<SharedLog>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            session: link.start(command).await?,
            link: link.clone(),
            log,
            line: Vec::new(),
            lines: std::collections::VecDeque::new(),
            tail: Vec::new(),
            status: None,
            over: false,
        })
    }

    /// The next line of its standard output; none when it has ended.
    pub(super) async fn next_line(&mut self) -> Option<String> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Some(line);
            }
            if self.over {
                return None;
            }
            self.read().await;
        }
    }

    async fn read(&mut self) {
        match self.session.reader.wait().await {
            Some(ChannelMsg::Data { data }) => self.output(&data),
            Some(ChannelMsg::ExtendedData { data, .. }) => self.error_output(&data),
            Some(ChannelMsg::ExitStatus { exit_status }) => self.status = Some(exit_status),
            // As a shell counts it.
            Some(ChannelMsg::ExitSignal { .. }) => self.status = Some(128),
            None | Some(ChannelMsg::Close) => {
                self.over = true;
                if !self.line.is_empty() {
                    self.end_line();
                }
            }
            Some(_) => {}
        }
    }

    fn output(&mut self, data: &Bytes) {
        for piece in data.split_inclusive(|byte| *byte == b'\n') {
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            self.line.extend_from_slice(&text[..text.len().min(room)]);
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.lines.push_back(line);
        self.line.clear();
    }

    fn error_output(&mut self, data: &[u8]) {
        if let Some(log) = &self.log {
            // A full disk on our side must not stop the test; the run's journal tells of it by itself.
            let _ = log
                .lock()
                .expect("nobody panics with the log locked")
                .append(data);
        }
        let new = &data[data.len().saturating_sub(TAIL)..];
        let keep = (TAIL - new.len()).min(self.tail.len());
        self.tail.drain(..self.tail.len() - keep);
        self.tail.extend_from_slice(new);
    }

    /// What it means that the call has ended as it has.
    ///
    /// # Errors
    /// Infrastructure: the connection broke, or the helper blames the node; job: it blames the job.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        match self.status {
            Some(0) => Ok(()),
            Some(128) => Err(Failure::new(
                Class::Infrastructure,
                "lkp-node was ended by a signal; does the node have memory enough?",
            )),
            Some(2) => Err(Failure::new(Class::Job, self.last_words())),
            Some(_) => Err(Failure::new(Class::Infrastructure, self.last_words())),
            None => Err(self.link.lost("it closed while LKP ran")),
        }
    }

    /// Asks the call to stop, and waits until it has taken everything back.
    pub async fn stop(mut self) {
        let _ = self.session.writer.eof().await;
        while !self.over {
            self.read().await;
            self.lines.clear();
        }
    }

    /// The last line of its standard error: what is wrong and what to do.
    fn last_words(&self) -> String {
        last_words(&self.tail)
    }
}

/// The last line that is not empty, without the helper's name.
pub(super) fn last_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.unwrap_or("lkp-node: it ended without a word; see the node's console");
    let words = last.strip_prefix("lkp-node: ").unwrap_or(last);
    escape(&words.chars().take(1000).collect::<String>()).into_owned()
}
