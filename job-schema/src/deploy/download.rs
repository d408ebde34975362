//! A file to download, what every deploy method is made of; and `deploy: {to: download}`, which does nothing else.

use std::ops::Deref;

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

pub use super::container::{Docker, DockerOptions, ImageName, Login};
use super::overlays::whole_change;
pub use super::overlays::{Change, ImageFormat, Overlay, OverlayFormat, Overlays};
use crate::read::{Anything, Keys, OrNull, Place, Read, Report};

/// `deploy: {to: download}`: fetch files, and do nothing with them. `to: downloads` can work on them too.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct ToDownload {
    /// The files, by a name of your choice: `{rootfs: {url: …}}`.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Download>,
}

/// A file and where it is.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct File {
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
}

/// A file to download.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = whole)]
pub struct Download {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: File,
    /// What the file is, when `overlays` change it.
    #[keys(soft)]
    pub format: Option<ImageFormat>,
    /// The ext4 image is in Android's sparse form. Default `false`.
    #[keys(soft)]
    pub sparse: Option<bool>,
    /// How to change it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub change: Change,
}

impl Deref for Download {
    type Target = File;
    fn deref(&self) -> &File {
        &self.file
    }
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

fn whole(keys: &mut Keys<'_>, report: &mut Report) {
    let change = ["format", "partition", "sparse", "overlay_backend"];
    whole_change(&change, keys, report);
}

/// Images by name; there is at least one.
pub(crate) fn images<T: Read>(
    place: &Place<'_>,
    report: &mut Report,
) -> Option<IndexMap<String, T>> {
    let images = IndexMap::read(place, report)?;
    if images.is_empty() {
        report.error("J005", place.path(), place.span(), "there is no image");
        return None;
    }
    Some(images)
}
