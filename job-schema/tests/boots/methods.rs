//! Every method with the keys that it needs and those that it takes.

/// All that a shell can be told.
const SHELL: &str = "prompts: ['root@'], auto_login: {login_prompt: 'login:', username: root, \
    password_prompt: 'Password:', password: x, login_commands: ['su', '']}, \
    transfer_overlay: {download_command: wget -S, unpack_command: tar -xzf, transfer_method: http}";

/// All that a login can be told.
const LOGIN: &str = "prompts: ['root@'], auto_login: {login_prompt: 'login:', username: root, login_commands: [su]}";

/// What every method has.
pub(crate) const EVERY: &str = "parameters: {bootloader-final-message: a, kernel-start-message: '', shutdown-message: c}, \
    soft_reboot: [reboot -f], ignore_kernel_messages: true";

/// A container.
const DOCKER: &str =
    "local: true, container_name: c, network_from: d, login: {registry: r, user: u, password: p}";

/// Each method: the keys that it needs, and the others that it takes.
pub(crate) const METHODS: &[(&str, &str, &str)] = &[
    (
        "qemu",
        "",
        "connection: serial, media: tmpfs, SHELL, docker: {image: 'debian:trixie', binary: qemu, DOCKER}",
    ),
    ("qemu-nfs", "", "connection: serial, SHELL"),
    ("qemu-iso", "media: img", "LOGIN"),
    ("monitor", "", ""),
    (
        "docker",
        "command: bash",
        "prompts: ['#'], downloads-namespace: a",
    ),
    (
        "nodebooter",
        "command: bash",
        "prompts: ['#'], downloads-namespace: a",
    ),
    ("ssh", "", "prompts: ['#']"),
    (
        "schroot",
        "connection: ssh, schroot: unstable",
        "prompts: ['#']",
    ),
    (
        "minimal",
        "",
        "SHELL, pre_power_command: true, pre_os_command: true, reset: false",
    ),
    ("new_connection", "connection: uart1", "SHELL"),
    (
        "bootloader",
        "bootloader: u-boot",
        "commands: [help], use_bootscript: false, prompts: ['=>'], reset: true, \
        reset_device: true, reset_connection: true",
    ),
    (
        "u-boot",
        "commands: ramdisk",
        "SHELL, reset: true, use_bootscript: true",
    ),
    (
        "grub",
        "commands: [boot]",
        "SHELL, boot_finished: done, reset: true, expect_shell: false, use_bootscript: true",
    ),
    (
        "grub-efi",
        "commands: nfs",
        "SHELL, boot_finished: [a, b], reset: true, expect_shell: true, use_bootscript: true",
    ),
    ("ipxe", "commands: [boot]", "SHELL, use_bootscript: true"),
    ("barebox", "commands: [boot]", "SHELL"),
    (
        "depthcharge",
        "commands: nfs",
        "extra_kernel_args: earlycon, SHELL, use_bootscript: true",
    ),
    ("uefi", "commands: [boot]", "shell_menu: '', LOGIN"),
    (
        "uefi-menu",
        "",
        "commands: fastboot, line_separator: unix, LOGIN",
    ),
    (
        "kexec",
        "boot_message: Booting Linux",
        "SHELL, deploy: true, command: kexec, kernel: k, dtb: d, initrd: i, \
        options: [--reuse-cmdline], kernel-config: /proc/config.gz, on_panic: true",
    ),
    (
        "fastboot",
        "",
        "commands: [oem x], use_bootscript: true, SHELL, docker: {image: 'debian:trixie', DOCKER}",
    ),
    ("recovery", "commands: recovery", ""),
    ("dfu", "", ""),
    (
        "uuu",
        "commands: [{uuu: -b sd boot}]",
        "docker: {image: 'debian:trixie', DOCKER}, skip_uuu_if_bootloader_valid: true",
    ),
    (
        "qdl",
        "firehose_program: p.elf, rawprogram: r.xml",
        "patch: p.xml, path: a, storage: ufs, debug: true, \
        docker: {image: 'debian:trixie', DOCKER}",
    ),
    (
        "fvp",
        "console_string: c, image: /opt/model, arguments: [-a], docker: {name: 'fvp:base'}",
        "use_telnet: false, \
        feedbacks: [f], license_variable: A=1, environment: [B=2], ubl_license: u, version_string: v, SHELL, \
        erpc_app: app, commands: [ls]",
    ),
    (
        "avh",
        "prompts: ['#']",
        "bootargs: {normal: a, restore: b}, docker: {image: 'debian:trixie', DOCKER}, \
        auto_login: {login_prompt: 'login:', username: root}",
    ),
    (
        "jlink",
        "",
        "prompts: [''], commands: ['loadfile {a}'], coretype: M4",
    ),
    ("gdb", "commands: flash", "container: debian"),
    ("openocd", "", ""),
    ("pyocd", "", ""),
    ("cmsis-dap", "", ""),
    ("musca", "", "prompts: [Starting]"),
];

/// A boot block of these keys.
pub(crate) fn block(method: &str, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    let keys = parts
        .join(", ")
        .replace("SHELL", SHELL)
        .replace("LOGIN", LOGIN)
        .replace("DOCKER", DOCKER);
    let comma = if keys.is_empty() { "" } else { ", " };
    format!("{{method: {method}{comma}{keys}}}")
}
