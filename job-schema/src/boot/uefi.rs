//! `boot: {method: uefi}`: commands typed at an EFI shell.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Login;
use crate::read::OneOrMany;

/// `boot: {method: uefi}`: commands typed at an EFI shell.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Uefi {
    /// The name of a command set of the device, for example `tftp`, or the commands themselves.
    pub commands: OneOrMany,
    /// The entry of the firmware's menu that starts the shell; empty: there is no menu. Default: what the device says.
    pub shell_menu: Option<String>,
    /// How to log in.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub login: Login,
}
