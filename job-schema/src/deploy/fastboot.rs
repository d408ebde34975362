//! `deploy: {to: fastboot}`: write partitions of an Android board with `fastboot`.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::container::Docker;
use super::download::{File, images};
use super::overlays::{Change, ImageFormat, whole_change};
use crate::read::{AtLeast, Keys, Report};

/// `deploy: {to: fastboot}`: write partitions of an Android board with `fastboot`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Fastboot {
    /// The images, by the name of the partition: `{boot: {url: …}, rootfs: {url: …}}`.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Image>,
    /// Run `fastboot` in a container.
    pub docker: Option<Docker>,
}

/// An image for a partition.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = whole)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: File,
    /// Put the overlay of the tests into it. Default `false`.
    #[schemars(rename = "apply-overlay")]
    pub apply_overlay: Option<bool>,
    /// The partition inside the image that gets the overlay, counted from 0; only with `sparse: false`.
    pub root_partition: Option<AtLeast<0>>,
    /// The image is in Android's sparse form. Default `true`.
    pub sparse: Option<bool>,
    /// How to restart the board before this image is written. Default: not at all.
    pub reboot: Option<Reboot>,
    /// What the file is, when `overlays` change it.
    #[keys(soft)]
    pub format: Option<ImageFormat>,
    /// How to change it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub change: Change,
}

/// How to restart a board while its partitions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "kebab-case")]
pub enum Reboot {
    /// By its power.
    HardReset,
    /// `fastboot reboot`
    FastbootReboot,
    /// `fastboot reboot bootloader`
    FastbootRebootBootloader,
    /// `fastboot reboot fastboot`
    FastbootRebootFastboot,
}

/// `sparse` means something without a change too.
fn whole(keys: &mut Keys<'_>, report: &mut Report) {
    whole_change(&["format", "partition", "overlay_backend"], keys, report);
}
