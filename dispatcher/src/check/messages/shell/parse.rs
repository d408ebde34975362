//! Lists, pipelines, and what lies between commands: blanks, comments, here-documents.

use super::tree::{Entry, Link, List, Pipeline};
use super::{DEEPEST, Unreadable};

/// Reads a part of a text.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) pos: usize,
    pub(super) end: usize,
    depth: usize,
    /// Here-documents that begin on this line.
    pub(super) documents: Vec<Document>,
}

/// A here-document: its body begins on the next line.
pub(super) struct Document {
    pub(super) delimiter: String,
    /// `<<-`
    pub(super) tabs: bool,
    /// Nothing in it is expanded.
    pub(super) quoted: bool,
}

type Result<T> = std::result::Result<T, Unreadable>;

/// Words that end a list where a command could begin.
const CLOSERS: &[&str] = &["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            pos: 0,
            end: text.len(),
            depth: 0,
            documents: Vec::new(),
        }
    }

    /// Reads `inner`, a part of this text, with a parser of its own.
    pub(super) fn within<T>(
        &mut self,
        inner: std::ops::Range<usize>,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.deeper(|outer| {
            let mut parser = Self {
                text: outer.text,
                pos: inner.start,
                end: inner.end,
                depth: outer.depth,
                documents: Vec::new(),
            };
            let read = read(&mut parser)?;
            if parser.at_end() {
                Ok(read)
            } else {
                Err(Unreadable)
            }
        })
    }

    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEEPEST {
            return Err(Unreadable);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn at_end(&self) -> bool {
        self.pos >= self.end
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        let at = self.pos + ahead;
        (at < self.end).then(|| self.text.as_bytes()[at])
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.pos.min(self.end)..self.end]
    }

    pub(super) fn take(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.pos += token.len();
        }
        there
    }

    pub(super) fn need(&mut self, token: &str) -> Result<()> {
        if self.take(token) {
            Ok(())
        } else {
            Err(Unreadable)
        }
    }

    /// Spaces, joined lines, and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\r') => self.pos += 1,
                Some(b'\\') if self.peek(1) == Some(b'\n') => self.pos += 2,
                Some(b'#') => {
                    self.pos += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                _ => return,
            }
        }
    }

    /// Ends of lines, with the here-documents that begin after them.
    pub(super) fn lines(&mut self) -> Result<()> {
        self.blanks();
        while self.peek(0) == Some(b'\n') {
            self.pos += 1;
            for document in std::mem::take(&mut self.documents) {
                self.body(&document)?;
            }
            self.blanks();
        }
        Ok(())
    }

    fn body(&mut self, document: &Document) -> Result<()> {
        let start = self.pos;
        loop {
            if self.at_end() {
                return Err(Unreadable);
            }
            let length = self.rest().find('\n').unwrap_or(self.rest().len());
            let line = &self.rest()[..length];
            self.pos = (self.pos + length + 1).min(self.end);
            let line = if document.tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if line == document.delimiter {
                break;
            }
        }
        // A body that runs commands while it is read is beyond what is worth reading here.
        let body = &self.text[start..self.pos];
        let runs = !document.quoted && (body.contains("$(") || body.contains('`'));
        if runs && body.contains("lava-") {
            return Err(Unreadable);
        }
        Ok(())
    }

    /// The reserved word or brace at this place, if one is there as a word of its own.
    pub(super) fn reserved(&self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c.is_whitespace() || ";&|<>()'\"`$\\=".contains(c))
            .unwrap_or(rest.len());
        &rest[..end]
    }

    /// Commands up to a word that closes a compound command, `)`, `;;` or the end.
    pub(super) fn list(&mut self) -> Result<List> {
        let mut entries = Vec::new();
        loop {
            self.lines()?;
            let closes = self.at_end()
                || self.peek(0) == Some(b')')
                || self.rest().starts_with(";;")
                || CLOSERS.contains(&self.reserved());
            if closes {
                break;
            }
            let mut entry = self.entry()?;
            self.blanks();
            if self.rest().starts_with(";;") {
                entries.push(entry);
                break;
            }
            let ended = match self.peek(0) {
                Some(b'&') => {
                    self.pos += 1;
                    entry.background = true;
                    true
                }
                Some(b';') => {
                    self.pos += 1;
                    true
                }
                Some(b'\n') => true,
                _ => false,
            };
            entries.push(entry);
            if !ended {
                break;
            }
        }
        if !self.documents.is_empty() && !self.at_end() {
            self.lines()?;
        }
        Ok(List(entries))
    }

    fn entry(&mut self) -> Result<Entry> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let link = if self.take("&&") {
                Link::And
            } else if self.take("||") {
                Link::Or
            } else {
                break;
            };
            self.lines()?;
            rest.push((link, self.pipeline()?));
        }
        Ok(Entry {
            first,
            rest,
            background: false,
        })
    }

    fn pipeline(&mut self) -> Result<Pipeline> {
        let mut not = false;
        loop {
            self.blanks();
            match self.reserved() {
                "!" => {
                    not = !not;
                    self.pos += 1;
                }
                "time" => self.pos += 4,
                _ => break,
            }
        }
        let mut commands = vec![self.deeper(Self::command)?];
        loop {
            self.blanks();
            if self.rest().starts_with("||") || !self.take("|") {
                return Ok(Pipeline { not, commands });
            }
            // `|&` is `2>&1 |`.
            self.take("&");
            self.lines()?;
            commands.push(self.deeper(Self::command)?);
        }
    }
}
