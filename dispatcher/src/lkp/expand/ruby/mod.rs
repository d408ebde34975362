//! The little Ruby that stands in LKP's jobs and templates: comparisons, `if`, `case`, a few methods of texts. In: code
//! and the values it may name. Out: a value. What goes beyond that is refused, never guessed; no Ruby runs.

mod eval;
mod methods;
mod parse;
mod token;

use job_schema::yaml::Value;

pub(super) use eval::Scope;

/// Why code has no value here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RubyError {
    /// It names something that is not there; LKP refuses the job then.
    Name(String),
    /// Only the node knows it, or only Ruby can do it.
    Unknown(String),
}

type Result<T> = std::result::Result<T, RubyError>;

fn unknown<T>(what: impl Into<String>) -> Result<T> {
    Err(RubyError::Unknown(what.into()))
}

/// The value of an expression.
pub(super) fn evaluate(code: &str, scope: &Scope) -> Result<Value> {
    let program = parse::parse(token::code(code)?)?;
    scope.run(&program, &mut String::new())
}

/// A template of LKP (ERB with lines of code after `%`) with everything in it evaluated.
pub(super) fn template(text: &str, scope: &Scope) -> Result<String> {
    let program = parse::parse(token::template(text)?)?;
    let mut out = String::new();
    scope.run(&program, &mut out)?;
    Ok(out)
}

/// Whether a text has anything that is evaluated in it.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("<%") || text.lines().any(|line| line.starts_with('%'))
}

/// A template without its code: all that any of its branches may write.
pub(super) fn without_code(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("<%") {
        plain.push_str(before);
        rest = code.split_once("%>").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let lines = plain.lines().filter(|line| !line.starts_with('%'));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
