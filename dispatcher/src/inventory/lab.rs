//! A lab folder: `devices/*.yaml`, and `device-types/*.yaml` of its own; `lava/` of a lab that came from LAVA.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use job_schema::Job;
use job_schema::multinode::RoleKind;
use job_schema::yaml::Value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::device::{Config, Device};
use super::device_type;
use super::lava;
use super::yaml_text;
use crate::failure::{Class, Failure};

const EMBEDDED_LAB: &str = include_str!("../../../device-types/embedded-lab.yaml");
const EMBEDDED: &str = "sandbox";
/// A Linux bridge has 1024 ports.
const MOST_EMBEDDED: usize = 1000;

/// The devices of a lab.
#[derive(Debug)]
pub struct Inventory {
    /// The lab folder; `None` for the embedded lab.
    folder: Option<PathBuf>,
    /// LAVA's templates, where the lab was imported.
    lava: Option<lava::Folders>,
    entries: Vec<Entry>,
}

/// A file of `devices/` and the names of the devices in it, or why it has none.
pub type DevicesOfFile = (PathBuf, Result<Vec<String>, Failure>);

/// A device before its type is rendered.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `device_type`.
    pub device_type: String,
    /// `tags`.
    pub tags: Vec<String>,
    origin: Origin,
}

/// Where a device's configuration comes from.
#[derive(Debug, Clone, PartialEq)]
enum Origin {
    /// Its type, with these variables.
    Type(IndexMap<String, Value>),
    /// LAVA's device dictionary of its name.
    Dictionary,
    /// Its file, which LAVA has rendered.
    Rendered(Value),
    /// LAVA's template of its type alone: a device that the lab does not have.
    LavaType,
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

impl Entry {
    /// Whether its file is a device that LAVA has rendered.
    pub(crate) fn is_rendered(&self) -> bool {
        matches!(self.origin, Origin::Rendered(_))
    }

    /// Whether the two are devices of one file (`count`), alike but for their names.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        matches!(self.origin, Origin::Type(_))
            && self.origin == other.origin
            && self.device_type == other.device_type
    }
}

#[cfg(test)]
impl Entry {
    pub(crate) fn for_tests(name: &str, device_type: &str, tags: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            device_type: device_type.to_owned(),
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            origin: Origin::Type(IndexMap::new()),
        }
    }
}

impl Inventory {
    /// The lab in `folder`, or the embedded one.
    ///
    /// # Errors
    /// Configuration: the folder or a file in it cannot be read, or says something that no device has.
    pub fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        let (lab, files) = Self::open_each(folder)?;
        match files.into_iter().find_map(|(_, devices)| devices.err()) {
            Some(failure) => Err(failure),
            None => Ok(lab),
        }
    }

    /// The lab with the devices of the files that can be read, and of each file of `devices/` the names of its devices, or
    /// why it has none.
    ///
    /// # Errors
    /// Configuration: the folder, or LAVA's files in it, cannot be read.
    pub fn open_each(folder: Option<&Path>) -> Result<(Self, Vec<DevicesOfFile>), Failure> {
        let mut entries = Vec::new();
        let Some(folder) = folder else {
            read_file(
                "device-types/embedded-lab.yaml",
                EMBEDDED,
                EMBEDDED_LAB,
                None,
                &mut entries,
            )?;
            let lab = Self {
                folder: None,
                lava: None,
                entries,
            };
            return Ok((lab, Vec::new()));
        };
        let lava = lava::Folders::of_lab(folder);
        let mut files = Vec::new();
        for file in device_files(folder, lava.is_some())? {
            let before = entries.len();
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            let shown = file.display().to_string();
            let read = std::fs::read_to_string(&file)
                .map_err(|e| configuration(format!("cannot read {shown}: {e}")))
                .and_then(|text| read_file(&shown, &name, &text, Some(folder), &mut entries));
            let devices = read.map(|()| entries[before..].iter().map(|e| e.name.clone()).collect());
            files.push((file, devices));
        }
        if let Some(lava) = &lava {
            dictionaries(lava, &mut entries)?;
        }
        let lab = Self {
            folder: Some(folder.to_owned()),
            lava,
            entries,
        };
        Ok((lab, files))
    }

    /// The lab for a job. The embedded lab, whose nodes are made for each run, has as many as the job asks for, up to what
    /// one of its networks carries.
    #[must_use]
    pub fn for_job(mut self, job: &Job) -> Self {
        if self.folder.is_some() {
            return self;
        }
        let roles = job.multinode().into_iter().flat_map(|m| m.roles.values());
        let wanted: usize = roles
            .filter(|role| matches!(role.kind, RoleKind::Device { .. }))
            .map(|role| role.count as usize)
            .sum();
        let wanted = wanted.min(MOST_EMBEDDED);
        for number in self.entries.len() + 1..=wanted {
            let name = format!("{EMBEDDED}-{number}");
            self.entries
                .extend(self.entries.first().cloned().map(|e| Entry { name, ..e }));
        }
        self
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
        let (kept, rendered) = match self.rendered(entry, context)? {
            Rendered::Ours(config) => {
                let rendered = yaml_text::of_json(&config);
                (config, rendered)
            }
            Rendered::Lava(device) => (lava::read(&device), device),
        };
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        Ok(Device {
            name: entry.name.clone(),
            device_type: entry.device_type.clone(),
            tags: entry.tags.clone(),
            config: Config::read(kept, rendered, &entry.name, folder)?,
        })
    }

    /// A device's whole configuration for a job, as YAML.
    ///
    /// # Errors
    /// As [`Inventory::render`].
    pub fn show(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<String, Failure> {
        Ok(match self.rendered(entry, context)? {
            Rendered::Ours(config) => yaml_text::write(&yaml_text::of_json(&config)),
            Rendered::Lava(device) => yaml_text::write(&device),
        })
    }

    /// Names of the device types that the lab knows.
    #[must_use]
    pub fn type_names(&self) -> Vec<String> {
        let mut names = device_type::names(self.folder());
        names.extend(self.lava.iter().flat_map(lava::Folders::types));
        names.sort();
        names.dedup();
        names
    }

    /// Whether devices of this type come from LAVA: its templates may read any key of a job's context.
    #[must_use]
    pub fn is_lava_type(&self, name: &str) -> bool {
        self.lava.as_ref().is_some_and(|lava| lava.has_type(name))
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
        let address = IndexMap::from([("host".to_owned(), Value::Str(String::new()))]);
        let origin = if self.is_lava_type(device_type) {
            Origin::LavaType
        } else {
            Origin::Type(IndexMap::from([("ssh".to_owned(), Value::Map(address))]))
        };
        let entry = Entry {
            name: format!("any {device_type}"),
            device_type: device_type.to_owned(),
            tags: Vec::new(),
            origin,
        };
        self.render(&entry, context)
    }

    fn rendered(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<Rendered, Failure> {
        let variables = || lava::scheduled(context, &entry.name, &entry.device_type);
        let text = match (&entry.origin, &self.lava) {
            (Origin::Rendered(device), _) => return Ok(Rendered::Lava(device.clone())),
            (Origin::Dictionary, Some(lava)) => lava::render(lava, &entry.name, &variables()),
            (Origin::LavaType, Some(lava)) => {
                lava::render_type(lava, &entry.device_type, &variables())
            }
            (Origin::Type(own), _) => {
                let of = device_type::load(&entry.device_type, self.folder())?;
                return of.render(&entry.name, own, context).map(Rendered::Ours);
            }
            (Origin::Dictionary | Origin::LavaType, None) => {
                return Err(configuration(format!(
                    "device {}: the lab has no folder `lava`",
                    entry.name
                )));
            }
        };
        let wrong = |why: String| configuration(format!("device {}: {why}", entry.name));
        let text = text.map_err(|e| wrong(e.to_string()))?;
        match job_schema::parse_value(&text) {
            Ok(device @ Value::Map(_)) => Ok(Rendered::Lava(device)),
            Ok(_) => Err(wrong("its templates make no mapping".to_owned())),
            Err(f) => Err(wrong(format!(
                "its templates make no YAML: line {} of the result: {}",
                f.span.line, f.message
            ))),
        }
    }
}

/// A rendered device.
enum Rendered {
    /// In the form of our device types.
    Ours(serde_json::Value),
    /// In LAVA's.
    Lava(Value),
}

/// The files of `devices/`, by name. An imported lab needs none.
fn device_files(folder: &Path, imported: bool) -> Result<Vec<PathBuf>, Failure> {
    let devices = folder.join("devices");
    let listing = match std::fs::read_dir(&devices) {
        Err(_) if imported && !devices.exists() => return Ok(Vec::new()),
        listing => listing.map_err(|e| {
            configuration(format!(
                "cannot read the lab's devices in {}: {e}; a lab folder holds devices/<name>.yaml",
                devices.display()
            ))
        })?,
    };
    let mut files: Vec<PathBuf> = listing
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "yaml" || e == "yml"))
        .collect();
    files.sort();
    Ok(files)
}

/// Adds LAVA's devices; one that has a file of its own under `devices/` is that file's.
fn dictionaries(lava: &lava::Folders, entries: &mut Vec<Entry>) -> Result<(), Failure> {
    for name in lava.dictionaries() {
        if entries.iter().any(|entry| entry.name == name) {
            continue;
        }
        let text = lava
            .read(&format!("{name}.jinja2"))
            .map_err(configuration)?
            .unwrap_or_default();
        entries.push(Entry {
            device_type: lava::device_type_of(&text).unwrap_or_else(|| name.clone()),
            name,
            tags: Vec::new(),
            origin: Origin::Dictionary,
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
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
    let from_lava = lava::is_rendered(&map);
    let whole = from_lava.then(|| Value::Map(map.clone()));
    let named = match map.shift_remove("device_type") {
        None if from_lava => map.shift_remove("devicetype"),
        named => named,
    };
    let device_type = match named {
        Some(Value::Str(named)) if !named.is_empty() || !from_lava => Some(named),
        // LAVA leaves it empty outside of its scheduler.
        _ => from_lava.then(|| name.to_owned()),
    };
    let Some(device_type) = device_type else {
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
    if let Some(whole) = whole {
        entries.push(Entry {
            name: name.to_owned(),
            device_type,
            tags,
            origin: Origin::Rendered(whole),
        });
        return Ok(());
    }
    let known = device_type::load(&device_type, lab)
        .map_err(|f| configuration(format!("{file}: {}", f.message)))?
        .variables;
    check_variables(file, &device_type, &map, &known)?;
    let entry = |name: String| Entry {
        name,
        device_type: device_type.clone(),
        tags: tags.clone(),
        origin: Origin::Type(map.clone()),
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
