//! What the types mean and `schemars` does not know: an absent key is not null, and other keys are not allowed.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value, json};

/// The last touch on every schema.
#[derive(Debug, Clone)]
pub(super) struct Strict;

impl Transform for Strict {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
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
        if object.contains_key("properties")
            && !object.contains_key("additionalProperties")
            && !object.contains_key("allOf")
        {
            object.insert("additionalProperties".to_owned(), false.into());
        }
    }
}
