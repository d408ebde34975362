//! A lab folder: `devices/*.yaml`, and `device-types/*.yaml` of its own; `lava/` of a lab that came from LAVA.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::Job;
use job_schema::multinode::RoleKind;
use job_schema::yaml::Value;

use super::device::{Config, Device};
use super::device_type::{self, Library, Own, Refusal};
use super::{device_file, file, lava};
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
    types: Library,
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
    pub(super) origin: Origin,
}

/// Where a device's configuration comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// Its type, with these variables.
    Type(Arc<Own>),
    /// LAVA's device dictionary of its name.
    Dictionary,
    /// Its file, which LAVA has rendered.
    Rendered(Value),
    /// LAVA's template of its type alone: a device that the lab does not have.
    LavaType,
}

impl Entry {
    /// Whether its file is a device that LAVA has rendered.
    pub(crate) fn is_rendered(&self) -> bool {
        matches!(self.origin, Origin::Rendered(_))
    }

    /// Whether the two are devices of one file (`count`), alike but for their names.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (&self.origin, &other.origin) {
            (Origin::Type(one), Origin::Type(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

#[cfg(test)]
impl Entry {
    pub(crate) fn for_tests(name: &str, device_type: &str, tags: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            device_type: device_type.to_owned(),
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            origin: Origin::Type(Arc::default()),
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
        let types = Library::new(folder);
        let Some(folder) = folder else {
            let file = "device-types/embedded-lab.yaml";
            let lab = Self {
                folder: None,
                lava: None,
                entries: device_file::read(file, EMBEDDED, EMBEDDED_LAB, &types)?,
                types,
            };
            return Ok((lab, Vec::new()));
        };
        let lava = lava::Folders::of_lab(folder);
        let mut entries = Vec::new();
        let mut files = Vec::new();
        for path in device_files(folder, lava.is_some())? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let shown = path.display().to_string();
            let read =
                file::read(&path).and_then(|text| device_file::read(&shown, &name, &text, &types));
            let devices = read.map(|read| {
                let names = read.iter().map(|entry| entry.name.clone()).collect();
                entries.extend(read);
                names
            });
            files.push((path, devices));
        }
        if let Some(lava) = &lava {
            dictionaries(lava, &mut entries)?;
        }
        let lab = Self {
            folder: Some(folder.to_owned()),
            lava,
            entries,
            types,
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

    /// A device by its file, wherever that is; device types are the lab's.
    ///
    /// # Errors
    /// Configuration: the file cannot be read, or is no device.
    pub fn read_device(&self, path: &Path) -> Result<Entry, Failure> {
        let shown = path.display().to_string();
        let text = file::read_any(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let entries = device_file::read(&shown, &name, &text, &self.types)?;
        let first = entries.into_iter().next();
        first.ok_or_else(|| configuration(format!("{shown}: there is no device in it")))
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
            Rendered::Ours(device) => {
                let kept = serde_json::to_value(&device);
                let wrong = |e| configuration(format!("device {}: {e}", entry.name));
                (kept.map_err(wrong)?, device)
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

    /// A device's whole configuration for a job, and where each of its values is written. LAVA's templates make text of which
    /// nobody knows where it came from.
    ///
    /// # Errors
    /// As [`Inventory::render`].
    pub fn show(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<(Value, Vec<device_type::Origin>), Failure> {
        if let Origin::Type(own) = &entry.origin {
            let of = self.types.get(&entry.device_type)?;
            return of.render_with_origins(&entry.name, own, context);
        }
        Ok(match self.rendered(entry, context)? {
            Rendered::Ours(device) | Rendered::Lava(device) => (device, Vec::new()),
        })
    }

    /// The keys of a job's `context` that have no effect on a device type, and why. Devices of LAVA may read any.
    #[must_use]
    pub fn without_effect<'c>(
        &self,
        device_type: &str,
        context: impl Iterator<Item = &'c str>,
    ) -> Vec<(&'c str, Refusal)> {
        if self.is_lava_type(device_type) {
            return Vec::new();
        }
        let Ok(of) = self.types.get(device_type) else {
            return Vec::new();
        };
        let refused = |key| Some((key, of.allows(key).err()?));
        context.filter_map(refused).collect()
    }

    /// What to tell about keys of a job's `context` that have no effect, each once.
    #[must_use]
    pub fn told_of_context(&self, job: &Job) -> Vec<String> {
        let own = job.device_type.iter().map(|of| (of, &job.context));
        let roles = job.multinode().into_iter().flat_map(|m| m.roles.values());
        let roles = roles.filter_map(|role| match &role.kind {
            RoleKind::Device { device_type, .. } => Some((device_type, &role.context)),
            RoleKind::Guest { .. } | RoleKind::Part => None,
        });
        let mut told = Vec::new();
        for (of, context) in own.chain(roles) {
            let without = self.without_effect(of, context.keys().map(String::as_str));
            let words = without.into_iter().map(|(key, why)| why.words(of, key));
            told.extend(words);
        }
        told.sort();
        told.dedup();
        told
    }

    /// The lab's device types that are not LAVA's.
    #[must_use]
    pub fn types(&self) -> &Library {
        &self.types
    }

    /// Names of the device types that the lab knows.
    #[must_use]
    pub fn type_names(&self) -> Vec<String> {
        let mut names = device_type::names(self.folder());
        names.retain(|name| !device_type::is_base(name));
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
        let origin = if self.is_lava_type(device_type) {
            Origin::LavaType
        } else {
            Origin::Type(Arc::new(Own {
                imagined: true,
                ..Own::default()
            }))
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
                let of = self.types.get(&entry.device_type)?;
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
    Ours(Value),
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

pub(super) fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
