//! Bytes to positions of the protocol and back, in the encoding that the editor chose.

use std::ops::Range;

use job_schema::Span;
use job_schema::lines::Lines;
use lsp_types::{Position, PositionEncodingKind};

const BOM: &str = "\u{feff}";

/// How columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// In bytes.
    Utf8,
    /// In UTF-16 units, which every editor can.
    #[default]
    Utf16,
}

impl Encoding {
    /// Bytes if the editor offers them, since nothing needs to be counted then.
    pub(super) fn choose(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) {
            Self::Utf8
        } else {
            Self::Utf16
        }
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// The places of a text.
#[derive(Debug)]
pub(super) struct Places<'t> {
    lines: Lines<'t>,
    encoding: Encoding,
}

impl<'t> Places<'t> {
    /// Looks through a text once.
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        Self {
            lines: Lines::new(text),
            encoding,
        }
    }

    /// Where a byte is.
    pub(super) fn position(&self, byte: usize) -> Position {
        let place = self.lines.utf16_position(byte);
        let line = place.line - 1;
        let character = match self.encoding {
            Encoding::Utf16 => place.column - 1 + self.mark(line, 1),
            Encoding::Utf8 => {
                let byte = self.lines.text().floor_char_boundary(byte);
                let column = byte.saturating_sub(self.lines.start_of(place.line));
                u32::try_from(column).unwrap_or(u32::MAX) + self.mark(line, 3)
            }
        };
        Position { line, character }
    }

    /// Where a range of bytes is.
    pub(super) fn range(&self, range: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(range.start),
            end: self.position(range.end.max(range.start)),
        }
    }

    /// Where a span is.
    pub(super) fn span(&self, span: Span) -> lsp_types::Range {
        self.range(&(span.start..span.end))
    }

    /// The byte at a position; beyond the end of a line its end, beyond the last line the end of the text.
    pub(super) fn byte(&self, position: Position) -> usize {
        let line = position.line.saturating_add(1);
        let mark = match self.encoding {
            Encoding::Utf16 => self.mark(position.line, 1),
            Encoding::Utf8 => self.mark(position.line, 3),
        };
        let Some(column) = position.character.checked_sub(mark) else {
            return 0;
        };
        match self.encoding {
            Encoding::Utf16 => self.lines.byte_at_utf16(job_schema::lines::Position {
                line,
                column: column.saturating_add(1),
            }),
            Encoding::Utf8 => {
                let text = self.lines.text();
                let start = self.lines.start_of(line);
                let end = text[start..].find(['\r', '\n']);
                let end = end.map_or(text.len(), |length| start + length);
                text.floor_char_boundary(end.min(start.saturating_add(column as usize)))
            }
        }
    }

    /// A byte order mark, which the editor did not take away, counts in the first line.
    fn mark(&self, line: u32, units: u32) -> u32 {
        if line == 0 && self.lines.text().starts_with(BOM) {
            units
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_positions_agree_both_ways() {
        for text in ["", "a: ü\r\nb🚀c\nd", "\u{feff}a\nb", "x\ry"] {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                let places = Places::new(text, encoding);
                for (byte, c) in text.char_indices().filter(|(_, c)| *c != '\n') {
                    if c == '\u{feff}' {
                        continue;
                    }
                    let there = places.position(byte);
                    assert_eq!(places.byte(there), byte, "{text:?} {byte} {encoding:?}");
                }
            }
        }
    }

    #[test]
    fn columns_are_counted_as_the_editor_does() {
        let text = "🚀x\nü";
        let at = |encoding, byte| Places::new(text, encoding).position(byte);
        assert_eq!(at(Encoding::Utf16, 4), Position::new(0, 2));
        assert_eq!(at(Encoding::Utf8, 4), Position::new(0, 4));
        assert_eq!(at(Encoding::Utf16, 8), Position::new(1, 1));
        let beyond = Position::new(u32::MAX, u32::MAX);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let places = Places::new(text, encoding);
            assert_eq!(places.byte(beyond), text.len());
            assert_eq!(places.byte(Position::new(0, u32::MAX)), 5);
            assert_eq!(
                Places::new("\u{feff}", encoding).byte(Position::new(0, 0)),
                0
            );
        }
    }
}
