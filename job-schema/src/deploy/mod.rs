//! `deploy:`, one file per `to:`.

pub mod avh;
pub mod container;
pub mod docker;
pub mod download;
pub mod downloads;
pub mod fastboot;
pub mod flasher;
pub mod fvp;
pub mod iso_installer;
pub mod mps;
pub mod musca;
pub mod nbd;
pub mod nfs;
pub mod overlay;
pub mod overlays;
pub mod qdl;
pub mod recovery;
pub mod ssh;
pub mod tftp;
pub mod tmpfs;
pub mod u_boot_ums;
pub mod usb;
pub mod usbg_ms;
pub mod uuu;
pub mod vemsd;

use job_schema_derive::{Keys, Methods, Word};
use schemars::JsonSchema;

/// A deploy block: puts a system, files or the overlay on a node.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Deploy {
    /// The distribution on the node, for example `debian`: selects helpers and flags of the overlay.
    pub os: Option<String>,
    /// `ssh`: let guests log in to this node with a key made for the job.
    pub authorize: Option<Authorize>,
    /// How the overlay is put into an ext4 image. Default `auto`.
    pub overlay_backend: Option<OverlayBackend>,
    /// Where to deploy to.
    #[keys(flatten)]
    #[schemars(skip)]
    pub to: To,
}

/// `authorize` of a deploy block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Authorize {
    /// Logins by SSH with a key made for the job.
    Ssh,
}

/// How the overlay is put into an ext4 image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum OverlayBackend {
    /// What the dispatcher has.
    Auto,
    /// With `debugfs`: no root rights, no virtual machine.
    E2fsprogs,
    /// With `libguestfs`.
    Guestfs,
}

/// `to:` of a deploy block.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "to", kind = "a deploy method")]
#[schemars(rename_all = "kebab-case")]
pub enum To {
    /// To an Arm Virtual Hardware model: a firmware package.
    Avh(Box<avh::Avh>),
    /// To a container, which is the device under test.
    Docker(Box<docker::Docker>),
    /// To nowhere: files are fetched, and that is all.
    Download(Box<download::ToDownload>),
    /// To a folder of the job: files that later blocks name `downloads://FILE`.
    Downloads(Box<downloads::Downloads>),
    /// To the partitions of an Android board, with `fastboot`.
    Fastboot(Box<fastboot::Fastboot>),
    /// To a board that is written with commands of its own configuration.
    Flasher(Box<flasher::Flasher>),
    /// To an Arm Fixed Virtual Platform, a simulator.
    Fvp(Box<fvp::Fvp>),
    /// To a virtual machine that is installed from an ISO image.
    IsoInstaller(Box<iso_installer::IsoInstaller>),
    /// To the USB disk of an Arm MPS board.
    Mps(Box<mps::Mps>),
    /// To the USB disk of an Arm Musca board.
    Musca(Box<musca::Musca>),
    /// To a boot loader that loads a kernel over the network, with a root file system as a network block device.
    Nbd(Box<nbd::Nbd>),
    /// To a machine or a QEMU whose root file system is served by NFS.
    Nfs(Box<nfs::Nfs>),
    /// To a system that is there: the overlay alone, which it gets while booting.
    Overlay(Box<overlay::Overlay>),
    /// To a Qualcomm board in its emergency download mode.
    Qdl(Box<qdl::Qdl>),
    /// To a board in its recovery mode, with commands of its own configuration.
    Recovery(Box<recovery::Recovery>),
    /// To a SATA disk of a board, from a system that runs on it.
    Sata(Box<usb::Usb>),
    /// To an SD card of a board, from a system that runs on it.
    Sd(Box<usb::Usb>),
    /// To a machine that is up and has an SSH server: the overlay alone.
    Ssh(Box<ssh::Ssh>),
    /// To a boot loader that loads kernel and root file system over the network.
    Tftp(Box<tftp::Tftp>),
    /// To a virtual machine, or to a tool that writes files to a board.
    Tmpfs(Box<tmpfs::Tmpfs>),
    /// To the storage of a board, which its U-Boot shows as a USB disk.
    UBootUms(Box<u_boot_ums::UBootUms>),
    /// To a USB stick in a board, from a system that runs on it.
    Usb(Box<usb::Usb>),
    /// To a USB disk that a board sees and that is an image on another machine.
    UsbgMs(Box<usbg_ms::UsbgMs>),
    /// To an NXP board in its download mode, with `uuu`.
    Uuu(Box<uuu::Uuu>),
    /// To the USB disk of an Arm Versatile Express board.
    Vemsd(Box<vemsd::Vemsd>),
}
