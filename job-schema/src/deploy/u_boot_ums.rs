//! `deploy: {to: u-boot-ums}`: write a board's storage, which its U-Boot shows as a USB disk.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;
use crate::read::AtLeast;

/// `deploy: {to: u-boot-ums}`: write a board's storage, which its U-Boot shows as a USB disk.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct UBootUms {
    /// The image of the whole storage.
    pub image: Image,
}

/// The image of a storage.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// The partition that gets the overlay of the tests, counted from 0.
    pub root_partition: Option<AtLeast<0>>,
}
