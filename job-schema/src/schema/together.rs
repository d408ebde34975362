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
    rules.extend(change(&has));
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
    if has(&["images", "nfsrootfs", "modules"]) {
        rules.push(json!({"not": {
            "required": ["images"],
            "anyOf": [{"required": ["nfsrootfs"]}, {"required": ["modules"]}],
        }}));
    }
    if has(&["definitions", "docker", "disconnect_connection"]) {
        rules.push(json!({"dependentRequired": {
            "downloads-namespace": ["docker"],
            "disconnect_connection": ["docker"],
        }}));
    }
    if has(&["images", "fw_package"]) {
        rules.push(json!({"oneOf": [{"required": ["images"]}, {"required": ["fw_package"]}]}));
    }
    if has(&["status", "type", "dependency_query"]) {
        rules.extend(criteria());
    }
    rules
}

/// A file that is changed after its download: what it is, and what to put in.
fn change(has: &dyn Fn(&[&str]) -> bool) -> Vec<Value> {
    if !has(&["url", "format", "partition", "overlays"]) {
        return Vec::new();
    }
    let mut needs = Map::new();
    for key in ["partition", "sparse", "overlay_backend"] {
        // To fastboot an image can be sparse without any change.
        if !(key == "sparse" && has(&["reboot"])) {
            needs.insert(key.to_owned(), json!(["format", "overlays"]));
        }
    }
    needs.insert("overlays".to_owned(), json!(["format"]));
    // A part of an AVH package may say that it is `ext4`, changed or not.
    if has(&["root_partition", "type"]) {
        let unchanged = json!({
            "if": {"not": {"required": ["overlays"]}},
            "then": {"properties": {"format": {"const": "ext4"}}},
        });
        return vec![json!({"dependentRequired": needs}), unchanged];
    }
    needs.insert("format".to_owned(), json!(["overlays"]));
    vec![json!({"dependentRequired": needs})]
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
