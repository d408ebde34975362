//! `boot: {method: grub-efi}`: commands typed at a GRUB prompt.

/// `boot: {method: grub-efi}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grub {
    /// `commands`: the name of a command set of the device, or the commands themselves.
    pub commands: Commands,
}

/// `commands:` of a boot loader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commands {
    /// The name of a set in the device type.
    Set(String),
    /// Lines given in the job.
    Lines(Vec<String>),
}
