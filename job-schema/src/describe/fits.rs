//! Whether a written value fits a schema: enough of JSON Schema to answer the questions (`if`) of ours.

use serde_json::Value;

use crate::yaml::{Data, Node};

/// A definition that refers to itself without end fits nothing.
const DEEPEST: usize = 64;

/// Whether `node` fits `schema`; `root` holds the definitions.
pub(super) fn fits(schema: &Value, node: &Node, root: &Value) -> bool {
    fits_within(schema, node, root, DEEPEST)
}

fn fits_within(schema: &Value, node: &Node, root: &Value, depth: usize) -> bool {
    let Some(object) = schema.as_object() else {
        return schema.as_bool().unwrap_or(true);
    };
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let fit = |schema: &Value| fits_within(schema, node, root, depth);
    object.iter().all(|(keyword, says)| match keyword.as_str() {
        "$ref" => target(says, root).is_none_or(fit),
        "const" => is(node, says),
        "enum" => list(says).iter().any(|value| is(node, value)),
        "type" => match says {
            Value::Array(kinds) => kinds.iter().any(|kind| is_kind(node, kind)),
            kind => is_kind(node, kind),
        },
        "required" => node.as_map().is_none_or(|_| {
            let mut keys = list(says).iter().filter_map(Value::as_str);
            keys.all(|key| node.get(key).is_some())
        }),
        "properties" => says.as_object().is_none_or(|properties| {
            let mut written = properties
                .iter()
                .filter_map(|(key, schema)| Some((schema, node.get(key)?)));
            written.all(|(schema, value)| fits_within(schema, value, root, depth))
        }),
        "items" => node.as_seq().is_none_or(|items| {
            items
                .iter()
                .all(|item| fits_within(says, item, root, depth))
        }),
        "allOf" => list(says).iter().all(fit),
        "anyOf" | "oneOf" => list(says).iter().any(fit),
        "not" => !fit(says),
        _ => true,
    })
}

/// What a `$ref` refers to.
pub(super) fn target<'s>(reference: &Value, root: &'s Value) -> Option<&'s Value> {
    let name = reference.as_str()?.strip_prefix("#/$defs/")?;
    root.get("$defs")?.get(name)
}

/// The schemas under `allOf` and the like.
pub(super) fn list(says: &Value) -> &[Value] {
    says.as_array().map_or(&[], Vec::as_slice)
}

fn is(node: &Node, value: &Value) -> bool {
    match (node.data(), value) {
        (Data::Null, Value::Null) => true,
        (Data::Bool(a), Value::Bool(b)) => a == b,
        (Data::Int(a), Value::Number(b)) => b.as_i64() == Some(*a),
        (Data::Str(_), Value::String(b)) => node.as_str() == Some(b),
        _ => false,
    }
}

fn is_kind(node: &Node, kind: &Value) -> bool {
    match kind.as_str() {
        Some("null") => node.is_null(),
        Some("boolean") => matches!(node.data(), Data::Bool(_)),
        Some("integer") => matches!(node.data(), Data::Int(_)),
        Some("number") => matches!(node.data(), Data::Int(_) | Data::Float(_)),
        Some("string") => node.as_str().is_some(),
        Some("array") => node.as_seq().is_some(),
        Some("object") => node.as_map().is_some(),
        _ => true,
    }
}
