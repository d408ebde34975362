//! A file to download: what every deploy method is made of.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::OverlayBackend;
use crate::read::{Anything, Integer, Keys, OrNull, Place, Read, Report};

/// A file to download.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = whole_change)]
pub struct Download {
    /// Where it is: `http`, `https`, `file`, `scp`, `rclone`, or `downloads://FILE` for what a `to: downloads` block got.
    pub url: String,
    /// HTTP headers to send, for example `{PRIVATE-TOKEN: …}`.
    pub headers: Option<Anything>,
    /// Decompress it while downloading; the file loses its last suffix. Null: leave it as it is.
    pub compression: Option<OrNull<Compression>>,
    /// Unpack it after downloading.
    pub archive: Option<Archive>,
    /// The MD5 sum that the file must have, in hexadecimal.
    pub md5sum: Option<String>,
    /// The SHA-256 sum that the file must have, in hexadecimal.
    pub sha256sum: Option<String>,
    /// The SHA-512 sum that the file must have, in hexadecimal.
    pub sha512sum: Option<String>,
    /// Whether LAVA may use its cache for this file. Default `true`.
    pub use_cache: Option<bool>,
    /// What the file is, when `overlays` change it.
    #[keys(soft)]
    pub format: Option<ImageFormat>,
    /// The partition to change, counted from 0. Default: the image is one file system.
    #[keys(soft)]
    pub partition: Option<Integer>,
    /// The ext4 image is in Android's sparse form. Default `false`.
    #[keys(soft)]
    pub sparse: Option<bool>,
    /// How the overlay is put into an ext4 image. Default `auto`.
    #[keys(soft)]
    pub overlay_backend: Option<OverlayBackend>,
    /// What to put into the file after downloading: `lava: true` for the overlay of the tests, other names for files.
    #[keys(soft, with = overlays)]
    #[schemars(with = "Option<OverlayList>")]
    pub overlays: Option<Overlays>,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Compression {
    /// bzip2
    Bz2,
    /// gzip
    Gz,
    /// xz
    Xz,
    /// zip; it is not decompressed while downloading
    Zip,
    /// Zstandard
    Zstd,
}

/// How files are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Archive {
    /// tar
    Tar,
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overlays {
    /// `lava: true`: the overlay of the tests.
    pub lava: bool,
    /// More files, by name.
    pub files: IndexMap<String, Overlay>,
}

/// A file to put into another one.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Overlay {
    /// Where it is.
    pub url: String,
    /// HTTP headers to send.
    pub headers: Option<Anything>,
    /// Decompress it while downloading.
    pub compression: Option<OrNull<Compression>>,
    /// Unpack it after downloading.
    pub archive: Option<Archive>,
    /// The MD5 sum that the file must have, in hexadecimal.
    pub md5sum: Option<String>,
    /// The SHA-256 sum that the file must have, in hexadecimal.
    pub sha256sum: Option<String>,
    /// The SHA-512 sum that the file must have, in hexadecimal.
    pub sha512sum: Option<String>,
    /// Whether LAVA may use its cache for this file. Default `true`.
    pub use_cache: Option<bool>,
    /// `file`: put it in as it is; `tar`: unpack it.
    pub format: OverlayFormat,
    /// Where to put it: an absolute path without `..`.
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

fn overlays(place: &Place<'_>, report: &mut Report) -> Option<Overlays> {
    let mut overlays = Overlays::default();
    for (name, place) in place.entries(report)? {
        if *name == "lava" {
            overlays.lava = bool::read(&place, report)?;
        } else {
            let file = Overlay::read(&place, report)?;
            overlays.files.insert(name.value, file);
        }
    }
    Some(overlays)
}

/// For the schema: `lava` and files.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct OverlayList {
    /// Put the overlay of the tests in.
    lava: Option<bool>,
    #[schemars(flatten)]
    files: IndexMap<String, Overlay>,
}

/// A change of the file needs both its format and what to put in.
fn whole_change(keys: &mut Keys<'_>, report: &mut Report) {
    const CHANGE: [&str; 4] = ["format", "partition", "sparse", "overlay_backend"];
    let Some(first) = CHANGE.iter().find_map(|key| keys.peek(key)) else {
        if let Some(overlays) = keys.peek("overlays") {
            lacks("format", &overlays, keys, report);
        }
        return;
    };
    if keys.peek("overlays").is_none() {
        lacks("overlays", &first, keys, report);
    } else if keys.peek("format").is_none() {
        lacks("format", &first, keys, report);
    }
}

fn lacks(key: &str, because: &Place<'_>, keys: &Keys<'_>, report: &mut Report) {
    let message = format!("the key `{key}` is missing: without it the file is not changed");
    report.warning("J003", keys.place.path_of(key), because.span(), message);
}

/// Images by name; there is at least one.
pub(crate) fn images<T: Read>(
    place: &Place<'_>,
    report: &mut Report,
) -> Option<IndexMap<String, T>> {
    let images = IndexMap::read(place, report)?;
    if place.node.as_map().is_some_and(<[_]>::is_empty) {
        report.error("J005", place.path(), place.span(), "there is no image");
    }
    Some(images)
}

/// `docker`: a container to run something in.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Docker {
    /// The name of the image, for example `debian:trixie`.
    #[keys(with = image_name)]
    #[schemars(regex(
        pattern = r"^[a-z0-9]+[a-z0-9._/:-]*[a-z0-9]+(:[a-zA-Z0-9_]+[a-zA-Z0-9._-]*)?$"
    ))]
    pub image: String,
    /// How to use it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub options: DockerOptions,
}

/// How to use a container.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct DockerOptions {
    /// Use the image that is there instead of pulling it. Default `false`.
    pub local: Option<bool>,
    /// What the container is called; `-lava-<job id>` is added.
    pub container_name: Option<String>,
    /// The `container_name` of another container of the job, whose network is used.
    pub network_from: Option<String>,
    /// Log in to the registry first.
    pub login: Option<Login>,
}

/// A login to a container registry.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Login {
    /// The registry, for example `registry.example.com`.
    pub registry: String,
    /// The user's name.
    pub user: String,
    /// The password; put it under `secrets` and name it here.
    pub password: String,
}

/// The name of an image, as LAVA takes it.
pub(crate) fn image_name(place: &Place<'_>, report: &mut Report) -> Option<String> {
    let name = place.str(report)?;
    if !is_image_name(name) {
        let message = format!(
            "`{}` is not the name of a container image",
            name.escape_debug()
        );
        report
            .error("J005", place.path(), place.node.span, message)
            .help("it looks like `debian:trixie` or `registry.example.com/team/image:tag`");
        return None;
    }
    Some(name.to_owned())
}

/// `[a-z0-9]+[a-z0-9._/:-]*[a-z0-9]+(:[a-zA-Z0-9_]+[a-zA-Z0-9._-]*)?`
fn is_image_name(name: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let path = |text: &str| {
        text.len() >= 2
            && text.starts_with(small)
            && text.ends_with(small)
            && text.chars().all(|c| small(c) || "._/:-".contains(c))
    };
    let tag = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    path(name)
        || name
            .rsplit_once(':')
            .is_some_and(|(before, after)| path(before) && tag(after))
}
