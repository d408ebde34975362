//! `boot: {method: barebox}`: commands typed at a barebox prompt.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use crate::read::OneOrMany;

/// `boot: {method: barebox}`: commands typed at a barebox prompt.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Barebox {
    /// The name of a command set of the device, for example `ramdisk`, or the commands themselves.
    pub commands: OneOrMany,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
}
