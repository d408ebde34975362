//! The schema of a lab's files: a device, or a device type. For editors; nothing reads by it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::device_file::DeviceFile;
use super::raw::Raw;

/// JSON Schema (2020-12) of the files under `devices/` and `device-types/` of a lab.
#[must_use]
pub fn schema() -> Value {
    job_schema::schema::of::<LabFile>("device", "A device or a device type of a lab of dispatch")
}

/// A file of a lab: what names a `device_type` is a device.
struct LabFile;

impl JsonSchema for LabFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LabFile".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let device = generator.subschema_for::<DeviceFile>();
        let device_type = generator.subschema_for::<Raw>();
        json_schema!({
            "description": "A file of a lab: a device (it names its `device_type`) or a device type.",
            "type": "object",
            "if": {"required": ["device_type"]},
            "then": device,
            "else": device_type,
        })
    }
}

/// A value of a device type, or a text that is filled in for each device.
pub(super) struct OrTemplate<T>(std::marker::PhantomData<T>);

impl<T: JsonSchema> JsonSchema for OrTemplate<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OrTemplate_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        let template = json!({"type": "string", "pattern": r"\{\{.*\}\}"});
        json_schema!({"anyOf": [value, template]})
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    const COMMAND: &str = "DISPATCH_REGENERATE=1 cargo test -p dispatcher --lib inventory::schema";

    #[test]
    fn the_committed_schema_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../job-schema/device.schema.json");
        let made = job_schema::schema::text(&super::schema());
        if std::env::var_os("DISPATCH_REGENERATE").is_some() {
            std::fs::write(&path, &made).expect("a file that can be written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "device.schema.json is not current; run\n    {COMMAND}"
        );
    }

    fn lacks(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(object) => {
                for (key, says) in object
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    if !says["description"].is_string() {
                        found.push(key.clone());
                    }
                }
                object.values().for_each(|value| lacks(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| lacks(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_documented() {
        let mut found = Vec::new();
        lacks(&super::schema(), &mut found);
        assert_eq!(found, [""; 0]);
    }
}
