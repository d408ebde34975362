//! The text of a selection, read by recursive descent.

use super::{About, Filter, SelectError, Selection, Term, Word};
use crate::text::name;

/// A longer expression was not written by a person.
const LONGEST: usize = 16 << 10;

/// Parentheses and `!` within each other.
const DEEPEST: usize = 64;

/// As many devices as a device file can have.
const MOST: usize = 10_000;

const A_WORD: &str = "a name, a tag, `all`, `!` or `(`";

impl Selection {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`SelectError::Syntax`], with the column and what could stand there.
    pub fn parse(text: &str) -> Result<Self, SelectError> {
        if text.len() > LONGEST {
            return Err(SelectError::Syntax {
                column: LONGEST,
                expected: "the end",
                found: format!("{} more bytes", text.len() - LONGEST),
            });
        }
        let mut parser = Parser {
            text: text.chars().collect(),
            at: 0,
            depth: 0,
        };
        let mut terms = vec![parser.term()?];
        while parser.take(',') {
            terms.push(parser.term()?);
        }
        match parser.peek() {
            None => Ok(Self { terms }),
            Some(_) => Err(parser.expected("`,`, `&`, `|` or the end")),
        }
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += usize::from(there);
        there
    }

    fn expected(&mut self, expected: &'static str) -> SelectError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(c) => {
                let word = self.text[self.at..].iter().take_while(|c| is_of_word(**c));
                let word: String = word.collect();
                let said = if word.is_empty() { c.to_string() } else { word };
                format!("`{}`", name(&said))
            }
        };
        SelectError::Syntax {
            column: self.at + 1,
            expected,
            found,
        }
    }

    fn term(&mut self) -> Result<Term, SelectError> {
        self.peek();
        let begin = self.at;
        let count = self.count()?;
        let of = match count {
            Some(Count::Alone(_)) => Filter::All,
            _ => self.any()?,
        };
        let text: String = self.text[begin..self.at].iter().collect();
        Ok(Term {
            count: count.map(|(Count::Alone(n) | Count::Of(n))| n),
            of,
            text: text.trim().to_owned(),
        })
    }

    /// `3*` or a lone `3` at the beginning of a term; a name that begins with digits is neither.
    fn count(&mut self) -> Result<Option<Count>, SelectError> {
        let begin = self.at;
        let digits = self.text[begin..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let mut end = begin + digits;
        while self.text.get(end).is_some_and(|c| c.is_whitespace()) {
            end += 1;
        }
        let next = self.text.get(end).copied();
        if digits == 0 || !matches!(next, None | Some(',' | '*')) {
            return Ok(None);
        }
        let number: String = self.text[begin..begin + digits].iter().collect();
        let number = number.parse().ok().filter(|n| (1..=MOST).contains(n));
        let Some(number) = number else {
            return Err(self.expected("a count from 1 to 10000"));
        };
        self.at = end;
        Ok(Some(if self.take('*') {
            Count::Of(number)
        } else {
            Count::Alone(number)
        }))
    }

    fn any(&mut self) -> Result<Filter, SelectError> {
        let mut parts = vec![self.each()?];
        while self.take('|') {
            parts.push(self.each()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn each(&mut self) -> Result<Filter, SelectError> {
        let mut parts = vec![self.one()?];
        while self.take('&') {
            parts.push(self.one()?);
        }
        Ok(one_or(parts, Filter::Each))
    }

    fn one(&mut self) -> Result<Filter, SelectError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.expected("less than 64 `!` and `(` within each other"));
        }
        let filter = if self.take('!') {
            Filter::Not(Box::new(self.one()?))
        } else if self.take('(') {
            let inner = self.any()?;
            if !self.take(')') {
                return Err(self.expected("`&`, `|` or `)`"));
            }
            inner
        } else {
            self.word()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn word(&mut self) -> Result<Filter, SelectError> {
        self.peek();
        let begin = self.at;
        while self.text.get(self.at).is_some_and(|c| is_of_word(*c)) {
            self.at += 1;
        }
        let text: String = self.text[begin..self.at].iter().collect();
        if text.is_empty() {
            return Err(self.expected(A_WORD));
        }
        if text == "all" {
            return Ok(Filter::All);
        }
        let about = match text.split_once('=') {
            Some(("name", name)) => Some((About::Name, name)),
            Some(("tag", tag)) => Some((About::Tag, tag)),
            Some(("type", of)) => Some((About::Type, of)),
            Some(("state", "idle")) => Some((About::Busy(false), "idle")),
            Some(("state", "busy")) => Some((About::Busy(true), "busy")),
            Some(("state", _)) => {
                self.at = begin;
                return Err(self.expected("`state=idle` or `state=busy`"));
            }
            _ => None,
        };
        let (about, asked) = about.unwrap_or((About::NameOrTag, &text));
        Ok(Filter::Is(Word {
            about,
            text: asked.to_owned(),
            column: begin + 1,
        }))
    }
}

enum Count {
    Alone(usize),
    Of(usize),
}

fn one_or(mut parts: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        several(parts)
    }
}

/// Everything but spaces and the signs of the language may be in a name or a tag.
fn is_of_word(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !",&|!()".contains(c)
}
