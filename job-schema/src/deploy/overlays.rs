//! What changes a file after its download.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::OverlayBackend;
use super::download::File;
use crate::read::{Integer, Keys, Place, Read, Report};

/// How to change a file after its download; `format` belongs to it.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema, Keys)]
pub struct Change {
    /// The partition to change, counted from 0. Default: the image is one file system.
    #[keys(soft)]
    pub partition: Option<Integer>,
    /// How the overlay is put into an ext4 image. Default `auto`.
    #[keys(soft)]
    pub overlay_backend: Option<OverlayBackend>,
    /// What to put into the file after downloading: `lava: true` for the overlay of the tests, other names for files.
    #[keys(soft)]
    pub overlays: Option<Overlays>,
}

/// What a file is that overlays change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
pub enum ImageFormat {
    /// A ramdisk.
    #[schemars(rename = "cpio.newc")]
    CpioNewc,
    /// A file system image.
    #[schemars(rename = "ext4")]
    Ext4,
    /// An archive.
    #[schemars(rename = "tar")]
    Tar,
}

/// `overlays` of a file.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema)]
pub struct Overlays {
    /// Put the overlay of the tests in. Default `false`.
    #[schemars(default)]
    pub lava: bool,
    /// More files, by name.
    #[schemars(flatten)]
    pub files: IndexMap<String, Overlay>,
}

/// A file to put into another one.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Overlay {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: File,
    /// `file`: put it in as it is; `tar`: unpack it.
    pub format: OverlayFormat,
    /// Where to put it: an absolute path without `..`, for example `/usr/share/data`.
    pub path: String,
}

/// How a file is put into another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum OverlayFormat {
    /// As it is.
    File,
    /// Unpacked.
    Tar,
}

impl Read for Overlays {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut overlays = Self::default();
        let mut whole = true;
        for (name, place) in place.entries(report)? {
            if *name == "lava" {
                match bool::read(&place, report) {
                    Some(lava) => overlays.lava = lava,
                    None => whole = false,
                }
                continue;
            }
            match Overlay::read(&place, report) {
                Some(file) => drop(overlays.files.insert(name.value, file)),
                None => whole = false,
            }
        }
        whole.then_some(overlays)
    }
}

/// A change needs both what the file is and what to put in. `change`: the keys that belong to it.
pub(crate) fn whole_change(change: &[&str], keys: &Keys<'_>, report: &mut Report) {
    match change.iter().find_map(|key| keys.peek(key)) {
        Some(first) if keys.peek("overlays").is_none() => lacks("overlays", &first, keys, report),
        Some(first) if keys.peek("format").is_none() => lacks("format", &first, keys, report),
        Some(_) => {}
        None => {
            if let Some(overlays) = keys.peek("overlays") {
                lacks("format", &overlays, keys, report);
            }
        }
    }
}

/// Without `key` nothing changes, and LAVA's strict schema says so.
pub(crate) fn lacks(key: &str, because: &Place<'_>, keys: &Keys<'_>, report: &mut Report) {
    let message = format!("the key `{key}` is missing: without it the file is not changed");
    report.warning("J003", keys.place.path_of(key), because.span(), message);
}
