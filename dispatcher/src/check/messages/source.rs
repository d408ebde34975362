//! From a place in a script to a place in the job file.
//!
//! A script is put together from the steps of a definition. Each step is a YAML scalar: plain, quoted or a block, so its
//! text is aligned with what is written, and a word is located when it stands there letter by letter.

use std::ops::Range;
use std::rc::Rc;

use job_schema::Span;
use job_schema::yaml::Spanned;

use super::align::align;
use super::call::Place;

/// A script and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) text: Rc<str>,
    from: Rc<Origin>,
}

#[derive(Debug)]
struct Origin {
    path: String,
    /// In the job, for what stands in another file or nowhere.
    span: Span,
    /// The file that the pieces stand in, if it isn't the job.
    file: Option<String>,
    /// By their start.
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    start: usize,
    path: String,
    span: Span,
    /// Per byte of the step, its place in the file; `None` when the two texts differ.
    map: Option<Vec<usize>>,
}

impl Script {
    /// The steps of a definition, each in a line of its own. `source` is the text of the file that they stand in.
    pub(super) fn of_steps(
        steps: &[Spanned<String>],
        source: &str,
        path: &str,
        file: Option<&str>,
        span: Span,
    ) -> Self {
        let mut text = String::new();
        let mut pieces = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            pieces.push(Piece {
                start: text.len(),
                path: format!("{path}[{index}]"),
                span: step.span,
                map: align(
                    step,
                    source.get(step.span.start..step.span.end),
                    step.span.start,
                ),
            });
            text.push_str(step);
            text.push('\n');
        }
        Self::new(text, path, span, file, pieces)
    }

    /// A script in a file of its own.
    pub(super) fn of_file(text: &str, path: &str, file: &str, span: Span) -> Self {
        let piece = Piece {
            start: 0,
            path: path.to_owned(),
            span: Span {
                start: 0,
                end: text.len(),
                line: 1,
                column: 1,
            },
            map: Some((0..text.len()).collect()),
        };
        Self::new(text.to_owned(), path, span, Some(file), vec![piece])
    }

    /// A text that a command is given: all of it stands where the command stands.
    pub(super) fn of_command(text: &str, place: &Place) -> Self {
        let file = place.file.as_ref().map(|(file, _)| file.as_str());
        let piece = Piece {
            start: 0,
            path: place.path.clone(),
            span: Span {
                line: place
                    .file
                    .as_ref()
                    .map_or(place.span.line, |(_, line)| *line),
                ..place.span
            },
            map: None,
        };
        Self::new(text.to_owned(), &place.path, place.span, file, vec![piece])
    }

    fn new(text: String, path: &str, span: Span, file: Option<&str>, pieces: Vec<Piece>) -> Self {
        Self {
            text: text.into(),
            from: Rc::new(Origin {
                path: path.to_owned(),
                span,
                file: file.map(str::to_owned),
                pieces,
            }),
        }
    }

    /// Where a part of the script stands. `source` is the job's text.
    pub(super) fn place(&self, range: &Range<usize>, source: &str) -> Place {
        let from = &self.from;
        let Some(piece) = self.piece(range.start) else {
            return Place {
                path: from.path.clone(),
                span: from.span,
                file: from.file.clone().map(|file| (file, 1)),
            };
        };
        let path = piece.path.clone();
        match &from.file {
            Some(file) => {
                let before = &self.text[piece.start..range.start];
                let lines = before.bytes().filter(|b| *b == b'\n').count();
                let block = usize::from(piece.map.as_ref().is_some_and(|map| {
                    // The text of a block begins in the line after its mark.
                    from.pieces.len() > 1
                        && map.first().is_some_and(|at| *at > piece.span.start + 1)
                }));
                let line = piece.span.line + u32::try_from(lines + block).unwrap_or(0);
                Place {
                    path,
                    span: from.span,
                    file: Some((file.clone(), line)),
                }
            }
            None => Place {
                path,
                span: exact(piece, range, source).unwrap_or(piece.span),
                file: None,
            },
        }
    }

    /// Where a word stands in the job's text, if it stands there letter by letter.
    pub(super) fn word(&self, range: &Range<usize>, source: &str) -> Option<Span> {
        if self.from.file.is_some() {
            return None;
        }
        let piece = self.piece(range.start)?;
        let span = exact(piece, range, source)?;
        (source.get(span.start..span.end) == self.text.get(range.clone())).then_some(span)
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let next = self.from.pieces.partition_point(|piece| piece.start <= at);
        self.from.pieces.get(next.checked_sub(1)?)
    }
}

fn exact(piece: &Piece, range: &Range<usize>, source: &str) -> Option<Span> {
    let map = piece.map.as_ref()?;
    let first = *map.get(range.start - piece.start)?;
    let last = *map.get(range.end.checked_sub(piece.start + 1)?)?;
    let before = source.get(piece.span.start..first)?;
    let (line, column) = match before.rfind('\n') {
        Some(at) => (
            piece.span.line + count(before.matches('\n').count()),
            1 + count(before[at + 1..].chars().count()),
        ),
        None => (
            piece.span.line,
            piece.span.column + count(before.chars().count()),
        ),
    };
    Some(Span {
        start: first,
        end: last + 1,
        line,
        column,
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
