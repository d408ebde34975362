//! The table of context variables: names as LAVA has them, meanings in our words.

/// The variables that LAVA takes and what they set.
pub const VARIABLES: &[(&str, &str)] = &[
    (
        "arch",
        "The processor of the QEMU machine, for example `amd64` or `arm64`. `boot: {method: qemu}` needs it.",
    ),
    (
        "boot_character_delay",
        "Milliseconds between two characters typed at a boot loader.",
    ),
    (
        "boot_console",
        "The console that the kernel is told to use, for example `ttyS0`.",
    ),
    (
        "boot_retry",
        "How many times the device type tries to boot.",
    ),
    (
        "boot_root",
        "The root file system that the kernel is told, for example `/dev/vda1`.",
    ),
    (
        "booti_dtb_addr",
        "Address of the device tree for `booti`, for example `0x83000000`.",
    ),
    ("booti_kernel_addr", "Address of the kernel for `booti`."),
    ("booti_ramdisk_addr", "Address of the ramdisk for `booti`."),
    (
        "bootloader_prompt",
        "The prompt of the boot loader, a regular expression.",
    ),
    ("bootm_dtb_addr", "Address of the device tree for `bootm`."),
    ("bootm_kernel_addr", "Address of the kernel for `bootm`."),
    ("bootm_ramdisk_addr", "Address of the ramdisk for `bootm`."),
    ("bootz_dtb_addr", "Address of the device tree for `bootz`."),
    ("bootz_kernel_addr", "Address of the kernel for `bootz`."),
    ("bootz_ramdisk_addr", "Address of the ramdisk for `bootz`."),
    (
        "console_device",
        "The serial port of the console, for example `ttyAMA0`.",
    ),
    (
        "cpu",
        "The processor model of the QEMU machine, for example `host` or `cortex-a57`.",
    ),
    (
        "custom_kernel_args",
        "Kernel arguments in place of the device type's.",
    ),
    (
        "deploy_character_delay",
        "Milliseconds between two characters typed while deploying.",
    ),
    (
        "extra_kernel_args",
        "Kernel arguments in addition to the device type's, for example `loglevel=7`.",
    ),
    (
        "extra_nfsroot_args",
        "More options for the root file system over NFS, for example `,vers=3`.",
    ),
    (
        "extra_options",
        "More arguments for QEMU: one text or a list of them.",
    ),
    (
        "failure_retry",
        "How many times an action that fails is tried.",
    ),
    (
        "guestfs_driveid",
        "The id of the QEMU drive that holds the overlay.",
    ),
    (
        "guestfs_interface",
        "The interface of that drive, for example `virtio`.",
    ),
    ("guestfs_size", "The size of that drive in MB."),
    (
        "kernel_loglevel",
        "The kernel's log level, for example `7`.",
    ),
    (
        "kernel_start_message",
        "A regular expression: the kernel has started. Empty: do not wait for it.",
    ),
    (
        "lava_test_results_dir",
        "The folder of the overlay on the node; `%s` stands for the job's id.",
    ),
    ("machine", "The QEMU machine, for example `q35` or `virt`."),
    (
        "memory",
        "Memory of the QEMU machine in MB, for example `1024`.",
    ),
    (
        "menu_interrupt_prompt",
        "A regular expression: the boot menu can be interrupted now.",
    ),
    (
        "model",
        "The network card of the QEMU machine, for example `virtio-net-pci`.",
    ),
    (
        "monitor",
        "Where the monitor of the QEMU machine goes, for example `none`.",
    ),
    (
        "mustang_menu_list",
        "The entries of the Mustang's boot menu to choose.",
    ),
    (
        "netdevice",
        "How the QEMU machine is connected: `tap` or `user`.",
    ),
    (
        "no_kvm",
        "`true`: emulate the processor even where KVM is there.",
    ),
    ("no_network", "`true`: no network card."),
    (
        "serial",
        "Where the serial port of the QEMU machine goes, for example `stdio`.",
    ),
    (
        "test_character_delay",
        "Milliseconds between two characters typed at the test shell.",
    ),
    (
        "tftp_mac_address",
        "The hardware address that the boot loader uses for TFTP.",
    ),
    (
        "uboot_altbank",
        "`true`: start the U-Boot of the other flash bank.",
    ),
    (
        "uboot_extra_error_message",
        "One more message of U-Boot that means that the boot failed.",
    ),
    (
        "uboot_needs_interrupt",
        "`false`: U-Boot stops at its prompt by itself.",
    ),
    (
        "vga",
        "The graphics card of the QEMU machine, for example `none`.",
    ),
];
