//! The short way through a document that is written as nearly all jobs are: printable ASCII, block mappings and
//! lists, scalars of one line, `|` texts.
//!
//! In: text. Out: its events, exactly those that the parser of [`super::events`] gives, many times faster.
//! Anything else (also whatever may be wrong) is `None`: the parser then reads the document from its start, so
//! nothing here decides what YAML is. The tests compare both on real documents and on mutations of them.

use super::events::Event;
use super::load::MAX_DEPTH;
use crate::finding::Span;

mod cursor;
mod scalars;

use scalars::plain;

/// The parser takes no longer keys on one line than 1024 bytes.
const LONGEST_KEY: usize = 1000;

/// The events of a document, or `None` when it has to be read by the parser.
pub(super) fn read(text: &str) -> Option<Vec<(Event<'_>, Span)>> {
    if !text.bytes().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
        return None;
    }
    let mut blocks = Blocks {
        text,
        at: 0,
        line: 1,
        line_start: 0,
        depth: 0,
        events: Vec::with_capacity((text.len() / 8).min(1 << 16)),
    };
    blocks.push(Event::DocumentStart, Span::default());
    blocks.skip_to_content();
    if blocks.is_marker() {
        if !blocks.rest().starts_with("---") {
            return None;
        }
        blocks.at += "---".len();
        blocks.next_line()?;
    }
    blocks.node(None)?;
    if blocks.column().is_some() {
        return None;
    }
    blocks.push(Event::StreamEnd, Span::default());
    Some(blocks.events)
}

/// A place in the text, and what was read up to there.
struct Blocks<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
    /// Its line, from 1.
    line: u32,
    /// First byte of that line.
    line_start: usize,
    depth: u32,
    events: Vec<(Event<'a>, Span)>,
}

impl<'a> Blocks<'a> {
    /// A value that begins here. `parent` is the column of the collection that it stands in.
    fn node(&mut self, parent: Option<usize>) -> Option<()> {
        if self.is_dash() {
            return self.sequence();
        }
        if let Some(parent) = parent
            && self.peek(0) == Some(b'|')
        {
            return self.literal(parent);
        }
        let column = self.at - self.line_start;
        let scalar = self.scalar()?;
        if self.is_colon() {
            return self.mapping(column, scalar);
        }
        self.events.push(scalar);
        self.next_line()
    }

    fn sequence(&mut self) -> Option<()> {
        let column = self.at - self.line_start;
        let start = self.span(self.at, self.at);
        let (props, flow) = (None, false);
        self.open(Event::SequenceStart { props, flow }, start)?;
        while self.column() == Some(column) && self.is_dash() {
            self.at += 1;
            let empty = self.span(self.at, self.at);
            self.skip_spaces();
            if self.is_line_end() {
                self.next_line()?;
                if self.column() > Some(column) {
                    self.node(Some(column))?;
                } else {
                    self.push(plain(""), empty);
                }
            } else {
                self.node(Some(column))?;
            }
        }
        self.close(Event::SequenceEnd, column)
    }

    /// A mapping whose first key was read already.
    fn mapping(&mut self, column: usize, first: (Event<'a>, Span)) -> Option<()> {
        let start = Span {
            end: first.1.start,
            ..first.1
        };
        let (props, flow) = (None, false);
        self.open(Event::MappingStart { props, flow }, start)?;
        self.entry(column, first)?;
        while self.column() == Some(column) {
            let key = self.scalar()?;
            self.entry(column, key)?;
        }
        self.close(Event::MappingEnd, column)
    }

    fn entry(&mut self, column: usize, key: (Event<'a>, Span)) -> Option<()> {
        if !self.is_colon() || key.1.end - key.1.start > LONGEST_KEY {
            return None;
        }
        self.events.push(key);
        self.at += 1;
        let empty = self.span(self.at, self.at);
        self.skip_spaces();
        if self.is_line_end() {
            self.next_line()?;
            // The dashes of a list may stand right below its key.
            if self.column() > Some(column) || self.column() == Some(column) && self.is_dash() {
                return self.node(Some(column));
            }
            self.push(plain(""), empty);
            return Some(());
        }
        if self.peek(0) == Some(b'|') {
            return self.literal(column);
        }
        let value = self.scalar()?;
        self.events.push(value);
        self.next_line()
    }

    /// Begins a collection.
    fn open(&mut self, event: Event<'a>, start: Span) -> Option<()> {
        self.depth += 1;
        self.push(event, start);
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Ends a collection; a deeper line after it goes on with something that only the parser understands.
    fn close(&mut self, event: Event<'a>, column: usize) -> Option<()> {
        self.depth -= 1;
        self.push(event, Span::default());
        (self.column() <= Some(column)).then_some(())
    }

    fn push(&mut self, event: Event<'a>, span: Span) {
        self.events.push((event, span));
    }
}
