//! Bytes of a text to lines and columns, and back, as editors count them.
//!
//! In: a text, once. Out: positions, each in constant time however long a line is. A line ends with `\n`, `\r\n` or a
//! lone `\r`; a byte order mark is no column. Places outside the text are moved to its end.

use crate::finding::Span;

/// A place in a text, line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in characters or in UTF-16 units as asked for.
    pub column: u32,
}

/// Characters and UTF-16 units before a byte.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    characters: usize,
    utf16: usize,
}

/// Bytes between two counts that are kept.
const STRIDE: usize = 256;

const BOM: &str = "\u{feff}";

/// The lines of a text.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    /// Byte at which each line begins.
    starts: Vec<usize>,
    /// Counts at every [`STRIDE`] bytes (at the character that holds that byte); none for ASCII, where all are equal.
    counts: Vec<Count>,
}

impl<'a> Lines<'a> {
    /// Looks through a text once.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![if text.starts_with(BOM) { BOM.len() } else { 0 }];
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' => starts.push(at + 1),
                b'\r' if bytes.get(at + 1) != Some(&b'\n') => starts.push(at + 1),
                _ => {}
            }
        }
        let mut counts = Vec::new();
        if !text.is_ascii() {
            let mut count = Count::default();
            for (at, character) in text.char_indices() {
                while counts.len() * STRIDE < at + character.len_utf8() {
                    counts.push(count);
                }
                count = count.and(character);
            }
        }
        Self {
            text,
            starts,
            counts,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Line and column of a byte, in characters.
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        self.place(byte, |count| count.characters)
    }

    /// Line and column of a byte, in UTF-16 units as the language server protocol counts (there from 0).
    #[must_use]
    pub fn utf16_position(&self, byte: usize) -> Position {
        self.place(byte, |count| count.utf16)
    }

    /// Where a span begins, and where the first character after it stands; in characters.
    #[must_use]
    pub fn range(&self, span: Span) -> (Position, Position) {
        let end = span.end.max(span.start);
        (self.position(span.start), self.position(end))
    }

    /// The byte at a line and a column in UTF-16 units, both from 1; beyond the end of a line: its end.
    #[must_use]
    pub fn byte_at_utf16(&self, position: Position) -> usize {
        let line = (position.line.max(1) - 1) as usize;
        let Some(&start) = self.starts.get(line) else {
            return self.text.len();
        };
        let mut units = 0;
        for (at, character) in self.text[start..].char_indices() {
            units += character.len_utf16();
            if units >= position.column.max(1) as usize || matches!(character, '\n' | '\r') {
                return start + at;
            }
        }
        self.text.len()
    }

    /// The byte at which a line begins, counted from 1; beyond the last line: the end of the text.
    #[must_use]
    pub fn start_of(&self, line: u32) -> usize {
        let index = (line.max(1) - 1) as usize;
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    fn place(&self, byte: usize, unit: impl Fn(Count) -> usize) -> Position {
        let byte = self.text.floor_char_boundary(byte).max(self.starts[0]);
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let before = unit(self.count(byte)) - unit(self.count(self.starts[line]));
        Position {
            line: number(line + 1),
            column: number(before + 1),
        }
    }

    /// Characters and units before a byte that begins a character.
    fn count(&self, byte: usize) -> Count {
        if self.counts.is_empty() {
            return Count {
                characters: byte,
                utf16: byte,
            };
        }
        let kept = (byte / STRIDE).min(self.counts.len() - 1);
        let from = self.text.floor_char_boundary(kept * STRIDE);
        self.text[from..byte]
            .chars()
            .fold(self.counts[kept], Count::and)
    }
}

impl Count {
    fn and(self, character: char) -> Self {
        Self {
            characters: self.characters + 1,
            utf16: self.utf16 + character.len_utf16(),
        }
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted the slow way: in characters, in UTF-16 units.
    fn slow(text: &str, byte: usize) -> (Position, Position) {
        let before = text[..byte].trim_start_matches(BOM);
        let before = before.replace("\r\n", "\n").replace('\r', "\n");
        let line = number(before.matches('\n').count() + 1);
        let last = before.rsplit('\n').next().unwrap();
        let at = |before: usize| Position {
            line,
            column: number(before + 1),
        };
        (at(last.chars().count()), at(last.encode_utf16().count()))
    }

    #[test]
    fn every_character_has_its_place() {
        let long = format!("a: {}\nb: {}", "ü🚀x".repeat(700), "é".repeat(900));
        for text in [
            "",
            "a",
            "a\nbc\n",
            "a\r\nb\rc\r\n",
            "\u{feff}k: ü\n🚀: x\n",
            &long,
        ] {
            let lines = Lines::new(text);
            for (byte, c) in text
                .char_indices()
                .filter(|(_, c)| !matches!(c, '\r' | '\n' | '\u{feff}'))
            {
                let (characters, utf16) = slow(text, byte);
                assert_eq!(lines.position(byte), characters, "{c:?} at {byte}");
                assert_eq!(lines.utf16_position(byte), utf16, "{c:?} at {byte}");
                assert_eq!(lines.byte_at_utf16(utf16), byte, "{c:?} at {byte}");
                assert!(lines.start_of(characters.line) <= byte);
            }
        }
    }

    #[test]
    fn places_outside_the_text_are_its_end() {
        let lines = Lines::new("\u{feff}ab\rc");
        let at = |line, column| Position { line, column };
        assert_eq!(lines.position(0), at(1, 1));
        assert_eq!(lines.position(usize::MAX), at(2, 2));
        assert_eq!(lines.start_of(9), 7);
        assert_eq!(lines.byte_at_utf16(at(1, 99)), 5);
        assert_eq!(lines.byte_at_utf16(at(9, 1)), 7);
        assert_eq!(lines.byte_at_utf16(at(0, 0)), 3);
    }
}
