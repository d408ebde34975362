//! Moving a lab in: templates of a LAVA server are copied into a lab folder, and each device is tried.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::folder;
use crate::failure::{Class, Failure};
use crate::inventory::{Device, Inventory};

/// What an import did.
#[derive(Debug)]
pub struct Import {
    /// Device types, by name.
    pub types: Vec<(String, Change)>,
    /// Devices, by name.
    pub devices: Vec<Imported>,
}

/// A device that was imported.
#[derive(Debug)]
pub struct Imported {
    /// Its name.
    pub name: String,
    /// What is new about its dictionary.
    pub change: Change,
    /// The device as a job without context sees it, or why there is none: file, line, reason.
    pub device: Result<Device, String>,
    /// A key file that the device logs in with and that the lab does not have.
    pub missing_key: Option<PathBuf>,
}

/// How a file differs from what the lab had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The lab did not have it.
    New,
    /// The lab had another.
    Changed,
    /// The lab had the same.
    Unchanged,
    /// Only the lab has it; it is kept.
    Kept,
    /// It could not be read, and was not copied.
    Unread,
}

impl Change {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Unread => "unread",
        }
    }
}

/// Copies `devices/*.jinja2` and `device-types/*.jinja2` of `from` into `lab`, and before them the device types of
/// `templates`, which those of `from` replace. Then renders every device.
///
/// # Errors
/// Configuration: no device dictionaries there. Infrastructure: a file cannot be written.
/// A file that cannot be read and a device that cannot be rendered are no error of the import; they are told with their names.
pub fn import(from: &Path, templates: Option<&Path>, lab: &Path) -> Result<Import, Failure> {
    let from = configuration_of(from);
    let (dictionaries, unread) = read_all(&from.join("devices"));
    if dictionaries.is_empty() && unread.is_empty() {
        return Err(Failure::new(
            Class::Configuration,
            format!(
                "{} holds no devices/*.jinja2; name the folder of LAVA's configuration that has `devices` and \
                 `device-types`, such as dispatcher-config",
                from.display()
            ),
        ));
    }
    let (mut types, mut lost) = (BTreeMap::new(), BTreeMap::new());
    if let Some(templates) = templates {
        let below = templates.join("device-types");
        (types, lost) = read_all(if below.is_dir() { &below } else { templates });
        if types.is_empty() {
            return Err(Failure::new(
                Class::Configuration,
                format!("{} holds no *.jinja2", templates.display()),
            ));
        }
    }
    let (own, more) = read_all(&from.join("device-types"));
    types.extend(own);
    lost.extend(more);
    lost.retain(|name, _| !types.contains_key(name));
    let mut types = keep(&lab.join("lava/device-types"), &types)?;
    types.extend(lost.into_keys().map(|name| (name, Change::Unread)));
    let dictionaries = keep(&lab.join("lava/devices"), &dictionaries)?;
    let inventory = Inventory::open(Some(lab))?;
    let devices = dictionaries
        .into_iter()
        .filter(|(name, _)| !unread.contains_key(name))
        .map(|(name, change)| imported(&inventory, name, change));
    let unread = unread.iter().map(|(name, why)| Imported {
        name: name.clone(),
        change: Change::Unread,
        device: Err(why.clone()),
        missing_key: None,
    });
    let devices = devices.chain(unread).collect();
    Ok(Import { types, devices })
}

fn imported(inventory: &Inventory, name: String, change: Change) -> Imported {
    let entry = inventory.entries().iter().find(|e| e.name == name);
    let device = match entry {
        Some(entry) => inventory
            .render(entry, &indexmap::IndexMap::new())
            .map_err(|failure| failure.message),
        None => Err("the lab does not list it".to_owned()),
    };
    let missing_key = device.as_ref().ok().and_then(|device| {
        let ssh = device.config.ssh.as_ref()?;
        let key = &ssh.identity_file;
        (!ssh.host.is_empty() && !key.as_os_str().is_empty() && !key.is_file()).then(|| key.clone())
    });
    Imported {
        name,
        change,
        device,
        missing_key,
    }
}

/// `/etc/lava-server` is as good as its `dispatcher-config`.
fn configuration_of(folder: &Path) -> PathBuf {
    let below = folder.join("dispatcher-config");
    if !folder.join("devices").is_dir() && below.join("devices").is_dir() {
        return below;
    }
    folder.to_owned()
}

/// By name: the templates of a folder, and why some cannot be read.
fn read_all(folder: &Path) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (mut texts, mut unread) = (BTreeMap::new(), BTreeMap::new());
    for name in folder::templates(folder) {
        match folder::read_within(folder, &folder.join(format!("{name}.jinja2"))) {
            Ok(text) => texts.insert(name, text),
            Err(why) => unread.insert(name, why),
        };
    }
    (texts, unread)
}

/// Writes the templates into a folder of the lab and says what is new about each; those that only the lab has stay.
fn keep(folder: &Path, files: &BTreeMap<String, String>) -> Result<Vec<(String, Change)>, Failure> {
    let trouble = |path: &Path, e: std::io::Error| {
        Failure::new(
            Class::Infrastructure,
            format!("cannot write {}: {e}", path.display()),
        )
    };
    fs::create_dir_all(folder).map_err(|e| trouble(folder, e))?;
    let mut changes = BTreeMap::new();
    for name in folder::templates(folder) {
        changes.insert(name, Change::Kept);
    }
    for (name, text) in files {
        let path = folder.join(format!("{name}.jinja2"));
        let change = match fs::read_to_string(&path) {
            Ok(old) if old == *text => Change::Unchanged,
            Ok(_) => Change::Changed,
            Err(_) => Change::New,
        };
        if change != Change::Unchanged {
            // Written beside and put in place whole: a run may be reading it.
            tempfile::NamedTempFile::new_in(folder)
                .and_then(|mut file| {
                    file.write_all(text.as_bytes())?;
                    file.persist(&path).map_err(|e| e.error)
                })
                .map_err(|e| trouble(&path, e))?;
        }
        changes.insert(name.clone(), change);
    }
    Ok(changes.into_iter().collect())
}
