//! `boot: {method: minimal}`: switch the machine on and wait.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;

/// `boot: {method: minimal}`: switches the machine on and waits; nobody talks to a boot loader.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Minimal {
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Run the device's `pre_power_command` first. Default `false`.
    pub pre_power_command: Option<bool>,
    /// Run the device's `pre_os_command` first. Default `false`.
    pub pre_os_command: Option<bool>,
    /// Power-cycle the machine. Default `true`; `false` leaves it as it is.
    pub reset: Option<bool>,
}
