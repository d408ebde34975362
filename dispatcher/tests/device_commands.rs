//! `dispatch device-types` and `dispatch devices show`, by the program itself.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::process::Command;

const TYPE: &str = "extends: base-uboot\nabout: My board\ndefaults:\n  console_device: ttyS2\n";
const DEVICE: &str = "device_type: mine\nconnect: telnet console 7001\n";

/// Exit code, standard output and standard error of a call in a folder with the lab `lab`.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let place = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("device-types/mine.yaml", TYPE),
        ("devices/b1.yaml", DEVICE),
    ] {
        let path = place.path().join("lab").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let out = Command::new(env!("CARGO_BIN_EXE_dispatch"))
        .args(arguments)
        .current_dir(place.path())
        .env("DISPATCH_STATE", place.path().join("state"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        out.status.code().unwrap(),
        text(out.stdout),
        text(out.stderr),
    )
}

#[test]
fn types_are_listed_and_explained() {
    let (code, said, _) = run(&["device-types", "--lab", "lab"]);
    assert_eq!(code, 0);
    assert!(
        said.contains("\nmine              My board (extends base-uboot)\n"),
        "{said}"
    );
    assert!(said.contains("cmsis-dap, jlink, pyocd"), "{said}");
    let (_, said, _) = run(&["device-types", "mine", "--lab", "lab"]);
    assert!(
        said.starts_with("mine: My board\nextends base-uboot → base-board → base\n"),
        "{said}"
    );
    let by_job = said.find("console_device").unwrap();
    assert!(by_job < said.find("\nSet by a device file:\n").unwrap());
    assert!(
        said[by_job..]
            .lines()
            .next()
            .unwrap()
            .ends_with("[default: ttyS2]")
    );
    let (_, said, _) = run(&["device-types", "mine", "--lab", "lab", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["variables"]["console_device"]["default"], "ttyS2");
    assert_eq!(said["variables"]["hard_reset"]["context"], false);
    assert_eq!(said["variables"]["ssh"]["keys"]["port"]["default"], 22);
    let (code, said, _) = run(&["device-types", "mine", "qemu", "--lab", "lab"]);
    assert_eq!(code, 0);
    assert!(
        said.starts_with("mine: ") && said.contains("\n\nqemu: "),
        "{said}"
    );
    let (code, _, said) = run(&["device-types", "qemu", "other"]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("there is no device type other; there are: base, "),
        "{said}"
    );
}

#[test]
fn a_device_is_shown_with_origins_and_stays_yaml() {
    let (code, said, told) = run(&[
        "devices",
        "show",
        "b1",
        "--lab",
        "lab",
        "--context",
        "console_device=ttyS9",
        "--context",
        "connect=evil",
    ]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(
        told,
        "dispatch: warning: the device type `mine` does not let a job set `connect`\n"
    );
    let connect = said
        .lines()
        .find(|line| line.starts_with("  connect:"))
        .unwrap();
    assert!(
        connect.starts_with("  connect: telnet console 7001  "),
        "{connect}"
    );
    assert!(
        connect.ends_with(" (connect: lab/devices/b1.yaml:2)"),
        "{connect}"
    );
    let args = said
        .lines()
        .find(|line| line.contains("console=ttyS9"))
        .unwrap();
    assert!(args.ends_with("(console_device: context)"), "{args}");
    let (_, json, _) = run(&[
        "devices",
        "show",
        "b1",
        "--lab",
        "lab",
        "--context",
        "console_device=ttyS9",
        "--json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let read = serde_json::to_value(job_schema::parse_value(&said).unwrap()).unwrap();
    assert_eq!(read, json["device"]);
    assert_eq!(
        json["origins"]["commands.connect"]["variables"]["connect"],
        "lab/devices/b1.yaml:2"
    );
    let line = json["origins"]["actions.boot.methods.u-boot.nfs.commands[5]"]["place"]
        .as_str()
        .unwrap();
    let file = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../device-types/base-uboot.yaml"
    ))
    .unwrap();
    let number: usize = line
        .strip_prefix("device-types/base-uboot.yaml:")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        file.lines().nth(number - 1).unwrap().trim(),
        "- tftp {KERNEL_ADDR} {KERNEL}"
    );
}
