//! `boot:`, one file per `method:`.

pub mod grub;
pub mod login;
pub mod ssh;

use job_schema_derive::Methods;
use schemars::JsonSchema;

use crate::read::{FromKeys, Keys, OneOrMany, Report};

pub use login::{AutoLogin, Login, Messages, Prompts, Shell, TransferOverlay};

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
    /// How to boot.
    #[schemars(skip)]
    pub method: Method,
}

/// `method:` of a boot block.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "method", kind = "a boot method")]
#[schemars(rename_all = "kebab-case")]
pub enum Method {
    /// GRUB on a machine with a BIOS.
    Grub(Box<grub::Grub>),
    /// GRUB on a machine with EFI.
    GrubEfi(Box<grub::Grub>),
    /// A machine that is up and has an SSH server.
    Ssh(Box<ssh::Ssh>),
}

impl FromKeys for Boot {
    /// `parameters` mean something else to `method: ssh`, which reads them itself.
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let method = Method::from_keys(keys, report);
        let parameters = match method {
            Some(Method::Ssh(_)) => None,
            _ => keys.read("parameters", report),
        };
        let soft_reboot = keys.read("soft_reboot", report);
        let ignore_kernel_messages = keys.read("ignore_kernel_messages", report);
        Some(Self {
            parameters: parameters.unwrap_or_default(),
            soft_reboot,
            ignore_kernel_messages,
            method: method?,
        })
    }
}

impl Boot {
    /// Regular expressions that end the wait for a shell.
    #[must_use]
    pub fn prompts(&self) -> &[String] {
        let prompts = match &self.method {
            Method::Grub(grub) | Method::GrubEfi(grub) => &grub.shell.login.prompts,
            Method::Ssh(ssh) => &ssh.prompts,
        };
        prompts.as_ref().map_or(&[], |prompts| &prompts.0)
    }

    /// Who logs in.
    #[must_use]
    pub fn auto_login(&self) -> Option<&AutoLogin> {
        match &self.method {
            Method::Grub(grub) | Method::GrubEfi(grub) => grub.shell.login.auto_login.as_ref(),
            Method::Ssh(_) => None,
        }
    }
}
