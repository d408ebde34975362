//! `deploy: {to: flasher}`: write a board with commands of its own configuration.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;

/// `deploy: {to: flasher}`: write a board with commands of its own configuration.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Flasher {
    /// The files, by the name that the commands of the device use in upper case: `{image: {url: …}}` for `{IMAGE}`.
    pub images: IndexMap<String, Image>,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `true`.
    pub uniquify: Option<bool>,
}

/// A file for the commands of a device.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Fetch it; `false` hands its `url` to the commands as it is. Default `true`.
    pub download: Option<bool>,
}
