//! The device types that come with `dispatch`: those of the folder `device-types/` of the source.

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../device-types/", $name, ".yaml")))),*]
    };
}

/// Their names and texts.
pub(super) const EMBEDDED: &[(&str, &str)] = embedded![
    "base",
    "base-board",
    "base-uboot",
    "base-grub",
    "base-grub-efi",
    "base-ipxe",
    "base-uefi-menu",
    "base-barebox",
    "base-depthcharge",
    "base-fastboot",
    "ssh",
    "sandbox",
    "qemu",
    "docker",
    "fvp",
    "mustang",
    "beaglebone-black",
    "x86",
    "juno",
    "hikey",
    "db410c",
    "rpi4",
    "imx8mq-evk",
    "stm32mp157c-dk2",
    "frdm-k64f",
];
