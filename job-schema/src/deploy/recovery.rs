//! `deploy: {to: recovery}`: put a board into its recovery mode and write it with commands of its configuration.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::{Download, images};

/// `deploy: {to: recovery}`: files for commands that write a board in its recovery mode.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Recovery {
    /// The files, by the name that the commands of the device use.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Download>,
}
