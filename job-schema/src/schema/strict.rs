//! What the types mean and `schemars` does not know: an absent key is not null, and other keys are not allowed.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

/// The first touch on every schema.
#[derive(Debug, Clone)]
pub(super) struct Strict;

/// Schemas that only ask: they must not refuse what they do not mention.
const QUESTIONS: [&str; 2] = ["if", "not"];

impl Transform for Strict {
    fn transform(&mut self, schema: &mut Schema) {
        let asked = QUESTIONS.map(|key| (key, schema.remove(key)));
        transform_subschemas(self, schema);
        for (key, question) in asked {
            if let Some(question) = question {
                schema.insert(key.to_owned(), question);
            }
        }
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        // `Option` is an absent key. Where null may be written it is `const: null`.
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(options)) = object.get_mut("anyOf") {
            options.retain(|option| *option != json!({"type": "null"}));
            if let [only] = options.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                if let Value::Object(only) = only {
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
        }
        // A default of ours is an absent key too; the docs say what it means.
        object.remove("default");
        object.remove("format");
        // Lines of a doc comment are wrapped; a description is one paragraph.
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = unwrapped(text);
        }
        if object.get("type") == Some(&json!("object"))
            && object.contains_key("properties")
            && !object.contains_key("additionalProperties")
            && !chooses(object)
        {
            object.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// Whether a method's definition says which keys there are.
fn chooses(object: &Map<String, Value>) -> bool {
    let rules = object.get("allOf").and_then(Value::as_array);
    rules.is_some_and(|rules| rules.iter().any(|rule| rule["then"]["$ref"].is_string()))
}

/// Lines of a paragraph are one line; paragraphs stay apart.
fn unwrapped(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    paragraphs.join("\n\n")
}
