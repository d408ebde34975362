//! The `environment` file, sourced on the node before the tests.

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::scripts::quote;
use crate::plan::NodeSpec;

/// Lines `export NAME='value'`, in LAVA's order: device, then job or role, then what `dispatch` tells of itself.
#[must_use]
pub fn file(spec: &NodeSpec, results_root: &str, dispatcher_ip: &str) -> String {
    let mut lines = String::new();
    let mut export = |name: &str, value: &str| {
        lines.push_str(&format!("export {name}={}\n", quote(value)));
    };
    for (name, value) in &spec.device.config.environment {
        flatten_json(name, value, &mut export);
    }
    flatten_map("", &spec.environment, &mut export);
    export("LAVA_JOB_ID", &spec.job_id);
    export("LAVA_DISPATCHER_IP", dispatcher_ip);
    export("LAVA_JOB_TAGS", &spec.tags.join(","));
    export("LAVA_DISPATCHER_PREFIX", "");
    export("LAVA_DEVICE_HOSTNAME", &spec.device.name);
    export("LAVA_DEVICE_TYPE", &spec.device.device_type);
    export(
        "LAVA_MULTI_NODE_CACHE",
        &format!("{results_root}/multi_node_cache.txt"),
    );
    lines
}

fn flatten_map(prefix: &str, map: &IndexMap<String, Value>, export: &mut impl FnMut(&str, &str)) {
    for (key, value) in map {
        flatten(&join(prefix, key), value, export);
    }
}

/// Nested mappings become `A_B`, lists `A_0`.
fn flatten(name: &str, value: &Value, export: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Map(map) => flatten_map(name, map, export),
        Value::Seq(list) => {
            for (index, value) in list.iter().enumerate() {
                flatten(&format!("{name}_{index}"), value, export);
            }
        }
        scalar => export(&variable(name), &scalar.as_shell_text().unwrap_or_default()),
    }
}

fn flatten_json(name: &str, value: &serde_json::Value, export: &mut impl FnMut(&str, &str)) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                flatten_json(&join(name, key), value, export);
            }
        }
        serde_json::Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                flatten_json(&format!("{name}_{index}"), value, export);
            }
        }
        serde_json::Value::String(text) => export(&variable(name), text),
        serde_json::Value::Bool(on) => export(&variable(name), if *on { "1" } else { "0" }),
        serde_json::Value::Null => export(&variable(name), ""),
        serde_json::Value::Number(number) => export(&variable(name), &number.to_string()),
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}_{key}")
    }
}

/// A name that a shell takes: whatever else is in it becomes `_`.
fn variable(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}
