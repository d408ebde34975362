//! Words: quotes, variables and substitutions.

use super::Unreadable;
use super::parse::Parser;
use super::tree::{Part, Word};

type Result<T> = std::result::Result<T, Unreadable>;

impl Parser<'_> {
    /// The word at this place, if one begins here.
    pub(super) fn word(&mut self) -> Result<Option<Word>> {
        let start = self.pos;
        let mut parts = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'<' | b'>' if self.peek(1) == Some(b'(') => {
                    self.pos += 1;
                    let list = self.parenthesis()?;
                    parts.push(Part::Command { list, quoted: true });
                }
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => {
                    break;
                }
                b'\'' => self.single(&mut parts)?,
                b'"' => {
                    self.pos += 1;
                    self.double(&mut parts)?;
                }
                b'\\' => self.escape(&mut parts),
                b'$' | b'`' => self.expansion(false, &mut parts)?,
                _ => self.plain(&mut parts),
            }
        }
        let word = Word {
            span: start..self.pos,
            parts,
        };
        Ok((self.pos > start).then_some(word))
    }

    fn plain(&mut self, parts: &mut Vec<Part>) {
        let rest = self.rest();
        let length = rest
            .find(|c: char| " \t\r\n;&|<>()'\"\\$`".contains(c))
            .unwrap_or(rest.len());
        parts.push(Part::Text {
            text: rest[..length].to_owned(),
            quoted: false,
            at: Some(self.pos),
        });
        self.pos += length;
    }

    fn single(&mut self, parts: &mut Vec<Part>) -> Result<()> {
        let inner = &self.rest()[1..];
        let length = inner.find('\'').ok_or(Unreadable)?;
        parts.push(Part::Text {
            text: inner[..length].to_owned(),
            quoted: true,
            at: Some(self.pos + 1),
        });
        self.pos += length + 2;
        Ok(())
    }

    fn escape(&mut self, parts: &mut Vec<Part>) {
        self.pos += 1;
        let Some(char) = self.rest().chars().next() else {
            return parts.push(Part::Opaque);
        };
        self.pos += char.len_utf8();
        if char != '\n' {
            parts.push(Part::Text {
                text: char.to_string(),
                quoted: true,
                at: None,
            });
        }
    }

    /// What is between double quotes; the first one has been read.
    fn double(&mut self, parts: &mut Vec<Part>) -> Result<()> {
        let mut text = String::new();
        let mut at = Some(self.pos);
        let flush = |text: &mut String, at: Option<usize>, parts: &mut Vec<Part>| {
            parts.push(Part::Text {
                text: std::mem::take(text),
                quoted: true,
                at,
            });
        };
        loop {
            let char = self.rest().chars().next().ok_or(Unreadable)?;
            match char {
                '"' => {
                    self.pos += 1;
                    flush(&mut text, at, parts);
                    return Ok(());
                }
                '\\' => {
                    self.pos += 1;
                    let next = self.rest().chars().next().ok_or(Unreadable)?;
                    self.pos += next.len_utf8();
                    at = None;
                    match next {
                        '$' | '`' | '"' | '\\' => text.push(next),
                        '\n' => {}
                        _ => text.extend(['\\', next]),
                    }
                }
                '$' | '`' => {
                    flush(&mut text, at, parts);
                    self.expansion(true, parts)?;
                    at = Some(self.pos);
                }
                _ => {
                    text.push(char);
                    self.pos += char.len_utf8();
                }
            }
        }
    }

    pub(super) fn on_a_character(&self) -> Result<()> {
        if self.pos <= self.end && self.text.is_char_boundary(self.pos) {
            Ok(())
        } else {
            Err(Unreadable)
        }
    }
}
