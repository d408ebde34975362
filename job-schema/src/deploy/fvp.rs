//! `deploy: {to: fvp}`: files for an Arm Fixed Virtual Platform.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::{Download, images};
use super::tftp::Header;

/// `deploy: {to: fvp}`: files for an Arm Fixed Virtual Platform, a simulator that runs in a container.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Fvp {
    /// The files, by the name that the arguments of the boot block use: `{disk: {url: …}}` for `{DISK}`.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Download>,
    /// How the overlay of the tests gets into the ramdisk, the image called `ramdisk`.
    pub ramdisk: Option<Ramdisk>,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `true`.
    pub uniquify: Option<bool>,
    /// `disk`: every image with `overlays` must say its `partition`.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub format: Option<String>,
}

/// What is known about the ramdisk among the images.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Ramdisk {
    /// Put the overlay of the tests in. Default `true`.
    pub install_overlay: Option<bool>,
    /// How the ramdisk is compressed, for example `gz`.
    pub compression: Option<String>,
    /// Whether the file has U-Boot's header, which is taken off and put on again.
    pub header: Option<Header>,
}
