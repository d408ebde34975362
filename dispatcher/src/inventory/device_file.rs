//! A device file. In: the text of `devices/<name>.yaml`. Out: the devices that it describes.
//!
//! What can go wrong is a failure of class configuration with the file, and where one thing is wrong, its line and column.

use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::yaml::{self, Node, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::device_type::{Library, Own};
use super::entry::{Entry, Origin};
use super::lava;
use super::type_schema::Commands;
use crate::failure::{Class, Failure};

/// A device: a file under `devices/` of a lab. The other keys are variables of its device type; those of the device types
/// that come with `dispatch` are listed.
#[derive(JsonSchema)]
#[schemars(rename = "Device", extend("additionalProperties" = true))]
#[allow(dead_code)]
pub(super) struct DeviceFile {
    /// What the device is: the name of a file under `device-types/` of the lab, or one that comes with `dispatch`, for
    /// example `ssh`.
    device_type: String,
    /// Words by which jobs choose among devices, for example `[x86, rack]`. Default: none.
    tags: Option<Vec<Tag>>,
    /// So many devices like this one, named with a number each. Default: one device, named like the file.
    #[schemars(range(min = 1, max = 10000))]
    count: Option<u32>,
    /// Of the type `ssh`: how to reach the device.
    ssh: Option<super::device::Ssh>,
    /// Of the type `sandbox`: what a node may write, in MiB. Default 2048.
    disk: Option<u64>,
    /// Of boards: the command that opens the console, for example `telnet ser2net.example.com 7001`.
    connect: Option<String>,
    /// Of boards: the lab's command that switches the power off and on again, or a list of commands.
    hard_reset: Option<Commands>,
    /// Of boards: the lab's command that switches the power on, or a list.
    power_on: Option<Commands>,
    /// Of boards: the lab's command that switches the power off, or a list.
    power_off: Option<Commands>,
}

/// A tag: a text; a number or a boolean counts as one.
struct Tag;

impl JsonSchema for Tag {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tag".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "integer", "boolean"]})
    }
}

/// Reads a device file; `name` is the file's without its end.
///
/// # Errors
/// Configuration: the file is not YAML, or says something that no device has.
pub(super) fn read(
    file: &str,
    name: &str,
    text: &str,
    types: &Library,
) -> Result<Vec<Entry>, Failure> {
    let at = |node: &Node, what: &str| {
        let (line, column) = (node.span.line, node.span.column);
        configuration(format!("{file}:{line}:{column}: {what}"))
    };
    let root = yaml::load(text)
        .map_err(|f| {
            let (line, column) = (f.span.line, f.span.column);
            configuration(format!("{file}:{line}:{column}: {}", f.message))
        })?
        .root;
    let Some(entries) = root.as_map() else {
        return Err(configuration(format!(
            "{file}: a device is a mapping with `device_type`"
        )));
    };
    let has = |key| root.entry(key).is_some();
    if has("job_name") || root.get("actions").is_some_and(|it| it.as_seq().is_some()) {
        return Err(configuration(format!(
            "{file}: this is a job, not a device"
        )));
    }
    let mut own: IndexMap<String, Node> = entries
        .iter()
        .map(|entry| (entry.key.key_text(), entry.value.clone()))
        .collect();
    let whole = rendered_by_lava(&root);
    let named = match own.shift_remove("device_type") {
        None if whole.is_some() => own.shift_remove("devicetype"),
        named => named,
    };
    let device_type = match named.as_ref().and_then(Node::as_str) {
        Some(named) if !named.is_empty() || whole.is_none() => named,
        // LAVA leaves it empty outside of its scheduler.
        _ if whole.is_some() => name,
        _ => return Err(configuration(format!("{file}: `device_type` is missing"))),
    };
    let tags = match own.shift_remove("tags") {
        None => Vec::new(),
        Some(node) => {
            let tags = node
                .as_seq()
                .ok_or_else(|| at(&node, "`tags` is a list of words"))?;
            let words = tags.iter().filter_map(|tag| tag.to_value().as_shell_text());
            words.collect()
        }
    };
    let count = match own.shift_remove("count") {
        None => None,
        Some(node) => match node.to_value() {
            Value::Int(n @ 1..=10_000) => Some(n),
            _ => return Err(at(&node, "`count` is a number from 1 to 10000")),
        },
    };
    let entry = |name: String, origin: Origin| Entry {
        name,
        device_type: device_type.to_owned(),
        tags: tags.clone(),
        origin,
    };
    if let Some(whole) = whole {
        return Ok(vec![entry(name.to_owned(), Origin::Rendered(whole))]);
    }
    let of = types
        .get(device_type)
        .map_err(|f| configuration(format!("{file}: {}", f.message)))?;
    of.check(&own).map_err(|(node, what)| at(node, &what))?;
    let own = Arc::new(Own {
        file: file.to_owned(),
        values: own,
        imagined: false,
    });
    let origin = || Origin::Type(Arc::clone(&own));
    Ok(match count {
        None => vec![entry(name.to_owned(), origin())],
        Some(n) => (1..=n)
            .map(|i| entry(format!("{name}-{i}"), origin()))
            .collect(),
    })
}

/// The file's data, where LAVA has rendered it.
fn rendered_by_lava(root: &Node) -> Option<Value> {
    root.get("actions")?;
    match root.to_value() {
        Value::Map(map) if lava::is_rendered(&map) => Some(Value::Map(map)),
        _ => None,
    }
}

fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
