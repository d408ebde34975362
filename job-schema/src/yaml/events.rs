//! The events of a document with their places: from [`super::blocks`] where it can read the text, else from the
//! parser. The only file that names the parser: another one can take its place here.
//!
//! In: text. Out: one [`Event`] after the other. Wrong: a [`Finding`] `J001` when the text is not YAML.

use std::borrow::Cow;
use std::io::{Chain, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::vec;

use libyaml_safer::{Encoding, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle};

use super::{blocks, problem, tags};
use crate::finding::{Finding, Span};

/// One step through a document.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'a> {
    DocumentStart,
    Alias(String),
    Scalar {
        props: Props,
        text: Cow<'a, str>,
        /// Not quoted, no block scalar: the text decides on the type.
        plain: bool,
    },
    SequenceStart {
        props: Props,
        flow: bool,
    },
    SequenceEnd,
    MappingStart {
        props: Props,
        flow: bool,
    },
    MappingEnd,
    StreamEnd,
}

/// What may stand before a value; few values have any.
pub(super) type Props = Option<Box<Properties>>;

/// An anchor and a tag.
#[derive(Debug, PartialEq)]
pub(super) struct Properties {
    pub(super) anchor: Option<String>,
    pub(super) tag: Option<String>,
}

/// The line breaks of YAML 1.1.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// The events of one text.
pub(super) enum Events<'a> {
    Simple(vec::IntoIter<(Event<'a>, Span)>),
    Parsed(Box<Parsed<'a>>),
}

impl<'a> Events<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        match blocks::read(text) {
            Some(events) => Self::Simple(events.into_iter()),
            None => Self::Parsed(Box::new(Parsed::new(text))),
        }
    }

    /// The next event that says something about the document. After the last one there are only ends.
    pub(super) fn next(&mut self) -> Result<(Event<'a>, Span), Box<Finding>> {
        match self {
            Self::Simple(events) => {
                Ok(events.next().unwrap_or((Event::StreamEnd, Span::default())))
            }
            Self::Parsed(parsed) => parsed.next(),
        }
    }
}

/// The events that the parser gives.
pub(super) struct Parsed<'a> {
    parser: Parser<Chain<&'a [u8], &'static [u8]>>,
    text: &'a str,
    /// Bytes of a byte order mark, which the parser does not count.
    skipped: usize,
    /// A line break was added after the text.
    completed: bool,
    /// What is wrong with a text that the parser must not have.
    refused: Option<Box<Finding>>,
    /// The event before.
    last: Span,
}

impl<'a> Parsed<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let skipped = text.len() - body.len();
        // The parser panics when a block scalar ends with the text instead of a line break: add one, and
        // take it out of the scalar again. A last line of spaces says nothing.
        let trimmed = body.trim_end_matches(' ');
        let completed = !trimmed.is_empty() && !trimmed.ends_with(BREAKS);
        let (body, rest): (&[u8], &[u8]) = if completed {
            (body.as_bytes(), b"\n")
        } else {
            (trimmed.as_bytes(), b"")
        };
        let mut parser = Parser::new();
        parser.set_encoding(Encoding::Utf8);
        parser.set_input(body.chain(rest));
        Self {
            parser,
            text,
            skipped,
            completed,
            refused: tags::refused(text),
            last: Span::default(),
        }
    }

    pub(super) fn next(&mut self) -> Result<(Event<'a>, Span), Box<Finding>> {
        if let Some(finding) = self.refused.take() {
            return Err(finding);
        }
        loop {
            // The forms on which the parser is known to panic do not get here. Should there be another one, it
            // is a finding; the parser is not used again after that.
            let parsed = catch_unwind(AssertUnwindSafe(|| self.parser.parse()));
            let parsed = parsed.map_err(|_| problem::gave_up(self.last))?;
            let event = parsed.map_err(|e| self.problem(&e))?;
            let mut span = self.span(event.start_mark, event.end_mark);
            self.last = span;
            let event = match event.data {
                EventData::StreamStart { .. } | EventData::DocumentEnd { .. } => continue,
                EventData::StreamEnd => Event::StreamEnd,
                EventData::DocumentStart { .. } => Event::DocumentStart,
                EventData::Alias { anchor } => Event::Alias(anchor),
                EventData::Scalar {
                    anchor,
                    tag,
                    mut value,
                    plain_implicit,
                    style,
                    ..
                } => {
                    if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                        if self.completed && span.end == self.text.len() {
                            value.truncate(value.strip_suffix('\n').unwrap_or(&value).len());
                        }
                        span.end = text_end(self.text, span.start, span.end);
                    }
                    Event::Scalar {
                        props: props(anchor, tag),
                        text: Cow::Owned(value),
                        plain: plain_implicit,
                    }
                }
                EventData::SequenceStart {
                    anchor, tag, style, ..
                } => {
                    let flow = style == SequenceStyle::Flow;
                    if !flow {
                        // The parser counts the first dash of some lists, and of others not.
                        span.end = span.start;
                    }
                    let props = props(anchor, tag);
                    Event::SequenceStart { props, flow }
                }
                EventData::MappingStart {
                    anchor, tag, style, ..
                } => Event::MappingStart {
                    props: props(anchor, tag),
                    // One pair in a list, `[a: b]`, ends with its value, as a block does.
                    flow: style == MappingStyle::Flow && self.text[..span.end].ends_with('{'),
                },
                EventData::SequenceEnd => Event::SequenceEnd,
                EventData::MappingEnd => Event::MappingEnd,
            };
            return Ok((event, span));
        }
    }

    fn span(&self, start: Mark, end: Mark) -> Span {
        Span {
            start: self.byte(start),
            end: self.byte(end),
            line: u32::try_from(start.line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(start.column + 1).unwrap_or(u32::MAX),
        }
    }

    /// A mark's byte, kept inside the text and on the border of a character.
    fn byte(&self, mark: Mark) -> usize {
        let index = usize::try_from(mark.index).unwrap_or(usize::MAX);
        self.text
            .floor_char_boundary(index.saturating_add(self.skipped))
    }

    fn problem(&self, error: &libyaml_safer::Error) -> Box<Finding> {
        let mark = error.problem_mark().map(|mark| self.span(mark, mark));
        let context = error
            .context_mark()
            .filter(|mark| Some(*mark) != error.problem_mark())
            .map(|mark| {
                let context = error.context().unwrap_or("this");
                (self.span(mark, mark), context.to_owned())
            });
        problem::syntax(self.text, error.problem(), mark, context)
    }
}

fn props(anchor: Option<String>, tag: Option<String>) -> Props {
    (anchor.is_some() || tag.is_some()).then(|| Box::new(Properties { anchor, tag }))
}

/// Where the text of a block scalar ends: after its last line that is not blank.
pub(super) fn text_end(text: &str, start: usize, end: usize) -> usize {
    let last = start + text[start..end].trim_end().len();
    let line = text[last..end].find(BREAKS);
    line.map_or(end, |length| last + length)
}
