//! How a boot block gets to a shell, over all methods.

use super::login::{AutoLogin, Login, Prompts, Shell};
use super::transfer::TransferOverlay;
use super::{Boot, Method};

/// What a boot block says about getting a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaysIn<'a> {
    /// `prompts`, regular expressions.
    pub prompts: &'a [String],
    /// `auto_login`.
    pub auto_login: Option<&'a AutoLogin>,
    /// `transfer_overlay`.
    pub transfer_overlay: Option<&'a TransferOverlay>,
}

impl Boot {
    /// What is said about getting a shell; nothing for methods that get none.
    #[must_use]
    pub fn ways_in(&self) -> WaysIn<'_> {
        match &self.method {
            Method::Qemu(qemu) => (&qemu.shell).into(),
            Method::QemuNfs(qemu) => (&qemu.shell).into(),
            Method::QemuIso(qemu) => (&qemu.login).into(),
            Method::Docker(docker) => docker.prompts.as_ref().into(),
            Method::Nodebooter(nodebooter) => nodebooter.prompts.as_ref().into(),
            Method::Ssh(ssh) => WaysIn {
                auto_login: ssh.auto_login.as_ref(),
                ..ssh.prompts.as_ref().into()
            },
            Method::Schroot(schroot) => schroot.prompts.as_ref().into(),
            Method::Minimal(minimal) => (&minimal.shell).into(),
            Method::NewConnection(other) => (&other.shell).into(),
            Method::Bootloader(bootloader) => bootloader.prompts.as_ref().into(),
            Method::UBoot(u_boot) => (&u_boot.shell).into(),
            Method::Grub(grub) | Method::GrubEfi(grub) => (&grub.shell).into(),
            Method::Ipxe(ipxe) => (&ipxe.shell).into(),
            Method::Barebox(barebox) => (&barebox.shell).into(),
            Method::Depthcharge(depthcharge) => (&depthcharge.shell).into(),
            Method::Uefi(uefi) => (&uefi.login).into(),
            Method::UefiMenu(uefi) => (&uefi.login).into(),
            Method::Kexec(kexec) => (&kexec.shell).into(),
            Method::Fastboot(fastboot) => (&fastboot.shell).into(),
            Method::Fvp(fvp) => (&fvp.shell).into(),
            Method::Avh(avh) => WaysIn {
                auto_login: avh.auto_login.as_ref(),
                ..Some(&avh.prompts).into()
            },
            Method::Jlink(jlink) => WaysIn {
                prompts: jlink.prompts.as_deref().unwrap_or_default(),
                ..WaysIn::default()
            },
            Method::Musca(musca) => musca.prompts.as_ref().into(),
            Method::Recovery(_) | Method::Uuu(_) | Method::Qdl(_) | Method::Gdb(_) => {
                WaysIn::default()
            }
            Method::Monitor(_)
            | Method::Dfu(_)
            | Method::Openocd(_)
            | Method::Pyocd(_)
            | Method::CmsisDap(_) => WaysIn::default(),
        }
    }

    /// `prompts`, regular expressions; empty when there are none.
    #[must_use]
    pub fn prompts(&self) -> &[String] {
        self.ways_in().prompts
    }

    /// `auto_login`.
    #[must_use]
    pub fn auto_login(&self) -> Option<&AutoLogin> {
        self.ways_in().auto_login
    }

    /// `transfer_overlay`.
    #[must_use]
    pub fn transfer_overlay(&self) -> Option<&TransferOverlay> {
        self.ways_in().transfer_overlay
    }
}

impl<'a> From<&'a Shell> for WaysIn<'a> {
    fn from(shell: &'a Shell) -> Self {
        Self {
            transfer_overlay: shell.transfer_overlay.as_ref(),
            ..(&shell.login).into()
        }
    }
}

impl<'a> From<&'a Login> for WaysIn<'a> {
    fn from(login: &'a Login) -> Self {
        Self {
            auto_login: login.auto_login.as_ref(),
            ..login.prompts.as_ref().into()
        }
    }
}

impl<'a> From<Option<&'a Prompts>> for WaysIn<'a> {
    fn from(prompts: Option<&'a Prompts>) -> Self {
        Self {
            prompts: prompts.map_or(&[], |prompts| &prompts.0),
            ..Self::default()
        }
    }
}
