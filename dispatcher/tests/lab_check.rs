//! `dispatch lab check` as an admin calls it: the real program on real folders.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Place {
    folder: TempDir,
}

impl Place {
    /// A folder with these files.
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    /// Exit code and standard output; standard error is expected to be empty unless the code is 2.
    fn run(&self, words: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_dispatch"))
            .args(words)
            .current_dir(self.folder.path())
            .env("DISPATCH_STATE", self.folder.path().join("state"))
            .output()
            .unwrap();
        let code = output.status.code().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(code >= 2 || error.is_empty(), "{error}");
        (code, String::from_utf8(output.stdout).unwrap())
    }

    fn rows(&self, words: &[&str]) -> (i32, Vec<Value>) {
        let (code, said) = self.run(words);
        let rows = said.lines().map(|line| serde_json::from_str(line).unwrap());
        (code, rows.collect())
    }
}

const MACHINE: &str = "device_type: ssh\nssh: {host: 192.0.2.1, agent: true}\n";
const SILENT: &str = "device_type: beaglebone-black\nconnect: telnet console-1 7001\n";

#[test]
fn exit_codes_tell_how_bad_it_is() {
    let good = Place::with(&[("lab/devices/a.yaml", MACHINE)]);
    assert_eq!(
        good.run(&["lab", "check", "lab"]),
        (0, "nothing wrong in 1 file\n".to_owned())
    );
    assert_eq!(good.run(&["lab", "check", "--lab", "lab"]).0, 0);
    assert_eq!(good.run(&["lab", "check"]).0, 2);
    assert_eq!(good.run(&["lab", "check", "nowhere"]).0, 3);
    let warned = Place::with(&[("lab/devices/a.yaml", SILENT)]);
    assert_eq!(warned.run(&["lab", "check", "lab"]).0, 0);
    assert_eq!(warned.run(&["lab", "check", "lab", "--strict"]).0, 3);
    let wrong = Place::with(&[
        ("lab/devices/a.yaml", "device_type: shs\n"),
        ("lab/devices/b.yaml", SILENT),
    ]);
    let (code, said) = wrong.run(&["lab", "check", "lab"]);
    assert_eq!(code, 3);
    insta::assert_snapshot!(said);
}

#[test]
fn every_format_has_the_findings() {
    let place = Place::with(&[
        ("lab/devices/a.yaml", "device_type: shs\n"),
        ("lab/devices/b.yaml", "[]\n"),
    ]);
    let (code, rows) = place.rows(&["lab", "check", "lab", "--json"]);
    assert_eq!(code, 3);
    let codes: Vec<&str> = rows
        .iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["D001", "D003"]);
    assert_eq!(rows[0]["file"], "lab/devices/a.yaml");
    assert_eq!(
        (&rows[0]["line"], &rows[0]["column"]),
        (&1.into(), &14.into())
    );
    assert_eq!(rows[0]["group"], "devices");
    let (_, array) = place.run(&["lab", "check", "lab", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&array).unwrap(), rows);
    let (_, sarif) = place.run(&["lab", "check", "lab", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "D001");
    let (_, github) = place.run(&["lab", "check", "lab", "--format", "github"]);
    assert!(
        github.starts_with("::error file=lab/devices/a.yaml,line=1"),
        "{github}"
    );
    let (code, page) = place.run(&["explain", "D021"]);
    assert!(code == 0 && page.starts_with("# D021: "), "{page}");
}

#[test]
fn devices_that_do_not_answer_are_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let dead = format!("device_type: ssh\nssh: {{host: 127.0.0.1, port: {port}, agent: true}}\n");
    let files = [
        ("lab/devices/dead.yaml", dead.as_str()),
        ("lab/devices/wrong.yaml", "device_type: ssh\n"),
        ("lab/devices/none.yaml", "device_type: sandbox\n"),
    ];
    let place = Place::with(&files);
    let (code, rows) = place.rows(&["lab", "check", "lab", "--probe", "--json"]);
    assert_eq!(code, 3);
    let found: Vec<&Value> = rows.iter().filter(|row| row["code"] == "D040").collect();
    assert_eq!(found.len(), 1, "{rows:?}");
    assert_eq!(found[0]["group"], "infrastructure");
    assert_eq!(
        (&found[0]["file"], &found[0]["line"]),
        (&"lab/devices/dead.yaml".into(), &2.into())
    );
    let state = |name: &str| rows.iter().find(|row| row["device"] == name).unwrap()["ok"].clone();
    assert_eq!(
        [state("dead"), state("wrong"), state("none")],
        [false, false, true]
    );
    let (_, said) = place.run(&["lab", "check", "lab", "--probe"]);
    assert!(said.contains("none: ok (nothing to try)\n"), "{said}");
}

/// `LAVA_SRC` is LAVA's source tree: its test dictionaries are devices that are right, save for what their lab leaves out.
#[test]
fn a_device_that_a_run_has_is_not_tried() {
    let place = Place::with(&[("lab/devices/a.yaml", MACHINE)]);
    let state = place.folder.path().join("state");
    let lab = place.folder.path().join("lab");
    let inventory = dispatcher::inventory::Inventory::open(Some(&lab)).unwrap();
    let locks = dispatcher::inventory::reserve::Reservations::open(&state, &inventory).unwrap();
    let held = locks.take(&inventory.entries()[0], "run-7").unwrap();
    let (code, said) = place.run(&["lab", "check", "lab", "--probe"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("a: busy, not tried (in use by run run-7)\n"),
        "{said}"
    );
    let (_, rows) = place.rows(&["lab", "check", "lab", "--probe", "--json"]);
    assert_eq!(rows[0]["ok"], Value::Null);
    drop(held);
}

#[test]
fn devices_of_lava_have_no_odd_findings() {
    let test = "lab_check::devices_of_lava_have_no_odd_findings";
    let Some(source) = std::env::var_os("LAVA_SRC").map(PathBuf::from) else {
        return common::need::not_run(test, "needs LAVA_SRC, LAVA's source tree");
    };
    let place = Place::with(&[]);
    let path = |below: &str| source.join(below).display().to_string();
    let (code, said) = place.run(&[
        "lab",
        "import",
        &path("tests/lava_scheduler_app"),
        "--templates",
        &path("etc/dispatcher-config/device-types"),
        "--into",
        "lab",
    ]);
    assert_eq!(code, 0, "{said}");
    let dictionaries = fs::read_dir(Path::new(&place.folder.path()).join("lab/lava/devices"))
        .unwrap()
        .count();
    let (_, rows) = place.rows(&["lab", "check", "lab", "--json"]);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        let of = format!(
            "{} {}",
            row["code"].as_str().unwrap(),
            row["severity"].as_str().unwrap()
        );
        *counts.entry(of).or_default() += 1;
    }
    println!("{dictionaries} dictionaries: {counts:?}");
    // Those are true: consoles, power, addresses and keys that only a real lab has.
    let expected = ["D008", "D020", "D021", "D023"];
    for row in &rows {
        assert!(expected.contains(&row["code"].as_str().unwrap()), "{row}");
        assert!(row["line"].as_u64().is_some(), "{row}");
    }
}
