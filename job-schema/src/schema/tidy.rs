//! The definitions of a schema: each has a title, and none is left that nothing refers to.

use std::collections::BTreeSet;

use serde_json::Value;

/// Gives every definition a title and drops those that nothing refers to.
pub(super) fn definitions(schema: &mut Value) {
    let mut used = BTreeSet::new();
    reach(schema, schema, &mut used);
    let Some(Value::Object(definitions)) = schema.get_mut("$defs") else {
        return;
    };
    definitions.retain(|name, _| used.contains(name));
    for (name, definition) in definitions {
        if let Value::Object(definition) = definition {
            definition
                .entry("title")
                .or_insert_with(|| words(name).into());
        }
    }
}

/// The definitions that a part of the schema refers to, by themselves or through others.
fn reach(part: &Value, root: &Value, used: &mut BTreeSet<String>) {
    match part {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str().and_then(|to| to.strip_prefix("#/$defs/")) {
                    Some(name) if key == "$ref" => {
                        if used.insert(name.to_owned()) {
                            reach(&root["$defs"][name], root, used);
                        }
                    }
                    _ if key == "$defs" => {}
                    _ => reach(value, root, used),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, root, used)),
        _ => {}
    }
}

/// `JobTimeouts` as words: `job timeouts`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    // Types of one name in several methods have numbers.
    words
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .to_owned()
}
