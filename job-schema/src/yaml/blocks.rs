//! The short way through a document that is written as nearly all jobs are: printable ASCII, block mappings and
//! lists, scalars of one line, `|` texts.
//!
//! In: text. Out: its events, exactly those that the parser of [`super::events`] gives, many times faster.
//! Anything else (also whatever may be wrong) is `None`: the parser then reads the document from its start, so
//! nothing here decides what YAML is. The tests compare both on real documents and on mutations of them.

use std::borrow::Cow;

use super::events::{Event, text_end};
use crate::finding::Span;

/// The parser takes no longer keys on one line than 1024 bytes.
const LONGEST_KEY: usize = 1000;
/// Deeper documents are refused by the loader.
const MAX_DEPTH: usize = 128;

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
        events: Vec::with_capacity(text.len() / 8),
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
    depth: usize,
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

    /// A scalar of one line; what follows it is for the caller to judge.
    fn scalar(&mut self) -> Option<(Event<'a>, Span)> {
        let start = self.at;
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let (length, event) = match *bytes.first()? {
            b'\'' => single_quoted(rest)?,
            b'"' => {
                let length = 1 + bytes[1..]
                    .iter()
                    .position(|b| matches!(b, b'"' | b'\\' | b'\n'))?;
                if bytes[length] != b'"' {
                    return None;
                }
                (length + 1, quoted(Cow::Borrowed(&rest[1..length])))
            }
            b'-' if self.is_dash() => return None,
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'%' | b'@' | b'`' => return None,
            _ => plain_scalar(rest),
        };
        self.at += length;
        Some((event, self.span(start, self.at)))
    }

    /// A text after `|`. Its lines stand deeper than `parent`.
    fn literal(&mut self, parent: usize) -> Option<()> {
        let (start, mut span) = (self.at, self.span(self.at, self.at));
        let (header, _) = self.rest().split_once('\n')?;
        let keep = match header {
            "|" => Chomp::Clip,
            "|-" => Chomp::Strip,
            "|+" => Chomp::Keep,
            _ => return None,
        };
        self.at += header.len() + 1;
        let first = self.rest_of_line();
        let indent = first.len() - first.trim_start_matches(' ').len();
        if indent == first.len() || indent <= parent {
            return None;
        }
        let mut text = String::new();
        let mut content = 0;
        self.line += 1;
        self.line_start = self.at;
        while self.at < self.text.len() {
            let line = self.rest_of_line();
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let blank = spaces == line.len();
            if spaces < indent && !blank {
                break;
            }
            // The last line of a file may lack its line break; the parser knows what that means.
            self.peek(line.len())?;
            text.push_str(&line[indent.min(spaces)..]);
            text.push('\n');
            if !blank || spaces > indent {
                content = text.len();
            }
            self.at += line.len() + 1;
            self.line += 1;
            self.line_start = self.at;
        }
        match keep {
            Chomp::Clip => text.truncate(content),
            Chomp::Strip => text.truncate(content - 1),
            Chomp::Keep => {}
        }
        span.end = text_end(self.text, start, self.at);
        self.push(quoted(Cow::Owned(text)), span);
        self.skip_to_content();
        (!self.is_marker()).then_some(())
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

    /// Goes past the end of this line, which may have a comment left, to the next line that says something.
    fn next_line(&mut self) -> Option<()> {
        self.skip_spaces();
        if !self.is_line_end() || self.peek(0) == Some(b'#') && !self.text[..self.at].ends_with(' ')
        {
            return None;
        }
        self.skip_to_content();
        (!self.is_marker()).then_some(())
    }

    /// From the start of a line, or after what it says, to the next line that says something, or the end.
    fn skip_to_content(&mut self) {
        loop {
            if self.peek(0) == Some(b'\n') {
                self.at += 1;
                self.line += 1;
                self.line_start = self.at;
            }
            self.skip_spaces();
            match self.peek(0) {
                Some(b'#') => self.at += self.rest_of_line().len(),
                Some(b'\n') => {}
                _ => break,
            }
        }
    }

    fn skip_spaces(&mut self) {
        while self.peek(0) == Some(b' ') {
            self.at += 1;
        }
    }

    /// The column of the next byte, from 0; `None` at the end of the text.
    fn column(&self) -> Option<usize> {
        (self.at < self.text.len()).then(|| self.at - self.line_start)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// A space, a line break or the end is `ahead`.
    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), None | Some(b' ' | b'\n'))
    }

    fn is_dash(&self) -> bool {
        self.peek(0) == Some(b'-') && self.is_blank(1)
    }

    fn is_colon(&self) -> bool {
        self.peek(0) == Some(b':') && self.is_blank(1)
    }

    /// After spaces: nothing is left in this line but a comment.
    fn is_line_end(&self) -> bool {
        matches!(self.peek(0), None | Some(b'\n' | b'#'))
    }

    /// The line begins or ends a document.
    fn is_marker(&self) -> bool {
        self.at == self.line_start
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn rest_of_line(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find('\n').unwrap_or(rest.len())]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            start,
            end,
            line: self.line,
            column: u32::try_from(start - self.line_start + 1).unwrap_or(u32::MAX),
        }
    }
}

/// What happens to the line breaks at the end of a text.
enum Chomp {
    Clip,
    Strip,
    Keep,
}

/// The scalar in single quotes that a text begins with, and its length.
fn single_quoted(text: &str) -> Option<(usize, Event<'_>)> {
    let mut end = 1;
    let mut doubled = false;
    loop {
        match text.as_bytes()[end..] {
            [b'\'', b'\'', ..] => {
                doubled = true;
                end += 2;
            }
            [b'\'', ..] => break,
            [] | [b'\n', ..] => return None,
            _ => end += 1,
        }
    }
    let inner = &text[1..end];
    let inner = if doubled {
        Cow::Owned(inner.replace("''", "'"))
    } else {
        Cow::Borrowed(inner)
    };
    Some((end + 1, quoted(inner)))
}

/// The unquoted scalar that a text begins with, and its length.
fn plain_scalar(text: &str) -> (usize, Event<'_>) {
    let mut end = 0;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        let last = match byte {
            b'\n' => true,
            b':' => matches!(text.as_bytes().get(at + 1), None | Some(b' ' | b'\n')),
            b'#' => before == b' ',
            _ => false,
        };
        if last {
            break;
        }
        before = byte;
        if byte != b' ' {
            end = at + 1;
        }
    }
    (end, plain(&text[..end]))
}

fn plain(text: &str) -> Event<'_> {
    Event::Scalar {
        props: None,
        text: Cow::Borrowed(text),
        plain: true,
    }
}

fn quoted(text: Cow<'_, str>) -> Event<'_> {
    Event::Scalar {
        props: None,
        text,
        plain: false,
    }
}
