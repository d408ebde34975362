//! Commands: simple ones and compound ones.

use std::rc::Rc;

use super::Unreadable;
use super::parse::Parser;
use super::simple::is_name;
use super::tree::{Command, Kind, List, Part, Word};

/// Arms of a condition.
const ARMS: usize = 64;

type Result<T> = std::result::Result<T, Unreadable>;

impl Parser<'_> {
    pub(super) fn command(&mut self) -> Result<Command> {
        self.blanks();
        let start = self.pos;
        let mut redirects = Vec::new();
        let mut fed = false;
        let kind = match self.reserved() {
            "" if self.rest().starts_with("((") => {
                self.pos += 2;
                Kind::Arithmetic(self.arithmetic()?)
            }
            "" if self.take("(") => {
                let list = self.list()?;
                self.need(")")?;
                Kind::Subshell(list)
            }
            "{" => {
                self.pos += 1;
                let list = self.list()?;
                self.need("}")?;
                Kind::Group(list)
            }
            "if" => self.conditional()?,
            "while" | "until" => {
                self.pos += 5;
                let condition = self.list()?;
                let body = self.do_group()?;
                Kind::While { condition, body }
            }
            "for" => self.repetition()?,
            "case" => self.choice()?,
            "[[" => self.test()?,
            "function" => {
                self.pos += "function".len();
                self.blanks();
                let name = self.reserved().to_owned();
                self.pos += name.len();
                self.blanks();
                if self.take("(") {
                    self.blanks();
                    self.need(")")?;
                }
                self.function(name)?
            }
            "select" | "coproc" => return Err(Unreadable),
            _ => self.simple(&mut redirects, &mut fed)?,
        };
        if !matches!(kind, Kind::Simple { .. } | Kind::Function { .. }) {
            loop {
                self.blanks();
                if !self.redirect(&mut redirects, &mut fed)? {
                    break;
                }
            }
        }
        Ok(Command {
            span: start..self.pos,
            kind,
            redirects,
            fed,
        })
    }

    fn word_is(&mut self, word: &str) -> Result<()> {
        self.blanks();
        if self.reserved() != word {
            return Err(Unreadable);
        }
        self.pos += word.len();
        Ok(())
    }

    fn conditional(&mut self) -> Result<Kind> {
        self.pos += 2;
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list()?;
            self.word_is("then")?;
            arms.push((condition, self.list()?));
            if arms.len() > ARMS {
                return Err(Unreadable);
            }
            match self.reserved() {
                "elif" => self.pos += 4,
                "else" => {
                    self.pos += 4;
                    otherwise = Some(self.list()?);
                    break;
                }
                _ => break,
            }
        }
        self.word_is("fi")?;
        Ok(Kind::If { arms, otherwise })
    }

    fn do_group(&mut self) -> Result<List> {
        self.lines()?;
        self.word_is("do")?;
        let body = self.list()?;
        self.word_is("done")?;
        Ok(body)
    }

    fn repetition(&mut self) -> Result<Kind> {
        self.pos += 3;
        self.blanks();
        let name = self.reserved().to_owned();
        if !is_name(&name) {
            return Err(Unreadable);
        }
        self.pos += name.len();
        self.lines()?;
        let mut words = None;
        if self.reserved() == "in" {
            self.pos += 2;
            let list = words.insert(Vec::new());
            loop {
                self.blanks();
                match self.word()? {
                    Some(word) => list.push(word),
                    None => break,
                }
            }
        }
        self.blanks();
        self.take(";");
        let body = self.do_group()?;
        Ok(Kind::For { name, words, body })
    }

    fn choice(&mut self) -> Result<Kind> {
        self.pos += 4;
        self.blanks();
        let word = self.word()?.ok_or(Unreadable)?;
        self.lines()?;
        self.word_is("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines()?;
            if self.reserved() == "esac" {
                break;
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?.ok_or(Unreadable)?);
                self.blanks();
                if !self.take("|") {
                    break;
                }
            }
            self.need(")")?;
            let body = self.list()?;
            arms.push((patterns, body));
            if arms.len() > ARMS {
                return Err(Unreadable);
            }
            if self.rest().starts_with(";;&") || self.rest().starts_with(";&") {
                return Err(Unreadable);
            }
            if !self.take(";;") {
                break;
            }
        }
        self.lines()?;
        self.word_is("esac")?;
        Ok(Kind::Case { word, arms })
    }

    fn test(&mut self) -> Result<Kind> {
        self.pos += 2;
        let mut words = Vec::new();
        loop {
            self.blanks();
            if self.reserved() == "]]" {
                self.pos += 2;
                return Ok(Kind::Test(words));
            }
            let start = self.pos;
            if let Some(word) = self.word()? {
                words.push(word);
                continue;
            }
            // `<`, `>`, `&&`, `||` and brackets are operators of the test: it is decided by nobody.
            if self.peek(0).is_none_or(|c| c == b'\n' || c == b';') {
                return Err(Unreadable);
            }
            self.pos += 1;
            words.push(Word {
                span: start..self.pos,
                parts: vec![Part::Opaque],
            });
        }
    }

    pub(super) fn function(&mut self, name: String) -> Result<Kind> {
        self.lines()?;
        let body = Rc::new(self.deeper(Self::command)?);
        if matches!(body.kind, Kind::Simple { .. }) {
            return Err(Unreadable);
        }
        Ok(Kind::Function { name, body })
    }
}
