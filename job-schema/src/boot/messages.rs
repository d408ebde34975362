//! `parameters` of a boot block: what the console prints at certain moments.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::server;
use crate::read::{Keys, Report};

/// `parameters` of a boot block: what the console prints at certain moments.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
#[keys(check = plain_values)]
pub struct Messages {
    /// A regular expression: the boot loader hands over to the kernel.
    #[schemars(rename = "bootloader-final-message")]
    pub bootloader_final: Option<String>,
    /// A regular expression: the kernel has started. Default `Linux version [0-9]`; empty: do not wait for it.
    #[schemars(rename = "kernel-start-message")]
    pub kernel_start: Option<String>,
    /// A regular expression: the system goes down. Default `The system is going down for reboot NOW`.
    #[schemars(rename = "shutdown-message")]
    pub shutdown: Option<String>,
}

fn plain_values(keys: &mut Keys<'_>, report: &mut Report) {
    const TYPED: [&str; 3] = [
        "bootloader-final-message",
        "kernel-start-message",
        "shutdown-message",
    ];
    server::parameters(&TYPED, keys, report);
}
