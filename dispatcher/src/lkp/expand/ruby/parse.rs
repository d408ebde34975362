//! Tokens to a tree of expressions.

use super::token::{Part, Token};
use super::{Result, unknown};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Vec<Piece>),
    Regex(String),
    Name(String),
    List(Vec<Expr>),
    Map(Vec<(String, Expr)>),
    Not(Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `a.b(c)`; without a receiver a function.
    Call(Option<Box<Expr>>, String, Vec<Expr>),
    Index(Box<Expr>, Box<Expr>),
    /// Conditions, each with what is done then; else.
    If(Vec<(Expr, Vec<Expr>)>, Vec<Expr>),
    /// What is looked at, if anything; each list of patterns with what it stands for; else.
    Case(Box<Expr>, Vec<(Vec<Expr>, Vec<Expr>)>, Vec<Expr>),
    /// A template's text.
    Text(String),
    /// A template's `<%= %>`.
    Write(Box<Expr>),
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Code(Vec<Expr>),
}

/// Operators, those that bind least first.
const LEVELS: [&[&str]; 6] = [
    &["||", "or"],
    &["&&", "and"],
    &["==", "!=", "=~", "!~", "==="],
    &["<", ">", "<=", ">="],
    &["+", "-"],
    &["*", "/", "%"],
];
/// Expressions in expressions.
const MAX_DEPTH: usize = 64;

/// The statements of a program.
pub(super) fn parse(tokens: Vec<Token>) -> Result<Vec<Expr>> {
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
    };
    let program = parser.block(&[])?;
    match parser.peek() {
        None => Ok(program),
        Some(token) => unknown(format!("{token:?} in this place")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn take(&mut self, sign: &'static str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(it)) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn is_word(&self, words: &[&str]) -> bool {
        matches!(self.peek(), Some(Token::Word(it)) if words.contains(&it.as_str()))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(&[word]);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<()> {
        if self.take(sign) {
            return Ok(());
        }
        unknown(format!("something else where `{sign}` is needed"))
    }

    fn skip_breaks(&mut self) {
        while self.peek() == Some(&Token::Break) {
            self.at += 1;
        }
    }

    /// Statements up to one of the words, which is left.
    fn block(&mut self, ends: &[&str]) -> Result<Vec<Expr>> {
        let mut out = Vec::new();
        loop {
            self.skip_breaks();
            if self.peek().is_none() || self.is_word(ends) {
                return Ok(out);
            }
            out.push(self.expression()?);
            match self.peek() {
                None | Some(Token::Break | Token::Text(_)) => {}
                Some(_) if self.is_word(ends) => {}
                Some(_) if matches!(out.last(), Some(Expr::Text(_))) => {}
                Some(token) => return unknown(format!("{token:?} after an expression")),
            }
        }
    }

    fn expression(&mut self) -> Result<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return unknown("expressions nested too deeply");
        }
        let condition = self.binary(0)?;
        let value = if self.take("?") {
            let yes = self.expression()?;
            self.expect(":")?;
            let no = self.expression()?;
            Expr::If(vec![(condition, vec![yes])], vec![no])
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn binary(&mut self, level: usize) -> Result<Expr> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        loop {
            let found = operators.iter().find(|operator| match self.peek() {
                Some(Token::Sign(it)) => it == *operator,
                Some(Token::Word(it)) => it == *operator,
                _ => false,
            });
            let Some(operator) = found else {
                return Ok(left);
            };
            self.at += 1;
            self.skip_breaks();
            let right = self.binary(level + 1)?;
            let operator = match *operator {
                "or" => "||",
                "and" => "&&",
                other => other,
            };
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expr> {
        let mut nots = 0;
        while self.take("!") || self.take_word("not") {
            nots += 1;
        }
        let mut value = self.postfix()?;
        for _ in 0..nots {
            value = Expr::Not(Box::new(value));
        }
        Ok(value)
    }

    fn postfix(&mut self) -> Result<Expr> {
        let mut value = self.primary()?;
        loop {
            if self.take(".") {
                let Some(Token::Word(name)) = self.next() else {
                    return unknown("`.` without a name");
                };
                let arguments = self.arguments()?;
                value = Expr::Call(Some(Box::new(value)), name, arguments);
            } else if self.take("[") {
                let index = self.expression()?;
                self.expect("]")?;
                value = Expr::Index(Box::new(value), Box::new(index));
            } else {
                return Ok(value);
            }
        }
    }

    fn arguments(&mut self) -> Result<Vec<Expr>> {
        if self.take("(") {
            self.list(")")
        } else {
            Ok(Vec::new())
        }
    }

    fn list(&mut self, close: &'static str) -> Result<Vec<Expr>> {
        let mut out = Vec::new();
        while !self.take(close) {
            out.push(self.expression()?);
            if !self.take(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(out)
    }

    fn primary(&mut self) -> Result<Expr> {
        match self.next() {
            Some(Token::Int(it)) => Ok(Expr::Int(it)),
            Some(Token::Float(it)) => Ok(Expr::Float(it)),
            Some(Token::Regex(it)) => Ok(Expr::Regex(it)),
            Some(Token::Text(it)) => Ok(Expr::Text(it)),
            Some(Token::Write) => Ok(Expr::Write(Box::new(self.expression()?))),
            Some(Token::Str(parts)) => parts
                .into_iter()
                .map(|part| match part {
                    Part::Text(text) => Ok(Piece::Text(text)),
                    Part::Code(tokens) => parse(tokens).map(Piece::Code),
                })
                .collect::<Result<_>>()
                .map(Expr::Str),
            Some(Token::Sign("(")) => {
                let value = self.expression()?;
                self.expect(")")?;
                Ok(value)
            }
            Some(Token::Sign("[")) => self.list("]").map(Expr::List),
            Some(Token::Sign("{")) => self.map(),
            Some(Token::Sign("-")) => {
                let value = self.postfix()?;
                Ok(Expr::Binary("-", Box::new(Expr::Int(0)), Box::new(value)))
            }
            Some(Token::Word(word)) => self.word(word),
            other => unknown(format!("{other:?} where a value is needed")),
        }
    }

    /// `{ name: value }`
    fn map(&mut self) -> Result<Expr> {
        let mut out = Vec::new();
        while !self.take("}") {
            let Some(Token::Word(key)) = self.next() else {
                return unknown("a key that is no name");
            };
            self.expect(":")?;
            out.push((key, self.expression()?));
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Expr::Map(out))
    }

    fn word(&mut self, word: String) -> Result<Expr> {
        match word.as_str() {
            "nil" => Ok(Expr::Nil),
            "true" => Ok(Expr::Bool(true)),
            "false" => Ok(Expr::Bool(false)),
            "if" => self.condition(false),
            "unless" => self.condition(true),
            "case" => self.case(),
            "then" | "else" | "elsif" | "end" | "when" | "do" | "while" | "def" => {
                unknown(format!("`{word}` in this place"))
            }
            _ if matches!(self.peek(), Some(Token::Sign("("))) => {
                let arguments = self.arguments()?;
                Ok(Expr::Call(None, word, arguments))
            }
            _ => Ok(Expr::Name(word)),
        }
    }

    fn condition(&mut self, negated: bool) -> Result<Expr> {
        let mut arms = Vec::new();
        loop {
            let mut condition = self.expression()?;
            if negated && arms.is_empty() {
                condition = Expr::Not(Box::new(condition));
            }
            self.take_word("then");
            arms.push((condition, self.block(&["elsif", "else", "end"])?));
            if !self.take_word("elsif") {
                return Ok(Expr::If(arms, self.otherwise()?));
            }
        }
    }

    fn otherwise(&mut self) -> Result<Vec<Expr>> {
        let no = if self.take_word("else") {
            self.block(&["end"])?
        } else {
            Vec::new()
        };
        if self.take_word("end") {
            return Ok(no);
        }
        unknown("`end` is missing")
    }

    fn case(&mut self) -> Result<Expr> {
        let subject = self.expression()?;
        let mut arms = Vec::new();
        loop {
            self.skip_breaks();
            if !self.take_word("when") {
                break;
            }
            let mut patterns = vec![self.expression()?];
            while self.take(",") {
                self.skip_breaks();
                patterns.push(self.expression()?);
            }
            self.take_word("then");
            arms.push((patterns, self.block(&["when", "else", "end"])?));
        }
        Ok(Expr::Case(Box::new(subject), arms, self.otherwise()?))
    }
}
