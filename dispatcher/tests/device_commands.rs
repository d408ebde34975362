//! `dispatch device-types` and `dispatch devices show`, by the program itself.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::path::Path;
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
    call(place.path(), arguments)
}

fn call(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_dispatch"))
        .args(arguments)
        .current_dir(place)
        .env("DISPATCH_STATE", place.join("state"))
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

const JOB: &str =
    "job_name: j\nvisibility: public\ndevice_type: mine\ntimeouts: {job: {minutes: 5}}\n";
const ACTIONS: &str =
    "actions:\n- boot: {method: minimal, prompts: ['# '], timeout: {minutes: 1}}\n";

/// As [`run`], with more files.
fn run_with(files: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let place = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = place.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    call(place.path(), arguments)
}

/// A type of a lab may let jobs set what LAVA does not know.
#[test]
fn jobs_set_what_types_of_the_lab_let_them() {
    let of_type = format!(
        "{TYPE}variables:\n  fuse_bank: {{about: A bank, default: 1, context: true}}\n  rack: {{about: A rack, default: 1}}\n\
         environment: {{FUSES: '{{{{fuse_bank}}}}', RACK: '{{{{rack}}}}'}}\n"
    );
    let job = |context: &str| format!("{JOB}context: {context}\n{ACTIONS}");
    let good = job("{fuse_bank: 2, console_device: ttyS1}");
    let roles = format!(
        "job_name: j\nvisibility: public\ntimeouts: {{job: {{minutes: 5}}}}\nprotocols:\n  lava-multinode:\n    roles:\n      \
         a: {{device_type: mine, count: 1, context: {{fuse_bank: 2}}}}\n{}",
        ACTIONS.replace("{method", "{role: [a], method")
    );
    let slip = job("{fuse_bnak: 2}");
    let lab_only = job("{rack: 2}");
    let files = [
        ("lab/device-types/mine.yaml", of_type.as_str()),
        ("lab/devices/b1.yaml", DEVICE),
        ("good.yaml", good.as_str()),
        ("roles.yaml", roles.as_str()),
        ("slip.yaml", slip.as_str()),
        ("rack.yaml", lab_only.as_str()),
    ];
    for command in ["check", "plan", "submit"] {
        for job in ["good.yaml", "roles.yaml"] {
            let (code, said, told) = run_with(&files, &[command, job, "--lab", "lab"]);
            assert!(
                !format!("{said}{told}").contains("J006"),
                "{command} {job}: {told}{said}"
            );
            // No console is there to boot from, so `submit` refuses later, for another reason.
            assert!(
                code == 0 || command == "submit",
                "{command} {job}: {told}{said}"
            );
        }
        for (job, help) in [
            ("slip.yaml", "did you mean `fuse_bank`?"),
            ("rack.yaml", ""),
        ] {
            let (code, said, told) = run_with(&files, &[command, job, "--lab", "lab"]);
            let told = format!("{said}{told}");
            assert_eq!(code, 2, "{command}: {told}");
            assert!(
                told.contains("error[J006]") && told.contains(help),
                "{command}: {told}"
            );
        }
    }
    let (code, said, _) = run_with(&files, &["check", "good.yaml"]);
    assert!(code == 2 && said.contains("error[J006]"), "{said}");
}

#[test]
fn a_broken_device_file_leaves_the_others() {
    let files = [
        ("lab/devices/a.yaml", "device_type: [\n"),
        (
            "lab/devices/b.yaml",
            "device_type: ssh\nssh: {host: h, agent: true}\n",
        ),
        ("job.yaml", &format!("{JOB}{ACTIONS}")),
    ];
    let (code, said, told) = run_with(&files, &["devices", "--lab", "lab"]);
    assert_eq!(code, 3, "{told}");
    assert!(said.contains("\nb "), "{said}");
    let advice = "`dispatch lab check lab` tells all that is wrong";
    assert!(
        told.contains("lab/devices/a.yaml:") && told.contains(advice),
        "{told}"
    );
    let (code, _, told) = run_with(&files, &["plan", "job.yaml", "--lab", "lab"]);
    assert!(code == 3 && told.contains(advice), "{code}: {told}");
}

#[test]
fn a_device_that_is_none_is_told_in_a_line() {
    let rendered = "actions: {deploy: {methods: {image: }}, boot: {methods: {qemu: }}}\n";
    let files = [
        ("job.yaml", &*format!("{JOB}{ACTIONS}")),
        ("device.yaml", rendered),
        ("board.yaml", rendered),
    ];
    let plan = |device| run_with(&files, &["plan", "job.yaml", "--device", device]).2;
    assert_eq!(
        plan("job.yaml").trim_end().lines().last().unwrap(),
        "dispatch: job.yaml: this is a job, not a device"
    );
    let why = "cannot `boot: method: minimal`; its boot methods are: qemu";
    assert!(
        plan("device.yaml").contains(&format!("the device {why}")),
        "{}",
        plan("device.yaml")
    );
    assert!(
        plan("board.yaml").contains(&format!("device board {why}")),
        "{}",
        plan("board.yaml")
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
