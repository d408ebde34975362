//! `boot: {method: uefi-menu}`: entries picked from the firmware's menu.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Login;

/// `boot: {method: uefi-menu}`: entries picked from the firmware's menu.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct UefiMenu {
    /// The name of a set of menu entries of the device, for example `fastboot`.
    pub commands: Option<String>,
    /// How a line ends: `dos` or `unix`. Default: what the device says, else `dos`.
    pub line_separator: Option<String>,
    /// How to log in.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub login: Login,
}
