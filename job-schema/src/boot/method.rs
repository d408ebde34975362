//! `method:` of a boot block.

use job_schema_derive::Methods;

use super::{
    avh, barebox, bootloader, depthcharge, docker, fastboot, fvp, gdb, grub, ipxe, jlink, kexec,
    minimal, musca, new_connection, nodebooter, plain, qdl, qemu, qemu_iso, qemu_nfs, recovery,
    schroot, ssh, u_boot, uefi, uefi_menu, uuu,
};

/// `method:` of a boot block.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "method", kind = "a boot method")]
#[schemars(rename_all = "kebab-case")]
pub enum Method {
    /// A virtual machine.
    Qemu(Box<qemu::Qemu>),
    /// A virtual machine whose root file system is served by NFS.
    QemuNfs(Box<qemu_nfs::QemuNfs>),
    /// A virtual machine that an installer has set up.
    QemuIso(Box<qemu_iso::QemuIso>),
    /// A virtual machine whose program prints its results by itself.
    Monitor(plain::Plain),
    /// A container as the node.
    Docker(Box<docker::Docker>),
    /// A machine whose network boot a container serves.
    Nodebooter(Box<nodebooter::Nodebooter>),
    /// A machine that is up and has an SSH server.
    Ssh(Box<ssh::Ssh>),
    /// A change root on a machine that is up.
    Schroot(Box<schroot::Schroot>),
    /// A machine that needs nothing but power to boot.
    Minimal(Box<minimal::Minimal>),
    /// Another console of a machine that is up.
    #[schemars(rename = "new_connection")]
    NewConnection(Box<new_connection::NewConnection>),
    /// The prompt of a boot loader, and no system.
    Bootloader(Box<bootloader::Bootloader>),
    /// U-Boot.
    UBoot(Box<u_boot::UBoot>),
    /// GRUB on a machine with a BIOS.
    Grub(Box<grub::Grub>),
    /// GRUB on a machine with EFI.
    GrubEfi(Box<grub::Grub>),
    /// iPXE, which boots over the network.
    Ipxe(Box<ipxe::Ipxe>),
    /// The barebox boot loader.
    Barebox(Box<barebox::Barebox>),
    /// The boot loader of a Chromebook.
    Depthcharge(Box<depthcharge::Depthcharge>),
    /// The EFI shell.
    Uefi(Box<uefi::Uefi>),
    /// The menu of EFI firmware.
    UefiMenu(Box<uefi_menu::UefiMenu>),
    /// A kernel started by the one that runs.
    Kexec(Box<kexec::Kexec>),
    /// A machine driven by `fastboot` over USB.
    Fastboot(Box<fastboot::Fastboot>),
    /// The recovery mode of a machine: into it or out of it.
    Recovery(Box<recovery::Recovery>),
    /// A board written to over USB by its DFU class, then started.
    Dfu(plain::Plain),
    /// An NXP board written to by `uuu` over USB.
    Uuu(Box<uuu::Uuu>),
    /// A Qualcomm board written to by `qdl` over USB.
    Qdl(Box<qdl::Qdl>),
    /// A model of a machine by Arm, in a container.
    Fvp(Box<fvp::Fvp>),
    /// A virtual board of Arm's cloud service.
    Avh(Box<avh::Avh>),
    /// A microcontroller written to with a J-Link probe.
    Jlink(Box<jlink::Jlink>),
    /// A machine loaded and started by a debugger.
    Gdb(Box<gdb::Gdb>),
    /// A board written to by OpenOCD, then started.
    Openocd(plain::Plain),
    /// A board written to by pyOCD, then started.
    Pyocd(plain::Plain),
    /// A board that shows itself as a USB disk: the image is copied there.
    CmsisDap(plain::Plain),
    /// A Musca board of Arm.
    Musca(Box<musca::Musca>),
}
