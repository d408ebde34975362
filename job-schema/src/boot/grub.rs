//! `boot: {method: grub}` and `grub-efi`: commands typed at a GRUB prompt.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use super::media::SecondaryMedia;
use crate::read::OneOrMany;

/// `boot: {method: grub}` and `grub-efi`: commands typed at a GRUB prompt.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Grub {
    /// The name of a command set of the device, for example `nfs`, or the commands themselves.
    pub commands: OneOrMany,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// A regular expression, or several: booting is done, when there is no shell to wait for.
    pub boot_finished: Option<OneOrMany>,
    /// Power-cycle the machine first. Default `true`.
    pub reset: Option<bool>,
    /// Wait for a shell. Default `true`.
    pub expect_shell: Option<bool>,
    /// Put the commands in a script that is loaded over the network. Default `false`.
    pub use_bootscript: Option<bool>,
    /// Where things are on a disk of the machine.
    #[keys(flatten)]
    #[schemars(skip)]
    pub media: SecondaryMedia,
}
