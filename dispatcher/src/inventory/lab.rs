//! A lab folder: `devices/*.yaml`, and `device-types/*.yaml` of its own.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use job_schema::yaml::Value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::device::{Config, Device};
use super::device_type::{self, DeviceType};
use crate::failure::{Class, Failure};

const EMBEDDED_LAB: &str = include_str!("../../../device-types/embedded-lab.yaml");

/// The devices of a lab.
#[derive(Debug)]
pub struct Inventory {
    /// The lab folder; `None` for the embedded lab.
    folder: Option<PathBuf>,
    entries: Vec<Entry>,
}

/// A device before its type is rendered.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `device_type`.
    pub device_type: String,
    /// `tags`.
    pub tags: Vec<String>,
    variables: IndexMap<String, Value>,
}

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
    /// Of the type `mustang`: the command that switches the device's power off and on.
    hard_reset: Option<String>,
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

#[cfg(test)]
impl Entry {
    pub(super) fn for_tests(name: &str, device_type: &str, tags: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            device_type: device_type.to_owned(),
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            variables: IndexMap::new(),
        }
    }
}

impl Inventory {
    /// The lab in `folder`, or the embedded one.
    ///
    /// # Errors
    /// Configuration: the folder or a file in it cannot be read, or says something that no device has.
    pub fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        let mut entries = Vec::new();
        let Some(folder) = folder else {
            read_file(
                "device-types/embedded-lab.yaml",
                "sandbox",
                EMBEDDED_LAB,
                None,
                &mut entries,
            )?;
            return Ok(Self {
                folder: None,
                entries,
            });
        };
        let devices = folder.join("devices");
        let listing = std::fs::read_dir(&devices).map_err(|e| {
            configuration(format!(
                "cannot read the lab's devices in {}: {e}; a lab folder holds devices/<name>.yaml",
                devices.display()
            ))
        })?;
        let mut files: Vec<PathBuf> = listing
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "yaml" || e == "yml"))
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file)
                .map_err(|e| configuration(format!("cannot read {}: {e}", file.display())))?;
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            read_file(
                &file.display().to_string(),
                &name,
                &text,
                Some(folder),
                &mut entries,
            )?;
        }
        Ok(Self {
            folder: Some(folder.to_owned()),
            entries,
        })
    }

    /// All devices, in the order of their names.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The lab folder; `None` for the embedded lab.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A device with its type rendered for a job.
    ///
    /// # Errors
    /// Configuration: see [`DeviceType::render`] and [`Config::read`].
    pub fn render(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<Device, Failure> {
        let device_type = device_type::load(&entry.device_type, self.folder())?;
        self.render_with(&device_type, entry, context)
    }

    /// A device of a type that the lab has no device of: what can be known of it without one. For plans only.
    ///
    /// # Errors
    /// Configuration: there is no such type, or it cannot be rendered without a device's variables.
    pub fn imagine(
        &self,
        device_type: &str,
        context: &IndexMap<String, Value>,
    ) -> Result<Device, Failure> {
        let entry = Entry {
            name: format!("any {device_type}"),
            device_type: device_type.to_owned(),
            tags: Vec::new(),
            variables: IndexMap::from([(
                "ssh".to_owned(),
                Value::Map(IndexMap::from([(
                    "host".to_owned(),
                    Value::Str(String::new()),
                )])),
            )]),
        };
        self.render(&entry, context)
    }

    fn render_with(
        &self,
        device_type: &DeviceType,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<Device, Failure> {
        let rendered = device_type.render(&entry.name, &entry.variables, context)?;
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        Ok(Device {
            name: entry.name.clone(),
            device_type: entry.device_type.clone(),
            tags: entry.tags.clone(),
            config: Config::read(rendered, &entry.name, folder)?,
        })
    }
}

fn read_file(
    file: &str,
    name: &str,
    text: &str,
    lab: Option<&Path>,
    entries: &mut Vec<Entry>,
) -> Result<(), Failure> {
    let value = job_schema::parse_value(text).map_err(|f| {
        configuration(format!(
            "{file}:{}:{}: {}",
            f.span.line, f.span.column, f.message
        ))
    })?;
    let Value::Map(mut map) = value else {
        return Err(configuration(format!(
            "{file}: a device is a mapping with `device_type`"
        )));
    };
    let Some(Value::Str(device_type)) = map.shift_remove("device_type") else {
        return Err(configuration(format!("{file}: `device_type` is missing")));
    };
    let tags = match map.shift_remove("tags") {
        None => Vec::new(),
        Some(Value::Seq(tags)) => tags.iter().filter_map(Value::as_shell_text).collect(),
        Some(_) => return Err(configuration(format!("{file}: `tags` is a list of words"))),
    };
    let count = match map.shift_remove("count") {
        None => None,
        Some(Value::Int(n @ 1..=10_000)) => Some(n),
        Some(_) => {
            return Err(configuration(format!(
                "{file}: `count` is a number from 1 to 10000"
            )));
        }
    };
    let known = device_type::load(&device_type, lab)
        .map_err(|f| configuration(format!("{file}: {}", f.message)))?
        .variables;
    check_variables(file, &device_type, &map, &known)?;
    let entry = |name: String| Entry {
        name,
        device_type: device_type.clone(),
        tags: tags.clone(),
        variables: map.clone(),
    };
    match count {
        None => entries.push(entry(name.to_owned())),
        Some(n) => entries.extend((1..=n).map(|i| entry(format!("{name}-{i}")))),
    }
    Ok(())
}

/// A variable that the type never reads is a typing error, and silence would hide it.
fn check_variables(
    file: &str,
    device_type: &str,
    variables: &IndexMap<String, Value>,
    known: &IndexMap<String, Vec<String>>,
) -> Result<(), Failure> {
    for (name, value) in variables {
        let Some(keys) = known.get(name) else {
            let mut all: Vec<&str> = known.keys().map(String::as_str).collect();
            all.extend(["device_type", "tags", "count"]);
            return Err(configuration(format!(
                "{file}: a device of type {device_type} has no key `{name}`; it has: {}",
                all.join(", ")
            )));
        };
        if let (Value::Map(map), false) = (value, keys.is_empty())
            && let Some(unknown) = map.keys().find(|k| !keys.contains(k))
        {
            return Err(configuration(format!(
                "{file}: `{name}` has no key `{unknown}`; it has: {}",
                keys.join(", ")
            )));
        }
    }
    Ok(())
}

fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
