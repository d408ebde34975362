//! `set:` values that count before those of LKP's jobs.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Report};
use crate::yaml::{Node, Spanned, Value};

/// A value of `set`.
#[derive(Debug, Clone, PartialEq)]
pub enum SetValue {
    /// A text, a number, a boolean or nothing.
    One(Value),
    /// Several, at least one: each is run.
    Many(Vec<Value>),
    /// `$word`: what a message on the bus has brought under the key `word`.
    Learned(String),
}

impl SetValue {
    /// The word of a text that is `$word` and nothing else: letters, digits, `_` and `-`.
    #[must_use]
    pub fn word(text: &str) -> Option<&str> {
        let word = text.strip_prefix('$').filter(|word| !word.is_empty())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        word.chars().all(plain).then_some(word)
    }
}

/// Reads `set`: names of LKP's values, each with one value or a list of them.
pub(super) fn read(
    place: &Place<'_>,
    report: &mut Report,
) -> Option<IndexMap<String, Spanned<SetValue>>> {
    let mut values = IndexMap::new();
    let mut whole = true;
    for (key, place) in place.entries(report)? {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if key.is_empty() || !key.chars().all(plain) {
            let message = format!("`{}` is not the name of a value", key.escape_debug());
            report
                .error("J005", place.path(), key.span, message)
                .help("names of LKP's values have letters, digits, `_`, `.` and `-`");
            whole = false;
        }
        match value(&place, report) {
            Some(value) => drop(values.insert(key.value, value)),
            None => whole = false,
        }
    }
    whole.then_some(values)
}

fn value(place: &Place<'_>, report: &mut Report) -> Option<Spanned<SetValue>> {
    let node = place.node;
    let value = if node.as_seq().is_some() {
        super::words::some(place, "value", report)?;
        let mut values = Vec::new();
        let mut whole = true;
        for item in place.items(report)? {
            if is_list_or_mapping(item.node) || item.node.is_null() {
                item.refuse("a text, a number or a boolean", report);
                whole = false;
            } else {
                values.push(item.node.to_value());
            }
        }
        SetValue::Many(whole.then_some(values)?)
    } else if is_list_or_mapping(node) {
        place.refuse("a text, a number, a boolean or a list of them", report);
        return None;
    } else if let Some(word) = node.as_str().and_then(SetValue::word) {
        SetValue::Learned(word.to_owned())
    } else {
        SetValue::One(node.to_value())
    };
    Some(Spanned {
        value,
        span: node.span,
    })
}

fn is_list_or_mapping(node: &Node) -> bool {
    node.as_seq().is_some() || node.as_map().is_some()
}

/// For the schema: names and values.
pub(super) struct AnySet;

impl JsonSchema for AnySet {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "AnySet".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let scalar = json_schema!({"type": ["string", "number", "boolean"]});
        json_schema!({
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9_.-]+$"},
            "additionalProperties": {"anyOf": [
                scalar,
                {"const": null},
                {"type": "array", "minItems": 1, "items": scalar},
            ]},
        })
    }
}
