//! Simple commands: assignments, words and redirections.

use super::Unreadable;
use super::parse::{Document, Parser};
use super::tree::{Kind, Word};

type Result<T> = std::result::Result<T, Unreadable>;

impl Parser<'_> {
    pub(super) fn simple(&mut self, redirects: &mut Vec<Word>, fed: &mut bool) -> Result<Kind> {
        let mut assigns = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.blanks();
            if self.redirect(redirects, fed)? {
                continue;
            }
            if words.is_empty()
                && let Some(assign) = self.assignment()?
            {
                assigns.push(assign);
                continue;
            }
            let Some(word) = self.word()? else {
                break;
            };
            words.push(word);
            if words.len() == 1 && assigns.is_empty() {
                self.blanks();
                if self.peek(0) == Some(b'(') {
                    self.pos += 1;
                    self.blanks();
                    self.need(")")?;
                    let name = self.text[words[0].span.clone()].to_owned();
                    return self.function(name);
                }
            }
        }
        if words.is_empty() && assigns.is_empty() && redirects.is_empty() {
            return Err(Unreadable);
        }
        Ok(Kind::Simple { assigns, words })
    }

    /// `NAME=word`, `NAME+=word`, `NAME=(words)`.
    fn assignment(&mut self) -> Result<Option<(String, Option<Word>)>> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let name = &rest[..length];
        let adds = rest[length..].starts_with("+=");
        if !is_name(name) || !(adds || rest[length..].starts_with('=')) {
            return Ok(None);
        }
        self.pos += length + if adds { 2 } else { 1 };
        if self.take("(") {
            loop {
                self.lines()?;
                if self.take(")") {
                    break;
                }
                self.word()?.ok_or(Unreadable)?;
            }
            return Ok(Some((name.to_owned(), None)));
        }
        let at = self.pos;
        let value = self.word()?.unwrap_or(Word {
            span: at..at,
            parts: Vec::new(),
        });
        Ok(Some((name.to_owned(), (!adds).then_some(value))))
    }

    /// A redirection, if one is here.
    pub(super) fn redirect(&mut self, redirects: &mut Vec<Word>, fed: &mut bool) -> Result<bool> {
        const OPERATORS: [&str; 12] = [
            "<<<", "<<-", "<<", "<>", "<&", "<", ">>", ">&", ">|", "&>>", "&>", ">",
        ];
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let after = &self.rest()[digits..];
        if after.starts_with("<(") || after.starts_with(">(") {
            return Ok(false);
        }
        let Some(operator) = OPERATORS.iter().find(|o| after.starts_with(**o)) else {
            return Ok(false);
        };
        if digits > 0 && operator.starts_with('&') {
            return Ok(false);
        }
        self.pos += digits + operator.len();
        self.blanks();
        let word = self.word()?.ok_or(Unreadable)?;
        match *operator {
            "<<" | "<<-" => {
                *fed = true;
                let raw = &self.text[word.span];
                self.documents.push(Document {
                    delimiter: raw.replace(['\'', '"', '\\'], ""),
                    tabs: *operator == "<<-",
                    quoted: raw.contains(['\'', '"', '\\']),
                });
            }
            "<<<" => {
                *fed = true;
                redirects.push(word);
            }
            _ => redirects.push(word),
        }
        Ok(true)
    }
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
