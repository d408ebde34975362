//! Kinds of values in words: `a list of texts`.

use serde_json::Value;

use super::fits::{list, target};

/// So many words of a choice are spelled out.
const SPELLED: usize = 8;

/// What a value of `schema` is, in words.
pub(super) fn kind(schema: &Value, root: &Value) -> String {
    if let Some(to) = schema.get("$ref").and_then(|to| target(to, root)) {
        if schema["$ref"] == "#/$defs/Timeout" {
            return "a timeout".to_owned();
        }
        return kind(to, root);
    }
    if let Some(value) = schema.get("const") {
        return constant(value);
    }
    let words = choices_of(schema);
    if !words.is_empty() {
        return one_of(&words);
    }
    for choice in ["anyOf", "oneOf"] {
        let options: Vec<String> = list(&schema[choice])
            .iter()
            .filter(|option| option.get("required").is_none())
            .map(|option| kind(option, root))
            .collect();
        if !options.is_empty() {
            return either(&options);
        }
    }
    match &schema["type"] {
        Value::String(kind) => plain(kind, schema, root),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            let told = |kind: &str| match kind {
                "array" => "a list of them".to_owned(),
                kind => plain(kind, schema, root),
            };
            either(&kinds.map(told).collect::<Vec<_>>())
        }
        _ => "anything".to_owned(),
    }
}

/// The words of an `enum`, or of a `oneOf` of constants.
pub(super) fn choices_of(schema: &Value) -> Vec<(String, String)> {
    let doc = |value: &Value| {
        let doc = value["description"].as_str();
        doc.unwrap_or_default().to_owned()
    };
    if let Some(Value::Array(values)) = schema.get("enum") {
        return values
            .iter()
            .map(|value| (shown(value), String::new()))
            .collect();
    }
    let options = list(&schema["oneOf"]);
    if options.iter().any(|option| option.get("const").is_none()) {
        return Vec::new();
    }
    options
        .iter()
        .map(|option| (shown(&option["const"]), doc(option)))
        .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => format!("`{}`", shown(value)),
    }
}

fn one_of(words: &[(String, String)]) -> String {
    if words.len() > SPELLED {
        return format!("one of {} words", words.len());
    }
    let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    match words.as_slice() {
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

fn either(kinds: &[String]) -> String {
    match kinds.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "anything".to_owned(),
    }
}

fn plain(kind: &str, schema: &Value, root: &Value) -> String {
    let limits = |low: &str, high: &str| (schema[low].as_i64(), schema[high].as_i64());
    match kind {
        "string" => match limits("minLength", "maxLength") {
            (Some(low), Some(high)) => format!("a text of {low} to {high} characters"),
            (Some(1), None) => "a text that is not empty".to_owned(),
            _ => "a text".to_owned(),
        },
        "number" => "a number".to_owned(),
        "integer" => match limits("minimum", "maximum") {
            (Some(low), Some(high)) => format!("a whole number from {low} to {high}"),
            (Some(low), None) => format!("a whole number from {low} up"),
            _ => "a whole number".to_owned(),
        },
        "boolean" => "`true` or `false`".to_owned(),
        "array" => match schema.get("items") {
            Some(items) => format!("a list of {}", several(items, root)),
            None => "a list".to_owned(),
        },
        "object" => match schema.get("additionalProperties") {
            Some(value @ Value::Object(_)) if schema.get("properties").is_none() => {
                format!("a mapping of names to {}", several(value, root))
            }
            _ => "a mapping".to_owned(),
        },
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    }
}

/// Several values of one kind.
fn several(schema: &Value, root: &Value) -> String {
    let one = kind(schema, root);
    match one.as_str() {
        "a text" => "texts".to_owned(),
        "a text that is not empty" => "texts that are not empty".to_owned(),
        "a mapping" => "mappings".to_owned(),
        "a timeout" => "timeouts".to_owned(),
        "a whole number" => "whole numbers".to_owned(),
        "a number" => "numbers".to_owned(),
        "anything" => "anything".to_owned(),
        one => match one.strip_prefix("a mapping of ") {
            Some(rest) => format!("mappings of {rest}"),
            None => format!("entries, each {one}"),
        },
    }
}
