//! `boot: {method: bootloader}`: stop at the prompt of a boot loader.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;

/// `boot: {method: bootloader}`: stops at the prompt of a boot loader and types commands there; no system is started.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Bootloader {
    /// The boot method whose prompt and interrupts the device defines, for example `u-boot`.
    pub bootloader: String,
    /// What to type, one command at a time. Default: nothing.
    pub commands: Option<Vec<String>>,
    /// Put the commands in a script that is loaded over the network. Default `false`.
    pub use_bootscript: Option<bool>,
    /// Regular expressions that the tests wait for, for example `['=>']`.
    pub prompts: Option<Prompts>,
    /// Close the console and open it again first. Default `true`.
    pub reset_connection: Option<bool>,
    /// Power-cycle the machine first. Default `true`.
    pub reset_device: Option<bool>,
    /// An older name of `reset_device`: `false` in either keeps the machine on. Default `true`.
    pub reset: Option<bool>,
}
