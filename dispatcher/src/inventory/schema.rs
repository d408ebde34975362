//! The schema of a lab's files: a device, or a device type. For editors; nothing reads by it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::device::Raw;
use super::lab::DeviceFile;

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
