//! A lab folder: `devices/*.yaml`, and `device-types/*.yaml` of its own; `lava/` of a lab that came from LAVA.

use std::path::{Path, PathBuf};

use job_schema::Job;
use job_schema::multinode::RoleKind;

pub use super::entry::Entry;

use super::device_type::{self, Library};
use super::entry::Origin;
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

impl Inventory {
    /// The lab in `folder`, or the embedded one, without the files that have no device in them: see
    /// [`Inventory::open_each`].
    ///
    /// # Errors
    /// Configuration: the folder cannot be read.
    pub fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        Self::open_each(folder).map(|(lab, _)| lab)
    }

    /// The lab in `folder`, or the embedded one, with the devices of the files that can be read; and of each file of
    /// `devices/` the names of its devices, or why it has none.
    ///
    /// # Errors
    /// Configuration: the folder cannot be read.
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
            dictionaries(lava, &mut entries);
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

    /// The lab's device types that are not LAVA's.
    #[must_use]
    pub fn types(&self) -> &Library {
        &self.types
    }

    /// LAVA's templates, where the lab was imported.
    pub(super) fn lava(&self) -> Option<&lava::Folders> {
        self.lava.as_ref()
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
}

/// What tells all that is wrong with a lab.
#[must_use]
pub fn advice(folder: Option<&Path>) -> String {
    let folder = folder.unwrap_or(Path::new("DIR"));
    format!(
        "`dispatch lab check {}` tells all that is wrong",
        folder.display()
    )
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

/// Adds LAVA's devices; one that has a file of its own under `devices/` is that file's. Why one cannot be read is told when
/// it is rendered.
fn dictionaries(lava: &lava::Folders, entries: &mut Vec<Entry>) {
    for name in lava.dictionaries() {
        if entries.iter().any(|entry| entry.name == name) {
            continue;
        }
        let text = lava.read(&format!("{name}.jinja2")).ok().flatten();
        let text = text.unwrap_or_default();
        entries.push(Entry {
            device_type: lava::device_type_of(&text).unwrap_or_else(|| name.clone()),
            name,
            tags: Vec::new(),
            origin: Origin::Dictionary,
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
}

pub(super) fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
