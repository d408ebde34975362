//! The parser's events with places. The only file that names the parser: another one can take its place here.
//!
//! In: text. Out: one [`Event`] after the other. Wrong: a [`Finding`] `J001` when the text is not YAML.

use std::io::{Chain, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use libyaml_safer::{Encoding, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle};

use crate::finding::{Finding, Severity, Span};

/// What the parser saw.
#[derive(Debug)]
pub(super) enum Event {
    DocumentStart,
    Alias(String),
    Scalar {
        anchor: Option<String>,
        tag: Option<String>,
        text: String,
        /// Not quoted, no block scalar: the text decides on the type.
        plain: bool,
    },
    SequenceStart {
        anchor: Option<String>,
        tag: Option<String>,
        flow: bool,
    },
    SequenceEnd,
    MappingStart {
        anchor: Option<String>,
        tag: Option<String>,
        flow: bool,
    },
    MappingEnd,
    StreamEnd,
}

/// The line breaks of YAML 1.1.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

pub(super) struct Events<'a> {
    parser: Parser<Chain<&'a [u8], &'static [u8]>>,
    text: &'a str,
    /// Bytes of a byte order mark, which the parser does not count.
    skipped: usize,
    /// A line break was added after the text.
    completed: bool,
    /// The event before.
    last: Span,
}

impl<'a> Events<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let skipped = text.len() - body.len();
        // The parser panics when a block scalar ends with the text instead of a line break: add one, and
        // take it out of the scalar again. A last line of spaces says nothing.
        let body = body.trim_end_matches(' ');
        let completed = !body.is_empty() && !body.ends_with(BREAKS);
        let rest: &[u8] = if completed { b"\n" } else { b"" };
        let body = if completed { &text[skipped..] } else { body };
        let mut parser = Parser::new();
        parser.set_encoding(Encoding::Utf8);
        parser.set_input(body.as_bytes().chain(rest));
        Self {
            parser,
            text,
            skipped,
            completed,
            last: Span::default(),
        }
    }

    /// The next event that says something about the document.
    pub(super) fn next(&mut self) -> Result<(Event, Span), Box<Finding>> {
        loop {
            // The parser panics on some rare forms, for example `[!tag, x]`. It is not used again after that.
            let parsed = catch_unwind(AssertUnwindSafe(|| self.parser.parse()));
            let parsed = parsed.map_err(|_| self.gave_up())?;
            let event = parsed.map_err(|e| self.syntax(&e))?;
            let span = self.span(event.start_mark, event.end_mark);
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
                    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    if block && self.completed && span.end == self.text.len() {
                        value.truncate(value.strip_suffix('\n').unwrap_or(&value).len());
                    }
                    Event::Scalar {
                        anchor,
                        tag,
                        text: value,
                        plain: plain_implicit,
                    }
                }
                EventData::SequenceStart {
                    anchor, tag, style, ..
                } => Event::SequenceStart {
                    anchor,
                    tag,
                    flow: style == SequenceStyle::Flow,
                },
                EventData::MappingStart {
                    anchor, tag, style, ..
                } => Event::MappingStart {
                    anchor,
                    tag,
                    flow: style == MappingStyle::Flow,
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

    fn syntax(&self, error: &libyaml_safer::Error) -> Box<Finding> {
        let span = match error.problem_mark() {
            Some(mark) => {
                let at = self.span(mark, mark);
                Span {
                    end: self
                        .text
                        .ceil_char_boundary((at.start + 1).min(self.text.len())),
                    ..at
                }
            }
            None => self.refused_character(),
        };
        let found = self.text[span.start..].chars().next();
        let related = error
            .context_mark()
            .filter(|mark| Some(*mark) != error.problem_mark())
            .map(|mark| {
                let context = error.context().unwrap_or("this");
                (self.span(mark, mark), context.to_owned())
            });
        let message = format!("this is not YAML: {}", error.problem());
        let mut finding = Finding::new("J001", Severity::Error, "", span, message);
        finding.related.extend(related);
        finding.help(help(error.problem(), found));
        Box::new(finding)
    }

    fn gave_up(&self) -> Box<Finding> {
        let message = "the YAML after this could not be understood";
        let mut finding = Finding::new("J001", Severity::Error, "", self.last, message);
        finding.help("look for a tag: put a text that begins with `!` in quotes");
        Box::new(finding)
    }

    /// The reader names no mark for a character that YAML refuses: find the first one.
    fn refused_character(&self) -> Span {
        let refused = |c: char| {
            !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
                | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        };
        let start = self.text.find(refused).unwrap_or(self.text.len());
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Span {
            start,
            end: self
                .text
                .ceil_char_boundary((start + 1).min(self.text.len())),
            line: count(before.matches('\n').count()),
            column: count(before[line_start..].chars().count()),
        }
    }
}

/// A sentence on what usually causes the parser's complaint.
fn help(problem: &str, found: Option<char>) -> String {
    match found {
        Some('\t') => "indent with spaces: YAML takes no tabs there".to_owned(),
        Some(c @ ('@' | '`' | '%')) => {
            format!("a text that begins with `{c}` must stand in quotes")
        }
        _ if problem.contains("mapping values are not allowed") => {
            "put a text that contains `: ` in quotes; if this is a key, align it with its neighbours"
                .to_owned()
        }
        _ if problem.contains("expected ':'") => {
            "a key needs `:` and a space after it; a text over several lines must be indented deeper than its key"
                .to_owned()
        }
        _ if problem.contains("expected key") || problem.contains("expected '-'") => {
            "keys of one mapping begin in one column, and so do the `-` of one list".to_owned()
        }
        _ if problem.contains("end of stream") => "a quote is not closed".to_owned(),
        _ if problem.contains("expected ',' or") => {
            "a list in `[ ]` or a mapping in `{ }` is not closed, or a comma is missing".to_owned()
        }
        _ if problem.contains("control characters") => {
            "remove the character; in double quotes it can be written as `\\x..`".to_owned()
        }
        _ => "compare the indentation and the quotes with the lines before".to_owned(),
    }
}
