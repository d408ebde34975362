//! What is wrong with the files of a lab: devices, device types, and devices that came from LAVA.
//!
//! In: a lab folder. Out: its files, each with findings in its order, and the devices that could be rendered. A file is
//! looked at by itself first; then each device is rendered as a job without context sees it and held against what its
//! deploy and boot methods ask for ([`wants`]); what is wrong there is told where the value is written ([`places`]).

mod chain;
mod device_file;
mod file;
mod messages;
mod places;
mod type_file;
mod wants;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::{Finding, Severity, Span};

pub use file::File;
pub use places::Written;

use crate::failure::Failure;
use crate::inventory::lab::Entry;
use crate::inventory::{Device, Inventory};
use file::Files;
use places::Places;
use wants::Trouble;

/// A lab that was looked at.
#[derive(Debug)]
pub struct Checked {
    /// Its files, with what is wrong in them.
    pub files: Vec<File>,
    /// The lab itself.
    pub inventory: Inventory,
    /// The devices that could be rendered, in the order of their names.
    pub devices: Vec<Found>,
    /// The devices that could not.
    pub broken: Vec<String>,
}

/// A device that could be rendered.
#[derive(Debug)]
pub struct Found {
    /// The device, as a job without context sees it.
    pub device: Device,
    /// Where its values are written.
    pub written: Arc<Written>,
}

/// Checks the lab in a folder.
///
/// # Errors
/// Configuration: the folder cannot be read. What is wrong with files is a finding.
pub fn check(folder: &Path) -> Result<Checked, Failure> {
    let (inventory, read) = Inventory::open_each(Some(folder))?;
    let mut files = Files::read(folder, read.iter().map(|(path, _)| path.as_path()));
    type_file::check_all(&mut files, folder, &inventory);
    let mut owners: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (path, devices) in read {
        device_file::check(&mut files, &path, &inventory);
        match devices {
            Ok(names) => {
                for name in names {
                    device_file::claim(&mut files, &mut owners, &name, &path);
                }
            }
            Err(failure) => device_file::refused(&mut files, &path, folder, &failure),
        }
    }
    let (mut devices, mut broken) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let mut before: Option<&Entry> = None;
    let mut found = None;
    for entry in inventory.entries() {
        if !seen.insert(&entry.name) {
            continue;
        }
        // Devices of one file stand beside each other, and are alike.
        let alike = before.is_some_and(|other| entry.is_like(other));
        before = Some(entry);
        if !alike {
            let places = Places::of(entry, owners.get(&entry.name), folder, &files);
            found = one(entry, &inventory, &places, &mut files);
        }
        match &found {
            Some((device, written)) => devices.push(Found {
                device: Device {
                    name: entry.name.clone(),
                    ..device.clone()
                },
                written: Arc::clone(written),
            }),
            None => broken.push(entry.name.clone()),
        }
    }
    type_file::fill_in(&mut files, folder, &inventory);
    Ok(Checked {
        files: files.in_order(),
        inventory,
        devices,
        broken,
    })
}

/// Renders a device and says what is wrong with it.
fn one(
    entry: &Entry,
    inventory: &Inventory,
    places: &Places,
    files: &mut Files,
) -> Option<(Device, Arc<Written>)> {
    let context = IndexMap::new();
    let rendered = match inventory.show(entry, &context) {
        Ok((rendered, _)) => rendered,
        Err(failure) => {
            places.unrendered(&failure, &entry.name, files);
            return None;
        }
    };
    let folder = inventory.folder().unwrap_or(Path::new(""));
    for trouble in wants::check(&rendered, folder, entry.is_by_lava()) {
        tell(&trouble, places, files);
    }
    let device = match inventory.render(entry, &context) {
        Ok(device) => device,
        Err(failure) => {
            // A value of the wrong kind has been told with its place.
            if !places.has_errors(files) {
                places.unrendered(&failure, &entry.name, files);
            }
            return None;
        }
    };
    Some((device, Arc::new(places.written(&rendered, files))))
}

fn tell(trouble: &Trouble, places: &Places, files: &mut Files) {
    let path: Vec<&str> = trouble.path.iter().map(String::as_str).collect();
    let (at, span) = places.find(&path, files);
    let mut finding = finding_of(trouble, span);
    if finding.help.is_none() {
        finding.help(places.advice(&path, files));
    }
    files.add(at, finding);
}

fn finding_of(trouble: &Trouble, span: Span) -> Finding {
    let mut finding = finding(trouble.code, trouble.severity, span, &trouble.message);
    finding.path = trouble.path.join(".");
    if let Some(help) = &trouble.help {
        finding.help(help.clone());
    }
    finding
}

fn finding(code: &'static str, severity: Severity, span: Span, message: &str) -> Finding {
    Finding::new(code, severity, "", span, message)
}

#[cfg(test)]
mod tests;
