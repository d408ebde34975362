//! `command:`: a command of the device, run on the dispatcher.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use crate::yaml::Spanned;

/// `command`: runs a command that the device defines, on the machine where `dispatch` runs.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Command {
    /// `power_on`, `power_off`, `hard_reset`, `pre_power_command`, `pre_os_command`, `recovery_mode`, `recovery_exit`,
    /// or a name under `commands: users` of the device.
    pub name: Spanned<String>,
}
