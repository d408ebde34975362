//! `deploy: {to: musca}`: copy a binary to the USB disk of an Arm Musca board.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;

/// `deploy: {to: musca}`: copy a binary to the USB disk of an Arm Musca board.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Musca {
    /// The files.
    pub images: Images,
}

/// The files of a Musca board.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Images {
    /// The binary to run, in the form that the board writes to its flash memory (hex).
    pub test_binary: Download,
}
