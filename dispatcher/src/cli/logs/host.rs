//! What commands on the dispatcher's machine said, out of a run's journal, line by line.

use std::fs::File;
use std::io;

use jiff::Timestamp;

use crate::journal::event::{Entry, Event, NoteLevel};
use crate::journal::reader::JournalReader;
use crate::store::RunDir;
use crate::text;

/// How the note of a command begins.
const COMMAND: &str = "on this machine: ";

/// Reads on in a journal, one line at a time.
pub(super) struct HostLines {
    journal: JournalReader<io::BufReader<File>>,
    next: Option<HostLine>,
}

/// A command, or a line that one printed.
pub(super) struct HostLine {
    /// When.
    pub(super) at: Timestamp,
    /// For which node; made printable.
    pub(super) node: String,
    /// What is shown.
    pub(super) line: String,
}

impl HostLines {
    pub(super) fn open(run: &RunDir) -> io::Result<Self> {
        let journal = JournalReader::open(&run.journal())?;
        Ok(Self {
            journal,
            next: None,
        })
    }

    /// When the line that lies ready came; none: there is none yet.
    pub(super) fn fill(&mut self) -> io::Result<Option<Timestamp>> {
        while self.next.is_none() {
            let Some(entry) = self.journal.next() else {
                return Ok(None);
            };
            self.next = line(entry?);
        }
        Ok(self.next.as_ref().map(|line| line.at))
    }

    pub(super) fn take(&mut self) -> Option<HostLine> {
        self.next.take()
    }
}

fn line(Entry { at, event }: Entry) -> Option<HostLine> {
    let (node, line) = match event {
        Event::HostOutput { node, line } => (node, line),
        Event::Note {
            node: Some(node),
            level: NoteLevel::Info,
            message,
        } => (node, format!("$ {}", message.strip_prefix(COMMAND)?)),
        _ => return None,
    };
    Some(HostLine {
        at,
        node: text::name(&node),
        line: text::escape(&line).into_owned(),
    })
}
