//! `deploy: {to: uuu}`: files for NXP's `uuu`, which writes boards in their download mode.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::download::Download;
use super::usb::with_required;
use crate::read::{AtLeast, Place, Read, Report};

/// `deploy: {to: uuu}`: files for NXP's `uuu`, which writes boards in their download mode.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Uuu {
    /// The files, by the name that the commands of the boot block use: `{boot: {url: …}, system: {url: …}}`.
    pub images: Images,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `true`.
    pub uniquify: Option<bool>,
}

/// The files of `uuu`.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// The boot loader that a board in its download mode starts.
    pub boot: Download,
    /// More files, by name.
    pub others: IndexMap<String, Image>,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Put the overlay of the tests into it. Default `false`.
    #[schemars(rename = "apply-overlay")]
    pub apply_overlay: Option<bool>,
    /// The partition inside the image that gets the overlay, counted from 0.
    pub root_partition: Option<AtLeast<0>>,
}

impl Read for Images {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let (boot, others) = with_required("boot", place, report)?;
        Some(Self { boot, others })
    }
}

impl JsonSchema for Images {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Images".into()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Images").into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        /// The files of `uuu`.
        #[derive(JsonSchema)]
        #[allow(dead_code)]
        struct Images {
            /// The boot loader that a board in its download mode starts.
            boot: Download,
            #[schemars(flatten)]
            others: IndexMap<String, Image>,
        }
        Images::json_schema(generator)
    }
}
