//! Keys of one mapping that need or exclude each other.
//!
//! The readers tell these with words of their own; here they are found by the keys that a mapping may have, so that they
//! hold for every method that has those keys.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

/// Adds the rules to every mapping that has their keys.
#[derive(Debug, Clone)]
pub(super) struct Together;

impl Transform for Together {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return;
        };
        // What asks (`if`) or chooses has no closed list of keys.
        if schema.get("additionalProperties").is_none() && schema.get("title").is_none() {
            return;
        }
        let more = rules(properties);
        if more.is_empty() {
            return;
        }
        if let Some(object) = schema.as_object_mut() {
            let all = object
                .entry("allOf")
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.extend(more);
            }
        }
    }
}

fn rules(properties: &Map<String, Value>) -> Vec<Value> {
    let has = |keys: &[&str]| keys.iter().all(|key| properties.contains_key(*key));
    let mut rules = Vec::new();
    // A file that is changed: what it is, and what to put in.
    if has(&["url", "format", "partition", "overlays"]) {
        let mut needs = Map::new();
        needs.insert("format".to_owned(), json!(["overlays"]));
        for key in ["partition", "sparse", "overlay_backend", "overlays"] {
            let needed = if key == "overlays" {
                json!(["format"])
            } else {
                json!(["format", "overlays"])
            };
            if has(&[key]) {
                needs.insert(key.to_owned(), needed);
            }
        }
        rules.push(json!({"dependentRequired": needs}));
    }
    for (one, other) in [
        ("nfsrootfs", "persistent_nfs"),
        ("callback", "callbacks"),
        ("image", "images"),
    ] {
        if has(&[one, other]) {
            rules.push(json!({"not": {"required": [one, other]}}));
        }
    }
    if has(&["revision", "shallow"]) {
        rules.push(json!({"not": {
            "required": ["revision", "shallow"],
            "properties": {"shallow": {"const": true}},
        }}));
    }
    if has(&["password_prompt", "password", "login_commands"]) {
        rules.push(json!({"dependentRequired": {
            "password_prompt": ["password"],
            "password": ["password_prompt"],
        }}));
        rules.push(json!({
            "if": {"not": {"required": ["password_prompt", "password"]}},
            "then": {"properties": {"login_commands": {"items": {"minLength": 1}}}},
        }));
    }
    if has(&["transfer_method", "download_command", "unpack_command"]) {
        rules.push(json!({
            "if": {"required": ["transfer_method"], "properties": {"transfer_method": {"const": "zmodem"}}},
            "else": {"required": ["download_command"]},
        }));
        let ways = json!({"transfer_method": {"enum": ["http", "nfs", "zmodem"]}});
        rules.push(json!({"properties": ways}));
    }
    if has(&["status", "type", "dependency_query"]) {
        rules.extend(criteria());
    }
    rules
}

/// `notify: criteria`: what goes with which `status`.
fn criteria() -> [Value; 3] {
    let when = |states: &[&str]| json!({"properties": {"status": {"enum": states}}, "required": ["status"]});
    [
        json!({"if": when(&["all"]), "then": {"not": {"anyOf": [{"required": ["type"]}, {"required": ["dependency_query"]}]}}}),
        json!({"if": when(&["complete", "incomplete"]), "then": {"not": {"required": ["type", "dependency_query"]}}}),
        json!({"if": when(&["finished", "running", "canceled"]), "then": {"not": {"required": ["type"]}}}),
    ]
}
