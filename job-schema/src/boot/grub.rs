//! `boot: {method: grub-efi}`: commands typed at a GRUB prompt.

use crate::read::{Keys, Report};

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

/// Reads the keys of `method: grub-efi`.
pub(crate) fn read(keys: &mut Keys, report: &mut Report) -> Option<Grub> {
    let commands = keys.need("commands", report).and_then(|commands| {
        if commands.node.as_seq().is_some() {
            commands.strings(report).map(Commands::Lines)
        } else {
            commands.string(report).map(Commands::Set)
        }
    });
    keys.ignore(&["reset"]);
    keys.no_effect(&["boot_finished", "expect_shell", "use_bootscript"], report);
    Some(Grub {
        commands: commands?,
    })
}
