//! `boot:`, one file per `method:`.

pub mod avh;
pub mod barebox;
pub mod bootloader;
pub mod depthcharge;
pub mod docker;
pub mod fastboot;
pub mod fvp;
pub mod gdb;
pub mod grub;
pub mod ipxe;
pub mod jlink;
pub mod kexec;
pub mod login;
pub mod media;
pub mod minimal;
pub mod musca;
pub mod new_connection;
pub mod nodebooter;
pub mod plain;
pub mod qdl;
pub mod qemu;
pub mod qemu_iso;
pub mod qemu_nfs;
pub mod recovery;
pub mod schroot;
pub mod ssh;
pub mod u_boot;
pub mod uefi;
pub mod uefi_menu;
pub mod uuu;

mod messages;
mod method;
mod server;
mod shell;
mod transfer;

use schemars::JsonSchema;

use crate::read::{FromKeys, Keys, OneOrMany, Read, Report};

pub use login::{AutoLogin, Login, Prompts, Shell};
pub use messages::Messages;
pub use method::Method;
pub use shell::WaysIn;
pub use transfer::{TransferOverlay, Way};

/// A boot block: starts a system and gets a shell on it.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct Boot {
    /// What the console prints at certain moments.
    #[schemars(default)]
    pub parameters: Messages,
    /// What to type to reboot a machine that has no power control. Default: `reboot`, then `reboot -n`, then
    /// `reboot -nf`.
    pub soft_reboot: Option<OneOrMany>,
    /// Do not look for panics and other trouble in what the kernel prints. Default `false`.
    pub ignore_kernel_messages: Option<bool>,
    /// A regular expression: when it comes instead of a prompt, the boot has failed, for example
    /// `You are in emergency mode`.
    #[schemars(skip)]
    pub failure_message: Option<String>,
    /// How to boot.
    #[schemars(skip)]
    pub method: Method,
}

impl FromKeys for Boot {
    /// `parameters` mean something else to `method: ssh`, which reads them itself.
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let method = Method::from_keys(keys, report);
        let parameters = if keys.knows("parameters") {
            None
        } else {
            keys.read("parameters", report)
        };
        let soft_reboot = keys.read("soft_reboot", report);
        let ignore_kernel_messages = keys.read("ignore_kernel_messages", report);
        let failure_message = keys
            .unlisted("failure_message", report)
            .and_then(|place| report.softly(|report| String::read(&place, report)));
        server::other_keys(keys, report);
        Some(Self {
            parameters: parameters.unwrap_or_default(),
            soft_reboot,
            ignore_kernel_messages,
            failure_message,
            method: method?,
        })
    }
}
