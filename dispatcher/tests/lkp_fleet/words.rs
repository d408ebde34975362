//! Commands that only look, prepare or stop, on a tree of one job.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::need;
use tempfile::TempDir;

use crate::call::{dispatch, said};

fn tree() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("tests/bin/lkp", "#!/bin/sh\n");
    write("tests/jobs/sleep.yaml", "suite: sleep\n");
    write("mine.yaml", "suite: mine\n");
    write(
        "long.yaml",
        "job_name: long\nvisibility: public\ndevice_type: sandbox\n\
         timeouts: {job: {minutes: 5}, action: {minutes: 4}}\n\
         actions:\n- deploy: {to: ssh}\n- boot: {method: ssh}\n- test:\n    definitions:\n    - from: inline\n      name: s\n      \
         path: s.yaml\n      repository:\n        metadata: {format: Lava-Test Test Definition 1.0, name: s}\n        \
         run: {steps: [sleep 200]}\n",
    );
    folder
}

#[test]
fn bad_words_are_refused_before_anything_is_touched() {
    let folder = tree();
    let at = folder.path();
    for (words, expected) in [
        (&["lkp", "run", "../x"][..], "leads out of jobs/"),
        (&["lkp", "run", "x;reboot"], "`;` is in no name"),
        (
            &["lkp", "run", "sleep", "--on", "rack9"],
            "no device of the lab",
        ),
        (
            &["lkp", "run", "sleep", "--on", "99*all"],
            "it asks for 99, the lab has 16",
        ),
        (
            &["lkp", "run", "sleep", "--set", "a b=1"],
            "a key has letters",
        ),
        (&["lkp", "run", "sleep"], "`dispatch lkp init` fetches it"),
        (&["lkp", "push", "long.yaml;x"], "No such file"),
        (&["lkp", "push", "--remove", "../x"], "leads out of jobs/"),
        (
            &["lkp", "init", "/nowhere/at/all"],
            "/nowhere/at/all is no lkp-tests: there is no such folder",
        ),
        (&["lkp", "update"], "nothing is pinned"),
        (&["nodes", "--on", "kvm &"], "column 6: expected a name"),
    ] {
        let (code, text) = said(at, words);
        assert_eq!(code, 2, "{words:?}: {text}");
        assert!(text.contains(expected), "{words:?}: {text}");
    }
    assert!(!at.join("state/lkp/cases").exists());
}

#[test]
fn a_fleet_is_set_up_looked_at_and_pushed_to() {
    if !need::user_namespaces("lkp_fleet::a_fleet_is_set_up_looked_at_and_pushed_to") {
        return;
    }
    let folder = tree();
    let at = folder.path();
    let (_, text) = said(at, &["lkp", "init", "tests", "--json"]);
    assert!(
        text.contains(r#""node":"sandbox-1""#) && text.contains("is pinned"),
        "{text}"
    );
    let (code, text) = said(
        at,
        &["lkp", "run", "sleep", "--on", "2*all", "-c", "3", "--print"],
    );
    assert!(
        code == 0 && text.contains("count: 3") && text.contains("device: sandbox-2"),
        "{text}"
    );

    let push = |on: &str| {
        dispatch(at, &["lkp", "push", "mine.yaml", "--on", on])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let both: Vec<Child> = vec![push("sandbox-2"), push("sandbox-3")];
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    let (_, text) = said(at, &["lkp", "push", "--list"]);
    assert!(text.contains("mine  "), "{text}");
    let (_, text) = said(at, &["nodes", "--on", "4*all", "--json"]);
    let seen = text
        .lines()
        .filter(|line| !line.contains(r#""last_seen":null"#))
        .count();
    assert_eq!(seen, 3, "{text}");
}

#[test]
fn a_run_is_stopped_as_by_its_own_ctrl_c() {
    if !need::user_namespaces("lkp_fleet::a_run_is_stopped_as_by_its_own_ctrl_c") {
        return;
    }
    let folder = tree();
    let at = folder.path();
    let mut run = dispatch(at, &["submit", "long.yaml"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while !said(at, &["nodes"]).1.contains("lava-test-shell") {
        assert!(Instant::now() < patience, "the test never began");
    }
    let (code, text) = said(at, &["lkp", "stop", "latest"]);
    assert!(code == 0 && text.contains("has ended after"), "{text}");
    assert_eq!(run.wait().unwrap().code(), Some(130));
}
