//! Reads a journal back, one entry at a time.
//!
//! Lines come in, entries go out. A last line without its end is being written, or never will be: it is left for later.
//! A whole line that cannot be read (torn by a full disk, or an event that a newer version added) is skipped and counted.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::event::Entry;

/// A longer line was not written by `dispatch`.
const MAX_LINE: usize = 16 << 20;

/// An iterator over the entries of a journal.
///
/// After `None` it can be asked again: it then gives what was appended since.
#[derive(Debug)]
pub struct JournalReader<R> {
    input: R,
    line: Vec<u8>,
    /// The line has grown past [`MAX_LINE`]; what it held is forgotten.
    too_long: bool,
    damaged: u64,
}

impl JournalReader<BufReader<File>> {
    /// Reads the journal in this file.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::new(BufReader::with_capacity(
            64 << 10,
            File::open(path)?,
        )))
    }
}

impl<R: BufRead> JournalReader<R> {
    /// Reads a journal from `input`.
    pub fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            too_long: false,
            damaged: 0,
        }
    }

    /// How many lines could not be read so far.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Reads on to the end of a line; false at the end of what there is.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(false);
            }
            let end = available.iter().position(|&byte| byte == b'\n');
            let taken = end.unwrap_or(available.len());
            if self.line.len() + taken > MAX_LINE {
                self.too_long = true;
                self.line = Vec::new();
            }
            if !self.too_long {
                self.line.extend_from_slice(&available[..taken]);
            }
            self.input.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Iterator for JournalReader<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            let entry = if self.too_long {
                None
            } else {
                serde_json::from_slice(&self.line).ok()
            };
            let blank = !self.too_long && self.line.is_empty();
            self.line.clear();
            self.too_long = false;
            match entry {
                Some(entry) => return Some(Ok(entry)),
                None if blank => {}
                None => self.damaged += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    const NOTE: &str =
        r#"{"at":"2026-11-21T00:00:00Z","event":"note","level":"info","message":"x"}"#;

    #[test]
    fn damage_is_skipped_and_counted() {
        let text = format!(
            "{NOTE}\n{}\n\n{{\"at\":\"2026-11-21T00:00:00Z\",\"event\":\"from-the-future\"}}\nnoise\n{NOTE}\n{NOTE}",
            &NOTE[..30]
        );
        let mut reader = JournalReader::new(text.as_bytes());
        assert_eq!(reader.by_ref().count(), 2, "the last line has no end");
        assert_eq!(reader.damaged(), 3);
    }

    #[test]
    fn a_torn_last_line_is_read_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut file = File::create(&path).unwrap();
        let mut reader = JournalReader::open(&path).unwrap();
        file.write_all(&NOTE.as_bytes()[..20]).unwrap();
        assert!(reader.next().is_none());
        file.write_all(&NOTE.as_bytes()[20..]).unwrap();
        assert!(reader.next().is_none());
        file.write_all(b"\n").unwrap();
        assert!(reader.next().unwrap().is_ok());
        assert!(reader.next().is_none());
        assert_eq!(reader.damaged(), 0);
    }

    #[test]
    fn an_endless_line_does_not_fill_the_memory() {
        let long = io::repeat(b'x').take(MAX_LINE as u64 + 100);
        let rest = format!("\n{NOTE}\n");
        let mut reader = JournalReader::new(BufReader::new(long.chain(rest.as_bytes())));
        assert!(reader.next().unwrap().is_ok());
        assert_eq!(reader.damaged(), 1);
    }
}
