//! Located YAML, read as PyYAML's safe loader reads it (YAML 1.1 scalars, last duplicate key wins).
//!
//! [`load`] gives a tree of [`Node`]s, each with its place; [`Node::to_value`] the plain data.

mod blocks;
mod date;
mod entries;
mod events;
mod load;
mod node;
mod problem;
mod resolve;
mod tags;

use std::ops::Deref;

use indexmap::IndexMap;

use crate::finding::Span;

pub use load::{Document, load};
pub use node::{Data, Entry, Node};

/// A value and where it is written.
#[derive(Debug, Clone, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl Spanned<String> {
    /// Whether the place holds the text itself, with quotes or without: another text can take its place. An alias or
    /// an anchor, a text with escapes or over several lines is not.
    #[must_use]
    pub fn is_written_whole(&self) -> bool {
        let length = self.span.end.saturating_sub(self.span.start);
        length == self.value.len() || length == self.value.len() + 2
    }
}

/// The place plays no part: two jobs that say the same are equal.
impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// Plain data: what a document says, without places.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `null`, `~` or nothing.
    #[default]
    Null,
    /// `true`, `yes`, `on` …
    Bool(bool),
    /// `12`, `0755`, `12:30`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// Anything else. Dates, binary data and numbers beyond 64 bits are kept as written.
    Str(String),
    /// A list.
    Seq(Vec<Value>),
    /// A mapping; keys that are not text are written as text.
    Map(IndexMap<String, Value>),
}

impl Value {
    /// A scalar as a shell variable shows it: booleans as `1` and `0`, null as nothing.
    /// `None` for lists and mappings.
    #[must_use]
    pub fn as_shell_text(&self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Bool(b) => Some(if *b { "1" } else { "0" }.to_owned()),
            Self::Int(i) => Some(i.to_string()),
            Self::Float(f) => Some(float_text(*f)),
            Self::Str(s) => Some(s.clone()),
            Self::Seq(_) | Self::Map(_) => None,
        }
    }
}

/// A number as Python writes it: `1.0`, `1e+16`.
fn float_text(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_owned();
    }
    let text = format!("{f:?}");
    match text.split_once('e') {
        // Python writes a sign and at least two digits.
        Some((digits, exponent)) => {
            let digits = digits.strip_suffix(".0").unwrap_or(digits);
            let (sign, size) = match exponent.strip_prefix('-') {
                Some(size) => ('-', size),
                None => ('+', exponent),
            };
            format!("{digits}e{sign}{size:0>2}")
        }
        None => text,
    }
}

/// Adds a key to a key path: `actions[1].deploy`.
pub(crate) fn join_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Adds an index to a key path.
pub(crate) fn join_index(path: &mut String, index: usize) {
    path.push('[');
    path.push_str(&index.to_string());
    path.push(']');
}

#[cfg(test)]
mod tests;
