//! `boot: {method: ipxe}`: commands typed at an iPXE prompt.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use crate::read::OneOrMany;

/// `boot: {method: ipxe}`: commands typed at an iPXE prompt.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Ipxe {
    /// The name of a command set of the device, for example `ramdisk`, or the commands themselves.
    pub commands: OneOrMany,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Put the commands in a script that iPXE loads over the network. Default `false`.
    pub use_bootscript: Option<bool>,
}
