//! Code to tokens.

use super::{Result, unknown};

/// A piece of code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// The end of a statement.
    Break,
    Int(i64),
    Float(f64),
    /// A text with what is evaluated in it: texts and code by turns.
    Str(Vec<Part>),
    Regex(String),
    /// A name, a keyword or `$1`.
    Word(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// What a template writes as it stands.
    Text(String),
    /// The expression that follows is written: `<%=`.
    Write,
}

/// A part of a text in double quotes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Text(String),
    Code(Vec<Token>),
}

/// The longest first.
const SIGNS: [&str; 27] = [
    "===", "==", "!=", "=~", "!~", "<=", ">=", "&&", "||", "=>", "<", ">", "+", "-", "*", "/", "%",
    "!", "?", ":", ".", ",", "(", ")", "[", "]", "{",
];
/// Code in texts in code.
const MAX_DEPTH: usize = 8;

/// The tokens of code.
pub(super) fn code(text: &str) -> Result<Vec<Token>> {
    tokens(text, 0)
}

/// The tokens of a template: lines that begin with `%` and what stands in `<% %>` are code.
pub(super) fn template(text: &str) -> Result<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut at_line_start = true;
    while !rest.is_empty() {
        if at_line_start && rest.starts_with('%') && !rest.starts_with("%%") {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            out.push(Token::Break);
            out.extend(code(&line[1..])?);
            out.push(Token::Break);
            rest = after;
        } else if let Some(inner) = rest.strip_prefix("<%") {
            let Some((inside, after)) = inner.split_once("%>") else {
                return unknown("`<%` without `%>`");
            };
            out.push(Token::Break);
            if let Some(expression) = inside.strip_prefix('=') {
                out.push(Token::Write);
                out.extend(code(expression.trim())?);
            } else if !inside.starts_with('#') {
                out.extend(code(inside.trim_end_matches('-'))?);
            }
            out.push(Token::Break);
            rest = after;
            at_line_start = false;
        } else {
            let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let end = rest[..line].find("<%").unwrap_or(line);
            out.push(Token::Text(rest[..end].to_owned()));
            at_line_start = end == line;
            rest = &rest[end..];
        }
    }
    Ok(out)
}

fn tokens(text: &str, depth: usize) -> Result<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\n' | ';' => {
                out.push(Token::Break);
                1
            }
            c if c.is_whitespace() => c.len_utf8(),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '\'' | '"' => quoted(rest, c, depth, &mut out)?,
            '/' if begins_value(&out) => {
                let end = closing(&rest[1..], '/')?;
                out.push(Token::Regex(rest[1..=end].replace("\\/", "/")));
                end + 2
            }
            '0'..='9' => number(rest, &mut out)?,
            c if c.is_ascii_alphabetic() || c == '_' || c == '$' => {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let mut end = 1 + rest[1..].find(|c| !word(c)).unwrap_or(rest.len() - 1);
                // `nil?` is one word, the `?` of `a ? b : c` stands alone; `a!=b` is a comparison.
                if rest[end..].starts_with('?') && matches!(out.last(), Some(Token::Sign("."))) {
                    end += 1;
                }
                out.push(Token::Word(rest[..end].to_owned()));
                end
            }
            '}' => {
                out.push(Token::Sign("}"));
                1
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => {
                    out.push(Token::Sign(sign));
                    sign.len()
                }
                None => return unknown(format!("`{}`", c.escape_debug())),
            },
        };
        rest = &rest[length..];
    }
    Ok(out)
}

/// Whether a value can begin after these tokens: there `/` begins a regular expression.
fn begins_value(before: &[Token]) -> bool {
    match before.last() {
        None | Some(Token::Break | Token::Write | Token::Text(_)) => true,
        Some(Token::Sign(sign)) => !matches!(*sign, ")" | "]" | "}"),
        Some(Token::Word(word)) => matches!(
            word.as_str(),
            "when" | "if" | "elsif" | "unless" | "and" | "or" | "not" | "then" | "else" | "case"
        ),
        Some(_) => false,
    }
}

/// Bytes before a closing sign that no backslash hides.
fn closing(text: &str, close: char) -> Result<usize> {
    let mut hidden = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            c if c == close => return Ok(at),
            _ => {}
        }
    }
    unknown(format!("`{close}` is not closed"))
}

fn number(text: &str, out: &mut Vec<Token>) -> Result<usize> {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    let part = match text[whole..].strip_prefix('.') {
        Some(after) if digits(after) > 0 => 1 + digits(after),
        _ => 0,
    };
    let clean = text[..whole + part].replace('_', "");
    let token = if part > 0 {
        clean.parse().map(Token::Float).ok()
    } else {
        clean.parse().map(Token::Int).ok()
    };
    match token {
        Some(token) => {
            out.push(token);
            Ok(whole + part)
        }
        None => unknown(format!("the number `{clean}`")),
    }
}

fn quoted(text: &str, quote: char, depth: usize, out: &mut Vec<Token>) -> Result<usize> {
    let end = closing(&text[1..], quote)?;
    let mut inner = &text[1..=end];
    let mut parts = Vec::new();
    if quote == '\'' {
        let plain = inner.replace("\\'", "'").replace("\\\\", "\\");
        parts.push(Part::Text(plain));
    } else {
        if inner.contains('\\') {
            return unknown("a text with `\\` in double quotes");
        }
        if depth >= MAX_DEPTH {
            return unknown("code in texts in code");
        }
        while let Some((before, after)) = inner.split_once("#{") {
            let Some((code, after)) = after.split_once('}') else {
                return unknown("`#{` without `}`");
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Code(tokens(code, depth + 1)?));
            inner = after;
        }
        parts.push(Part::Text(inner.to_owned()));
    }
    out.push(Token::Str(parts));
    Ok(end + 2)
}
