//! Blocks that are refused or warned about.

use crate::{parse, told};

/// A block without braces, and its findings in the order of the file.
const ROWS: &[(&str, &[&str])] = &[
    // The method.
    ("method: u_boot, commands: a", &["J041 Error method"]),
    (
        "method: new-connection, connection: a",
        &["J041 Error method"],
    ),
    ("method: 5", &["J004 Error method"]),
    ("prompts: [a]", &["J003 Error method"]),
    // Words.
    ("method: qemu, media: img", &["J005 Error media"]),
    ("method: qemu-iso, media: tmpfs", &["J005 Error media"]),
    (
        "method: schroot, connection: serial, schroot: a",
        &["J005 Error connection"],
    ),
    (
        "method: recovery, commands: [exit]",
        &["J004 Error commands"],
    ),
    (
        "method: recovery, commands: enter",
        &["J005 Error commands"],
    ),
    // Kinds.
    (
        "method: u-boot, commands: [a, 5]",
        &["J004 Error commands[1]"],
    ),
    (
        "method: bootloader, bootloader: grub, commands: a",
        &["J004 Error commands"],
    ),
    ("method: gdb, commands: [a]", &["J004 Error commands"]),
    ("method: uefi-menu, commands: [a]", &["J004 Error commands"]),
    ("method: uuu, commands: [a]", &["J004 Error commands[0]"]),
    (
        "method: uuu, commands: [{a: 5}]",
        &["J004 Error commands[0].a"],
    ),
    ("method: jlink, prompts: a", &["J004 Error prompts"]),
    ("method: minimal, reset: 'yes'", &["J004 Error reset"]),
    ("method: avh, prompts: ['']", &["J005 Error prompts[0]"]),
    ("method: musca, prompts: a", &["J017 Warning prompts"]),
    // Containers.
    (
        "method: qemu, docker: {image: Debian}",
        &["J005 Error docker.image"],
    ),
    (
        "method: qemu, docker: {image: debian, name: a}",
        &["J006 Warning docker.name"],
    ),
    (
        "method: qdl, firehose_program: a, rawprogram: b, docker: {name: debian}",
        &["J003 Error docker.image", "J006 Warning docker.name"],
    ),
    (
        "method: fvp, console_string: c, image: i, arguments: [], docker: {image: debian}",
        &["J003 Error docker.name", "J006 Warning docker.image"],
    ),
    // Keys that other methods have.
    (
        "method: grub, commands: a, kernel-config: a",
        &["J006 Warning kernel-config"],
    ),
    (
        "method: uefi, commands: a, transfer_overlay: {}",
        &["J006 Warning transfer_overlay"],
    ),
    ("method: monitor, prompts: [a]", &["J006 Warning prompts"]),
    (
        "method: ipxe, commands: a, kernel: a",
        &["J006 Warning kernel"],
    ),
    ("method: qemu, comands: a", &["J006 Warning comands"]),
    ("method: u-boot, comands: a", &["J003 Error commands"]),
    // Keys that the server looks at whatever the method.
    ("method: qemu, commands: a", &["J006 Warning commands"]),
    ("method: qemu, commands: {}", &["J004 Error commands"]),
    (
        "method: dfu, auto_login: {login_prompt: a, username: b}",
        &["J006 Warning auto_login"],
    ),
    (
        "method: dfu, auto_login: {login_prompt: a, username: b, x: c}",
        &["J006 Warning auto_login", "J006 Error auto_login.x"],
    ),
    (
        "method: dfu, auto_login: {login_prompt: a, username: b, login_commands: a}",
        &[
            "J006 Warning auto_login",
            "J004 Error auto_login.login_commands",
        ],
    ),
    (
        "method: dfu, parameters: {a: true, b: 5}",
        &["J006 Warning parameters.a", "J004 Error parameters.b"],
    ),
    (
        "method: dfu, parameters: {shutdown-message: true}",
        &["J004 Error parameters.shutdown-message"],
    ),
    (
        "method: ssh, parameters: {hostID: 5, shutdown-message: a}",
        &[
            "J004 Error parameters.hostID",
            "J006 Warning parameters.shutdown-message",
        ],
    ),
    // Keys that only the dispatcher knows.
    (
        "method: nodebooter, command: a, docker: {image: 5}",
        &["J006 Warning docker", "J004 Warning docker.image"],
    ),
    (
        "method: grub, commands: a, boot_part: []",
        &["J004 Warning boot_part", "J006 Warning boot_part"],
    ),
    (
        "method: ssh, connection: serial",
        &["J006 Warning connection", "J005 Warning connection"],
    ),
    // Logging in and the overlay.
    (
        "method: qemu, auto_login: {login_prompt: '', username: a}",
        &["J005 Error auto_login.login_prompt"],
    ),
    (
        "method: qemu, auto_login: {login_prompt: a, username: a, password: b}",
        &["J003 Warning auto_login.password"],
    ),
    (
        "method: qemu, auto_login: {login_prompt: a, username: a, login_commands: [a, '']}",
        &["J005 Error auto_login.login_commands[1]"],
    ),
    (
        "method: qemu, transfer_overlay: {unpack_command: a}",
        &["J003 Error transfer_overlay.download_command"],
    ),
    (
        "method: qemu, transfer_overlay: {unpack_command: a, download_command: 5}",
        &["J004 Error transfer_overlay.download_command"],
    ),
    (
        "method: qemu, transfer_overlay: {unpack_command: a, download_command: 5, transfer_method: zmodem}",
        &["J004 Warning transfer_overlay.download_command"],
    ),
    (
        "method: qemu, transfer_overlay: {unpack_command: a, download_command: b, transfer_method: ftp}",
        &["J005 Error transfer_overlay.transfer_method"],
    ),
];

#[test]
fn rows() {
    for (block, expected) in ROWS {
        let parsed = parse(&format!("{{{block}}}"));
        assert_eq!(told(&parsed.findings), *expected, "{block}");
        let error = expected.iter().any(|told| told.contains("Error"));
        assert_eq!(parsed.job.is_none(), error, "{block}");
    }
}

#[test]
fn a_misspelt_key_is_put_right() {
    let parsed = parse("{method: kexec, boot_mesage: a}");
    let [finding] = parsed.findings.as_slice() else {
        panic!("{:?}", parsed.findings);
    };
    assert_eq!(
        finding.help.as_deref(),
        Some("did you mean `boot_message`?")
    );
}
