//! What a scalar's text means: the rules of YAML 1.1 as PyYAML's safe loader applies them.
//!
//! In: the text and, where written, the tag. Out: a scalar. Wrong: a sentence about a text that its tag
//! (or its form, such as `0b_`) does not allow.

mod numbers;

use super::date;
use numbers::{float, int, is_float, is_int};

/// What a scalar says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits, in decimal.
    BigInt(String),
    Float(f64),
    /// The text itself.
    Text,
    /// A date, perhaps with a time, in the words of the text.
    Date,
    /// Binary data, in the words of the text.
    Binary,
    /// `<<`, a key that merges.
    Merge,
    /// `=`, only good for a key.
    Equals,
}

/// An unquoted scalar without a tag.
pub(super) fn plain(text: &str) -> Result<Scalar, String> {
    let Some(first) = text.bytes().next() else {
        return Ok(Scalar::Null);
    };
    if matches!(first, b'1'..=b'9')
        && let Ok(number) = text.parse()
    {
        return Ok(Scalar::Int(number));
    }
    // As PyYAML does: the first character says which forms are possible at all.
    match first {
        b'-' | b'+' | b'.' | b'0'..=b'9' => {
            if is_float(text) {
                return float(text);
            }
            if is_int(text) {
                return int(text);
            }
            if date::is_date(text) {
                return timestamp(text);
            }
        }
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => {
            if is_null(text) {
                return Ok(Scalar::Null);
            }
            if let Some(b) = plain_bool(text) {
                return Ok(Scalar::Bool(b));
            }
        }
        b'<' if text == "<<" => return Ok(Scalar::Merge),
        b'=' if text == "=" => return Ok(Scalar::Equals),
        _ => {}
    }
    Ok(Scalar::Text)
}

/// A scalar with a tag, its `tag:yaml.org,2002:` left out; other tags are `None`.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Result<Scalar, String>> {
    let refused = |what: &str| Err(format!("`{text}` is not {what}"));
    Some(match tag {
        "str" => Ok(Scalar::Text),
        "timestamp" => timestamp(text),
        "binary" if date::is_base64(text) => Ok(Scalar::Binary),
        "binary" => refused("binary data in base64"),
        "null" => Ok(Scalar::Null),
        "bool" => match text.to_lowercase().as_str() {
            "yes" | "true" | "on" => Ok(Scalar::Bool(true)),
            "no" | "false" | "off" => Ok(Scalar::Bool(false)),
            _ => refused("a boolean"),
        },
        "int" => int(text),
        "float" => float(text),
        "merge" => Ok(Scalar::Merge),
        "value" => Ok(Scalar::Equals),
        _ => return None,
    })
}

fn timestamp(text: &str) -> Result<Scalar, String> {
    if date::is_date(text) && date::exists(text) {
        return Ok(Scalar::Date);
    }
    Err(format!("`{text}` is not a date"))
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

fn plain_bool(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
