//! Labs with something wrong in them, and what is said.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use job_schema::Severity;

use super::check;

/// What is said about a lab of these files, one finding a line.
fn said(files: &[(&str, &str)]) -> String {
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("devices")).unwrap();
    for (name, text) in files {
        let path = lab.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    lines(lab.path())
}

fn lines(lab: &Path) -> String {
    let folder = format!("{}/", lab.display());
    let mut lines = String::new();
    for file in check(lab).unwrap().files {
        for finding in &file.findings {
            let at = finding.span;
            let severity = match finding.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
            };
            let place = &file.text[at.start..at.end];
            let help = finding.help.as_deref().unwrap_or_default();
            let _ = writeln!(
                lines,
                "{}:{}:{} {} {severity} [{place}] {} / {help}",
                file.name, at.line, at.column, finding.code, finding.message
            );
        }
    }
    lines.replace(&folder, "")
}

/// A machine with nothing wrong.
const GOOD: (&str, &str) = (
    "devices/good.yaml",
    "device_type: ssh\nssh: {host: 192.0.2.1, agent: true}\n",
);

#[test]
fn a_good_lab_has_no_findings() {
    let board = "device_type: beaglebone-black\nconnect: telnet c 7001\nhard_reset: pdu 1\npower_off: [pdu off 1]\n";
    let counted = "device_type: sandbox\ncount: 3\ntags: [a, 1]\n";
    let files = [GOOD, ("devices/b.yaml", board), ("devices/s.yml", counted)];
    insta::assert_snapshot!(said(&files), @"");
}

#[test]
fn files_are_looked_at_by_themselves() {
    let cases = [
        ("devices/a-not-yaml.yaml", "device_type: [ssh\n"),
        ("devices/b-list.yaml", "- ssh\n"),
        ("devices/c-empty.yaml", ""),
        ("devices/d-slip.yaml", "devicetype: ssh\nssh: {}\n"),
        ("devices/e-number.yaml", "device_type: 7\n"),
        ("devices/f-type.yaml", "device_type: beaglebone-blak\n"),
        (
            "devices/g-keys.yaml",
            "device_type: ssh\nssh: {host: h, agent: true, prot: 22}\ntag: [a]\ncount: 0\ntags: [[a], b]\n",
        ),
        ("devices/h-kind.yaml", "device_type: ssh\nssh: host\n"),
        (
            "devices/i-twice-1.yaml",
            "device_type: ssh\nssh: {host: h, agent: true}\n",
        ),
        (
            "devices/i-twice.yaml",
            "device_type: ssh\ncount: 2\nssh: {host: h, agent: true}\n",
        ),
        (
            "devices/j-key.yaml",
            "device_type: ssh\nssh: {host: h, agent: true}\nssh: {host: i, agent: true}\n",
        ),
    ];
    insta::assert_snapshot!(said(&cases));
}

#[test]
fn device_types_are_looked_at_by_themselves() {
    let cases = [
        GOOD,
        ("devices/ringed.yaml", "device_type: ring-a\n"),
        ("devices/unfilled.yaml", "device_type: unfilled\n"),
        ("device-types/list.yaml", "- a\n"),
        ("device-types/lists.yaml", "extends: [base, ssh]\n"),
        ("device-types/lost.yaml", "extends: base-ubot\n"),
        (
            "device-types/open.yaml",
            "extends: base\nenvironment: {A: '{{#if a}}', B: '{{a'}\n",
        ),
        ("device-types/ring-a.yaml", "extends: ring-b\n"),
        ("device-types/ring-b.yaml", "extends: ring-a\n"),
        (
            "device-types/unfilled.yaml",
            "extends: base\nenvironment:\n  RACK: '{{rack}}'\n",
        ),
        (
            "device-types/unread.yaml",
            "extends: base\nvariables: {rack: []}\n",
        ),
        ("device-types/z-child.yaml", "extends: unread\n"),
    ];
    insta::assert_snapshot!(said(&cases));
}

#[test]
fn what_is_wrong_is_told_where_it_is_written() {
    let cases = [
        (
            "devices/a-board.yaml",
            "device_type: my-board\nhard_reset: pdu 1\n",
        ),
        (
            "devices/b-board.yaml",
            "device_type: my-board\nconnect: [telnet, c]\nhard_reset: pdu 2\nprompt: '=>('\n",
        ),
        (
            "device-types/my-board.yaml",
            "extends: base-board\nvariables: {prompt: {about: The prompt, default: '=>'}}\n\
             timeouts:\n  actions:\n    my-step: {mins: 3}\n    other: soon\n\
             actions:\n  deploy: {methods: {tftp: {}}}\n  boot:\n    connections: {serial: {}}\n    methods:\n      \
             u-boot:\n        parameters: {bootloader_prompt: '{{prompt}}', interrupt_prompt: Hit}\n        \
             ramdisk: {commands: ['tftp {KERNEL_ADR} {DTB_ADDR}', 7]}\n        nfs: {commands: []}\n",
        ),
    ];
    insta::assert_snapshot!(said(&cases));
}

#[test]
fn rendered_devices_are_held_against_their_methods() {
    let board = |commands: &str, connections: &str, boot: &str| {
        format!(
            "devicetype: board\ncommands:\n{commands}actions:\n  deploy: {{methods: {{tftp: }}}}\n  boot:\n    \
             connections: {connections}\n    methods: {boot}\n"
        )
    };
    let serial = "{serial: }";
    let reset = "  hard_reset: pdu\n";
    let several = "  hard_reset: pdu\n  connections:\n    a: {connect: telnet a 1, tags: [primary]}\n    \
                   b: {connect: telnet b 1, tags: [primary]}\n    c: {tags: [x]}\n";
    let cases: Vec<(&str, String)> = vec![
        (
            "devices/a-error.yaml",
            board(reset, serial, "{minimal: , ssh: }"),
        ),
        (
            "devices/b-warning.yaml",
            board(reset, serial, "{minimal: , kexec: }"),
        ),
        (
            "devices/c-several.yaml",
            board(several, serial, "{minimal: }"),
        ),
        (
            "devices/d-none.yaml",
            board(
                "  hard_reset: pdu\n  connections: {a: {connect: telnet a 1}}\n",
                serial,
                "{minimal: }",
            ),
        ),
        (
            "devices/e-must.yaml",
            board(
                "  hard_reset: pdu\n  connect: telnet a 1\n  must_use_connection: true\n",
                serial,
                "{minimal: }",
            ),
        ),
        (
            "devices/f-serial.yaml",
            board(
                "  hard_reset: pdu\n  connect: telnet a 1\n",
                "",
                "{minimal: }",
            ),
        ),
        (
            "devices/g-off.yaml",
            board(
                "  connect: telnet a 1\n  power_off: pdu off\n",
                serial,
                "{minimal: }",
            ),
        ),
        (
            "devices/h-on.yaml",
            board(
                "  connect: telnet a 1\n  soft_reboot: reboot\n  power_on: pdu on\n",
                serial,
                "{minimal: }",
            ),
        ),
        (
            "devices/i-prompts.yaml",
            board(
                "  connect: telnet a 1\n  hard_reset: pdu\n",
                serial,
                "{u-boot: {parameters: }, grub: {sequence: [x]}}",
            ),
        ),
        (
            "devices/j-addresses.yaml",
            board(
                "  connect: telnet a 1\n  hard_reset: pdu\n",
                serial,
                "{ipxe: {parameters: {bootloader_prompt: 'x>', interrupt_prompt: y}, nfs: {commands: ['a {BOOTX} ${SIZE}']}}}\nparameters: {booti: {kernel: 1, dtb: 2}}",
            ),
        ),
        ("devices/k-qemu.yaml", board("", "", "{minimal: , qemu: }")),
        (
            "devices/l-own.yaml",
            board(
                "  connect: telnet a 1\n  hard_reset: pdu\n",
                serial,
                "{u-boot: {steps: [{step: a, nothing: x}]}, jlink: {steps: [{step: b, nothing: x}]}}",
            ),
        ),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    insta::assert_snapshot!(said(&cases));
}

#[test]
fn what_a_type_of_the_lab_sets_is_told_there() {
    let cases = [
        (
            "devices/a.yaml",
            "device_type: my-board\nconnect: telnet c 1\nhard_reset: sh -c 'pdu --password secret\nboard_id: '1'\n",
        ),
        (
            "devices/b.yaml",
            "device_type: qemu\nssh: {host: h, agent: true}\n",
        ),
        (
            "device-types/my-board.yaml",
            "extends: base-uboot\ndefaults:\n  bootloader_prompt: '=>('\n",
        ),
        (
            "device-types/unused.yaml",
            "extends: base\nenvironment:\n  A: x\n  B: '{{default falure_retry 1}}'\n  C: '{{hexx 1}}'\n",
        ),
    ];
    insta::assert_snapshot!(said(&cases), @r#"
    devices/a.yaml:1:14 D023 W [my-board] there are no load addresses: commands of `u-boot` use words such as `{KERNEL_ADDR}` / say `parameters: {bootm: {kernel: '0x…', ramdisk: '0x…', dtb: '0x…'}}`, or the same of booti or bootz
    devices/a.yaml:3:13 D003 E [sh -c 'pdu --password secret] `commands.hard_reset` cannot be run: a quote is never closed / it is split into words as a shell does, and no shell runs it
    devices/b.yaml:2:1 D002 W [ssh] nothing of the type qemu reads `ssh`: it has no effect / take it out; `dispatch device-types qemu` lists what the type has
    device-types/my-board.yaml:3:22 D027 W ['=>('] `=>(` is not a regular expression that dispatch understands: unclosed group / put a `\` before a character that stands for itself
    device-types/unused.yaml:4:6 D005 E ['{{default falure_retry 1}}'] `{{default falure_retry 1}}`: there is no variable `falure_retry`; did you mean `failure_retry`? /
    "#);
}

/// Two devices and the type lead to the same finding: it is told once, in the type. What a rendered file says is told there.
#[test]
fn step_lists_are_told_where_they_are_written() {
    let steps = "steps: [{step: a, whn: x, host: sync}, {when: {hass: x}, use: reset-device}]";
    let of_type = format!(
        "extends: base-board\nactions: {{boot: {{connections: {{serial: {{}}}}, methods: {{minimal: {{{steps}}}}}}}}}\n"
    );
    let lists = "{image: {steps: 7}}";
    let rendered = format!(
        "devicetype: c\nactions: {{deploy: {{methods: {lists}}}, boot: {{methods: {{qemu: }}}}}}\n"
    );
    let board = "device_type: my-mcu\nconnect: telnet c 1\nhard_reset: pdu\n";
    let cases = [
        ("devices/a.yaml", board),
        ("devices/b.yaml", board),
        ("devices/c.yaml", rendered.as_str()),
        ("device-types/my-mcu.yaml", of_type.as_str()),
    ];
    insta::assert_snapshot!(said(&cases), @r#"
    devices/c.yaml:2:45 D030 E [7] `steps` is a list of entries, each with `step` or `use` / docs/methods.md tells how step lists are written
    device-types/my-mcu.yaml:2:88 D030 E [x] an entry of a step list has no key `whn` / did you mean `when`?
    device-types/my-mcu.yaml:2:105 D030 E [when] `when`: this is no condition: one is a path, or {has: …}, {not: …}, {all: […]}, {any: […]}, {path: …, is: …} and the like (docs/methods.md, Conditions) / docs/methods.md tells how step lists are written
    "#);
}

/// It is started from its console, though every board can be reached by SSH too.
#[test]
fn a_board_with_steps_of_its_own_needs_no_address() {
    let of_type = "extends: base-board\nactions: {boot: {connections: {serial: {}}, methods: {minimal: {steps: [{step: a, nothing: x}]}}}}\n";
    let cases = [
        (
            "devices/a.yaml",
            "device_type: my-mcu\nconnect: telnet c 1\nhard_reset: pdu\n",
        ),
        ("device-types/my-mcu.yaml", of_type),
    ];
    insta::assert_snapshot!(said(&cases), @"");
}

/// LAVA's templates list `dfu` and `uuu` for every board of U-Boot, and write their options without values.
#[test]
fn methods_of_which_a_device_of_lava_says_nothing_are_not_meant() {
    let board = |of_uuu: &str, others: &str| {
        format!(
            "devicetype: board\ncommands: {{connect: telnet a 1, hard_reset: pdu}}\nactions:\n  deploy: {{methods: {{image: }}}}\n  \
             boot:\n    connections: {{serial: }}\n    methods: {{dfu: {{implementation: u-boot}}, uuu: {{options: {of_uuu}}}{others}}}\n"
        )
    };
    let empty = "{usb_otg_path: , bcu_board_name: '', corrupt_boot_media_command: , docker_image: [], remote: {a: }}";
    let begun = "{usb_otg_path: '2:143', corrupt_boot_media_command: }";
    let cases = [
        ("devices/a-silent.yaml", board(empty, ", minimal: ")),
        ("devices/b-begun.yaml", board(begun, ", minimal: ")),
        ("devices/c-no-other.yaml", board(empty, "")),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    insta::assert_snapshot!(said(&cases), @r#"
    devices/b-begun.yaml:7:46 D028 W [uuu] the boot method `uuu` needs the option corrupt_boot_media_command of uuu / it is `actions.boot.methods.uuu` of the device
    devices/c-no-other.yaml:7:15 D028 E [dfu] the boot method `dfu` needs its board_id, by which the board's USB device is known / it is `actions.boot.methods.dfu` of the device
    devices/c-no-other.yaml:7:46 D028 E [uuu] the boot method `uuu` needs the options usb_otg_path or usb_otg_path_command of uuu / it is `actions.boot.methods.uuu` of the device
    devices/c-no-other.yaml:7:46 D028 E [uuu] the boot method `uuu` needs the option corrupt_boot_media_command of uuu / it is `actions.boot.methods.uuu` of the device
    "#);
}

#[test]
fn a_pipe_in_a_lab_is_no_device() {
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("devices")).unwrap();
    let mut mkfifo = std::process::Command::new("mkfifo");
    let made = mkfifo.arg(lab.path().join("devices/pipe.yaml")).status();
    assert!(made.unwrap().success());
    insta::assert_snapshot!(lines(lab.path()), @r#"
    devices/pipe.yaml:1:1 D010 E [] devices/pipe.yaml is no file /
    "#);
}

#[test]
fn keys_of_machines_are_looked_at() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("devices")).unwrap();
    for (name, key) in [
        ("open", "open"),
        ("closed", "closed"),
        ("none", "none"),
        ("folder", "."),
    ] {
        let text = format!("device_type: ssh\nssh: {{host: h, identity_file: {key}}}\n");
        fs::write(lab.path().join(format!("devices/{name}.yaml")), text).unwrap();
    }
    for (name, mode) in [("open", 0o644), ("closed", 0o600)] {
        fs::write(lab.path().join(name), "key").unwrap();
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(lab.path().join(name), permissions).unwrap();
    }
    insta::assert_snapshot!(lines(lab.path()));
}
