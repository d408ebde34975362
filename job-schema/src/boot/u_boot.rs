//! `boot: {method: u-boot}`: commands typed at a U-Boot prompt.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use super::media::SecondaryMedia;
use crate::deploy::tftp::KernelType;
use crate::read::OneOrMany;

/// `boot: {method: u-boot}`: commands typed at a U-Boot prompt.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct UBoot {
    /// The name of a command set of the device, for example `ramdisk`, or the commands themselves.
    pub commands: OneOrMany,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Power-cycle the machine first. Default `true`.
    pub reset: Option<bool>,
    /// Put the commands in a script that is loaded over the network. Default `false`.
    pub use_bootscript: Option<bool>,
    /// Where things are on a disk of the machine.
    #[keys(flatten)]
    #[schemars(skip)]
    pub media: SecondaryMedia,
    /// What U-Boot boots the kernel on the disk as.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub kernel_type: Option<KernelType>,
}
