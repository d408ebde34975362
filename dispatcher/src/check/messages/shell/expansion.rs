//! What a shell replaces in words: `$name`, `${…}`, `$(…)`, `$((…))` and backquotes.

use super::Unreadable;
use super::parse::Parser;
use super::tree::{List, Part, Word};

type Result<T> = std::result::Result<T, Unreadable>;

impl Parser<'_> {
    /// At `$` or a backquote.
    pub(super) fn expansion(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Result<()> {
        if self.peek(0) == Some(b'`') {
            return self.backquotes(quoted, parts);
        }
        self.pos += 1;
        match self.peek(0) {
            Some(b'(') if self.peek(1) == Some(b'(') => {
                self.pos += 2;
                parts.push(Part::Assigns(self.arithmetic()?));
            }
            Some(b'(') => {
                let list = self.parenthesis()?;
                parts.push(Part::Command { list, quoted });
            }
            Some(b'{') => self.braces(quoted, parts)?,
            Some(b'\'') if !quoted => {
                self.pos += 1;
                loop {
                    match self.peek(0).ok_or(Unreadable)? {
                        b'\'' => break,
                        b'\\' => self.pos += 2,
                        _ => self.pos += 1,
                    }
                }
                self.pos += 1;
                parts.push(Part::Opaque);
            }
            // A translated text is the text.
            Some(b'"') if !quoted => {}
            Some(c) if c.is_ascii_alphabetic() || c == b'_' => {
                let name = self.name();
                parts.push(variable(name, quoted));
            }
            Some(c) if c.is_ascii_digit() || b"@*#?-$!".contains(&c) => {
                self.pos += 1;
                parts.push(variable(char::from(c).to_string(), quoted));
            }
            _ => parts.push(Part::Text {
                text: "$".to_owned(),
                quoted: true,
                at: None,
            }),
        }
        Ok(())
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        self.pos += length;
        rest[..length].to_owned()
    }

    /// `(…)` with commands in it.
    pub(super) fn parenthesis(&mut self) -> Result<List> {
        self.need("(")?;
        let list = self.deeper(Self::list)?;
        self.need(")")?;
        Ok(list)
    }

    fn backquotes(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Result<()> {
        let start = self.pos + 1;
        let inner = &self.rest()[1..];
        let length = inner.find('`').ok_or(Unreadable)?;
        // With backslashes, what is inside is another text than what is written.
        if inner[..length].contains('\\') {
            return Err(Unreadable);
        }
        let list = self.within(start..start + length, Self::list)?;
        self.pos = start + length + 1;
        parts.push(Part::Command { list, quoted });
        Ok(())
    }

    /// `${…}`: a variable, perhaps with a default; everything else becomes nobody knows what.
    fn braces(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Result<()> {
        self.pos += 1;
        let name = match self.peek(0) {
            Some(c) if c.is_ascii_digit() || b"@*?-$!".contains(&c) => {
                self.pos += 1;
                char::from(c).to_string()
            }
            _ => self.name(),
        };
        if !name.is_empty() && self.take("}") {
            parts.push(variable(name, quoted));
            return Ok(());
        }
        let defaults = !name.is_empty() && self.take(":-");
        let assigns = self.rest().starts_with([':', '=']);
        let start = self.pos;
        self.skip_braces()?;
        let inner = start..self.pos - 1;
        let raw = &self.text[inner.clone()];
        if defaults && !raw.contains(['\'', '"', ' ', '\n', '}', '(', ')', ';', '&', '|', '<', '>'])
        {
            let default = self.within(inner.clone(), Self::word)?;
            let default = default.unwrap_or(Word {
                span: inner,
                parts: Vec::new(),
            });
            parts.push(Part::Variable {
                name,
                default: Some(default),
                quoted,
            });
            return Ok(());
        }
        if raw.contains("lava-") {
            return Err(Unreadable);
        }
        parts.push(if assigns {
            Part::Assigns(vec![name])
        } else {
            Part::Opaque
        });
        Ok(())
    }

    /// Past the `}` that belongs to a `${` already read.
    fn skip_braces(&mut self) -> Result<()> {
        let mut open = 1;
        while open > 0 {
            match self.peek(0).ok_or(Unreadable)? {
                b'\\' => self.pos += 1,
                b'{' => open += 1,
                b'}' => open -= 1,
                _ => {}
            }
            self.pos += 1;
        }
        self.on_a_character()
    }

    /// Past the `))` that belongs to a `((` already read. Says which variables it may set.
    pub(super) fn arithmetic(&mut self) -> Result<Vec<String>> {
        let start = self.pos;
        let mut open = 2;
        while open > 0 {
            match self.peek(0).ok_or(Unreadable)? {
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.pos += 1;
        }
        self.on_a_character()?;
        let inner = &self.text[start..self.pos];
        if inner.contains("lava-") {
            return Err(Unreadable);
        }
        let sets = ["=", "++", "--"].iter().any(|sign| inner.contains(sign));
        let names = inner.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let names = names.filter(|name| sets && super::simple::is_name(name));
        Ok(names.map(str::to_owned).collect())
    }
}

fn variable(name: String, quoted: bool) -> Part {
    Part::Variable {
        name,
        default: None,
        quoted,
    }
}
