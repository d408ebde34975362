//! POSIX shell, read for its commands: text in, a tree out.
//!
//! What bash adds is read where scripts use it (`[[`, `((`, `function`, `<<<`, lists in variables). A text that is not
//! understood as a whole is [`Unreadable`], never half understood. Bounded: [`LONGEST`] bytes, [`DEEPEST`] levels.

mod command;
mod expansion;
mod parse;
mod simple;
pub(crate) mod tree;
mod word;

/// Bytes of a script.
const LONGEST: usize = 256 * 1024;
/// Levels of compound commands and substitutions inside each other.
const DEEPEST: usize = 40;

/// The text is no shell script, or one of a kind that isn't read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// Reads a script.
pub(crate) fn parse(text: &str) -> Result<tree::List, Unreadable> {
    if text.len() > LONGEST || text.contains('\0') {
        return Err(Unreadable);
    }
    let mut parser = parse::Parser::new(text);
    let list = parser.list()?;
    if parser.at_end() {
        Ok(list)
    } else {
        Err(Unreadable)
    }
}

/// Reads a part of a script as a script; spans are those of the whole.
pub(crate) fn parse_part(
    text: &str,
    part: std::ops::Range<usize>,
) -> Result<tree::List, Unreadable> {
    if text.len() > LONGEST || text.get(part.clone()).is_none() {
        return Err(Unreadable);
    }
    parse::Parser::new(text).within(part, parse::Parser::list)
}

#[cfg(test)]
mod tests;
