//! `boot: {method: depthcharge}`: the boot loader of a Chromebook.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use crate::read::OneOrMany;

/// `boot: {method: depthcharge}`: the boot loader of a Chromebook, over the network.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Depthcharge {
    /// The name of a command set of the device, for example `nfs`.
    pub commands: OneOrMany,
    /// Words to add to the kernel's command line, for example `earlycon initcall_debug`.
    pub extra_kernel_args: Option<String>,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Put the commands in a script that is loaded over the network. Default `false`.
    pub use_bootscript: Option<bool>,
}
