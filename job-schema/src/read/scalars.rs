//! Kinds of values that LAVA's schemas have and YAML has not.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Read;
use super::place::Place;
use super::report::Report;
use crate::yaml::{Data, Value};

/// A text of at least one character.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NonEmpty(pub String);

impl Deref for NonEmpty {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Read for NonEmpty {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let text = place.str(report)?;
        if text.is_empty() {
            report.error("J005", place.path(), place.node.span, "the text is empty");
            return None;
        }
        Some(Self(text.to_owned()))
    }
}

impl JsonSchema for NonEmpty {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "NonEmpty".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}

/// A number from `LEAST` up. Python counts `true` as 1, and LAVA's schemas take it: it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AtLeast<const LEAST: u32>(pub u32);

impl<const LEAST: u32> Read for AtLeast<LEAST> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let number = match place.node.data() {
            Data::Int(number) => *number as f64,
            Data::Bool(yes) => f64::from(u8::from(*yes)),
            Data::Float(number) => *number,
            Data::BigInt(digits) => digits.parse().unwrap_or(f64::MAX),
            _ => {
                place.refuse("a number", report);
                return None;
            }
        };
        if number.is_nan() || number < f64::from(LEAST) {
            let message = format!("expected a number from {LEAST} up, found {number}");
            report.error("J005", place.path(), place.node.span, message);
            return None;
        }
        let whole = number as u32;
        if !matches!(place.node.data(), Data::Int(_)) || number > f64::from(u32::MAX) {
            let message = format!("this counts as {whole}");
            report
                .warning("J014", place.path(), place.node.span, message)
                .help("write a whole number");
        }
        Some(Self(whole))
    }
}

impl<const LEAST: u32> JsonSchema for AtLeast<LEAST> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("AtLeast{LEAST}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": LEAST})
    }
}

/// A whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Integer(pub i64);

impl Read for Integer {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        match place.node.data() {
            Data::Int(number) => Some(Self(*number)),
            Data::Bool(yes) => Some(Self(odd(i64::from(*yes), place, report))),
            Data::BigInt(digits) if digits.starts_with('-') => {
                Some(Self(odd(i64::MIN, place, report)))
            }
            Data::BigInt(_) => Some(Self(odd(i64::MAX, place, report))),
            _ => {
                place.refuse("a whole number", report);
                None
            }
        }
    }
}

/// Takes what is not quite a whole number for one.
fn odd(number: i64, place: &Place<'_>, report: &mut Report) -> i64 {
    let message = format!("this counts as {number}");
    report
        .warning("J014", place.path(), place.node.span, message)
        .help("write a whole number");
    number
}

impl JsonSchema for Integer {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Integer".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer"})
    }
}

/// A mapping of anything.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Anything(pub indexmap::IndexMap<String, Value>);

impl Read for Anything {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let Some(entries) = place.node.as_map() else {
            place.refuse("a mapping", report);
            return None;
        };
        let pair = |entry: &crate::yaml::Entry| (entry.key.key_text(), entry.value.to_value());
        Some(Self(entries.iter().map(pair).collect()))
    }
}

impl JsonSchema for Anything {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object"})
    }
}

/// One text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany {
    /// One text.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Read for OneOrMany {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if let Some(text) = place.node.as_str() {
            return Some(Self::One(text.to_owned()));
        }
        if place.node.as_seq().is_none() {
            place.refuse("a text or a list of texts", report);
            return None;
        }
        Vec::read(place, report).map(Self::Many)
    }
}

impl JsonSchema for OneOrMany {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
        ]})
    }
}

/// A value, or null in its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrNull<T>(pub Option<T>);

impl<T: Read> Read for OrNull<T> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.is_null() {
            return Some(Self(None));
        }
        Some(Self(Some(T::read(place, report)?)))
    }
}

impl<T: JsonSchema> JsonSchema for OrNull<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("OrNull_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({"anyOf": [value, {"const": null}]})
    }
}
