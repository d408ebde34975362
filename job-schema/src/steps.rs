//! The names of the steps that a block is made of, in LAVA and here: what limits by name, calls on the bus and results
//! refer to.
//!
//! The table says of a name which blocks alone have such a step. A name that stands in `ANYWHERE` may be a step of
//! several kinds of blocks, or depends on the device.

use std::fmt;

/// Blocks that have a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Where {
    word: &'static str,
    methods: &'static [&'static str],
}

impl Where {
    /// Whether a block of this word and method is one of these. `multinode`: in a job with roles.
    #[must_use]
    pub fn is_in(&self, word: &str, method: Option<&str>, multinode: bool) -> bool {
        let kind = match (word, method) {
            ("test", Some("definitions")) if multinode => Some(WITH_ROLES),
            _ => method,
        };
        self.word == word && kind.is_none_or(|kind| self.methods.contains(&kind))
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = self.methods.join(" or ");
        match self.word {
            "deploy" => write!(f, "`deploy: {{to: {methods}}}`"),
            "boot" => write!(f, "`boot: {{method: {methods}}}`"),
            _ => write!(f, "`test` with {methods}"),
        }
    }
}

/// The blocks that alone have a step of this name; empty: any block may. `None`: no step has the name.
#[must_use]
pub fn find(name: &str) -> Option<&'static [Where]> {
    let holds = |names: &str| names.split(' ').any(|other| other == name);
    if holds(ANYWHERE) {
        return Some(&[]);
    }
    let (place, _) = OWNED.iter().find(|(_, names)| holds(names))?;
    Some(std::slice::from_ref(place))
}

/// All names, each with the blocks that alone have it.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [Where])> {
    let owned = OWNED.iter().flat_map(|(place, names)| {
        let places = std::slice::from_ref(place);
        names.split(' ').map(move |name| (name, places))
    });
    let anywhere = ANYWHERE.split(' ').map(|name| (name, &[] as &[Where]));
    anywhere.chain(owned)
}

/// Test definitions of a multinode job.
const WITH_ROLES: &str = "definitions in a multinode job";

const fn deploy(methods: &'static [&'static str]) -> Where {
    Where {
        word: "deploy",
        methods,
    }
}

const fn boot(methods: &'static [&'static str]) -> Where {
    Where {
        word: "boot",
        methods,
    }
}

const fn test(methods: &'static [&'static str]) -> Where {
    Where {
        word: "test",
        methods,
    }
}

/// Steps of several kinds of blocks, of every job, or that depend on the device.
const ANYWHERE: &str = "adb-overlay-unpack append-overlays apply-overlay-guest apply-overlay-image apply-overlay-sparse-image \
    apply-overlay-tftp auto-login-action bootloader-commands bootloader-commands-altbank \
    bootloader-from-media bootloader-interrupt bootloader-overlay compress-overlay compress-ramdisk \
    configure-preseed-file connect-adb connect-device deploy-device-env detect-fastboot-device \
    disconnect-device download-retry enter-fastboot-action expect-shell-connection export-device-env \
    extract-modules extract-nfsrootfs extract-overlay-ramdisk extract-rootfs fastboot-reboot \
    fastboot-reboot-bootloader fastboot-reboot-fastboot file-download finalize git-repo-action http-download \
    inline-repo-action lava-create-overlay lava-multinode-overlay lava-overlay login-action menu-connect \
    menu-interrupt menu-reset menu-selector mount-device-usbmsd overlay-unpack parse-persistent-nfs \
    pdu-reboot power-off power-on pre-downloaded pre-os-command pre-power-command prepare-fit prepare-kernel \
    prepare-tftp-overlay rclone-download read-feedback reset-connection reset-device scp-download \
    send-reboot-commands ssh-authorize ssh-connection switch-recovery test-definition test-install-overlay \
    test-overlay test-runscript-overlay uboot-enter-fastboot uboot-prepare-kernel uefi-menu-interrupt \
    uefi-menu-selector url-repo-action user-command wait-device-boardid wait-device-path wait-dfu-device \
    wait-fastboot-interrupt wait-qdl-device wait-usb-mass-storage-device wait-usb-serial";

/// Steps that only these blocks have.
const OWNED: &[(Where, &str)] = &[
    (
        deploy(&["avh"]),
        "deploy-avh-retry deploy-avh apply-overlay-avh",
    ),
    (deploy(&["docker"]), "deploy-docker"),
    (deploy(&["download"]), "download-deploy"),
    (
        deploy(&["downloads"]),
        "downloads download-postprocess-docker",
    ),
    (
        deploy(&["fastboot"]),
        "fastboot-deploy fastboot-flash-order-action fastboot-flash-action",
    ),
    (deploy(&["flasher"]), "deploy-flasher-retry deploy-flasher"),
    (deploy(&["fvp"]), "fvp-deploy"),
    (
        deploy(&["iso-installer"]),
        "deploy-iso-installer prepare-empty-image pull-installer-files prepare-qemu-commands",
    ),
    (
        deploy(&["mps"]),
        "mps-deploy deploy-mps-test-binary deploy-mps-reboot-txt",
    ),
    (
        deploy(&["musca"]),
        "musca-deploy unmount-musca-usbmsd wait-musca-path mount-musca-usbmsd \
        deploy-musca-test-binary deploy-musca-automation-file check-musca-flash",
    ),
    (deploy(&["nbd"]), "nbd-deploy xnbd-server-deploy"),
    (
        deploy(&["nfs"]),
        "nfs-deploy deploy-qemu-nfs qemu-nfs-deploy",
    ),
    (deploy(&["qdl"]), "qdl-deploy apply-overlay-qdl"),
    (deploy(&["recovery"]), "deploy-recovery-mode"),
    (deploy(&["ssh"]), "scp-overlay prepare-scp-overlay"),
    (deploy(&["tmpfs"]), "deployimages"),
    (deploy(&["tftp"]), "tftp-deploy"),
    (deploy(&["u-boot-ums"]), "uboot-ums-deploy flash-uboot-ums"),
    (deploy(&["usb", "sd", "sata"]), "storage-deploy dd-image"),
    (deploy(&["usbg-ms"]), "usbg-ms"),
    (deploy(&["uuu"]), "uuu-deploy"),
    (
        deploy(&["vemsd"]),
        "vexpress-fw-deploy-retry vexpress-fw-deploy enter-vexpress-mcc enable-vexpress-usbmsd \
        erase-vexpress-flash",
    ),
    (
        deploy(&["vemsd", "mps"]),
        "mount-vexpress-usbmsd extract-vexpress-recovery-image deploy-vexpress-recovery-image \
        unmount-vexpress-usbmsd",
    ),
    (boot(&["avh"]), "boot-avh call-avh"),
    (boot(&["barebox"]), "barebox-action barebox-retry"),
    (
        boot(&["bootloader"]),
        "boot-bootloader-retry boot-bootloader",
    ),
    (boot(&["cmsis-dap"]), "boot-cmsis-retry flash-cmsis"),
    (
        boot(&["depthcharge"]),
        "depthcharge-overlay depthcharge-action depthcharge-retry depthcharge-start",
    ),
    (boot(&["dfu"]), "boot-dfu-retry enter-dfu flash-dfu"),
    (boot(&["docker"]), "boot-docker docker-run"),
    (
        boot(&["fastboot"]),
        "fastboot-boot-commands fastboot-boot boot-fastboot",
    ),
    (
        boot(&["fvp"]),
        "boot-fvp boot-fvp-main base-fvp-action check-fvp-version run-fvp fvp-serial-connect \
        run-fvp-erpc-app run-fvp-shell-commands",
    ),
    (boot(&["gdb"]), "boot-gdb boot-gdb-retry"),
    (
        boot(&["grub", "grub-efi"]),
        "grub-sequence-action grub-main-action grub-efi-menu-selector installer-wait",
    ),
    (boot(&["ipxe"]), "bootloader-action bootloader-retry"),
    (boot(&["jlink"]), "boot-jlink-image flash-jlink"),
    (boot(&["kexec"]), "kexec-boot call-kexec"),
    (boot(&["minimal"]), "minimal-boot"),
    (boot(&["musca"]), "musca-boot"),
    (
        boot(&["new_connection"]),
        "secondary-shell-action connect-shell",
    ),
    (
        boot(&["nodebooter"]),
        "boot-nodebooter run-nodebooter-container configure-nodebooter",
    ),
    (boot(&["openocd"]), "boot-openocd-image flash-openocd"),
    (boot(&["pyocd"]), "boot-pyocd-image flash-pyocd"),
    (boot(&["qdl"]), "boot-qdl-retry enter-qdl flash-qdl"),
    (
        boot(&["qemu", "qemu-nfs", "monitor"]),
        "boot-image-retry boot-qemu-image execute-qemu",
    ),
    (
        boot(&["qemu-iso"]),
        "boot-installer-iso execute-installer-command monitor-installer-connection \
        reboot-into-installed",
    ),
    (boot(&["recovery"]), "recovery-boot"),
    (boot(&["schroot"]), "schroot-login"),
    (
        boot(&["ssh"]),
        "login-ssh scp-deploy prepare-ssh scp-overlay-unpack",
    ),
    (
        boot(&["u-boot"]),
        "uboot-action uboot-commands uboot-from-media",
    ),
    (
        boot(&["uefi"]),
        "uefi-shell-main-action uefi-shell-menu-interrupt uefi-shell-interrupt \
        uefi-shell-menu-selector",
    ),
    (boot(&["uefi-menu"]), "uefi-menu-action uefi-commands"),
    (
        boot(&["uuu"]),
        "check-serial-availability boot-corrupt-boot-media check-bootloader-valid uuu-boot-retry \
        uuu uuu-boot",
    ),
    (test(&["definitions"]), "lava-test-retry lava-test-shell"),
    (test(&[WITH_ROLES]), "multinode-test"),
    (
        test(&["docker"]),
        "lava-docker-test lava-docker-test-set-environment lava-docker-test-shell \
        lava-multinode-docker-test-shell",
    ),
    (
        test(&["interactive"]),
        "lava-test-interactive-retry lava-test-interactive",
    ),
    (
        test(&["monitors"]),
        "lava-test-monitor-retry lava-test-monitor",
    ),
    (
        test(&["services"]),
        "lava-test-services lava-test-service-retry lava-test-service",
    ),
    (
        test(&["lkp"]),
        "lkp-test lkp-prepare lkp-run lkp-split lkp-case",
    ),
];
