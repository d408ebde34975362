//! From a fetched tree to compared results: everything that is run is LKP's miniature.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{Lab, need};
use serde_json::Value;

use crate::call::{dispatch, said};

fn miniature() -> String {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/lkp-mini");
    tree.to_str().unwrap().to_owned()
}

/// What a command printed on standard output, a JSON object per line.
fn json(at: &Path, words: &[&str]) -> Vec<Value> {
    let output = dispatch(at, words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The ids of the runs of cases, the oldest first.
fn runs(at: &Path) -> Vec<String> {
    let mut runs: Vec<String> = fs::read_dir(at.join("state/runs"))
        .unwrap()
        .map(|run| run.unwrap().path())
        .filter(|run| run.join("lkp").is_dir())
        .map(|run| run.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    runs.sort();
    runs
}

fn own_case(at: &Path) {
    fs::write(
        at.join("own-case.yaml"),
        "suite: own-case\ntestcase: own-case\nburn:\n  loops: 10\n",
    )
    .unwrap();
}

/// The point of a container's run of a job.
fn point<'a>(node: &'a Value, job: &str, container: u64, repeat: u64) -> &'a Value {
    let points = node["points"].as_array().unwrap();
    let wanted =
        |p: &&Value| p["job"] == job && p["container"] == container && p["repeat"] == repeat;
    points.iter().find(wanted).unwrap()
}

#[test]
fn cases_run_are_shown_copied_and_compared() {
    if !need::user_namespaces("lkp_fleet::cases_run_are_shown_copied_and_compared") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let well = |words: &[&str]| {
        let (code, text) = said(at, words);
        assert_eq!(code, 0, "{words:?}: {text}");
        text
    };
    well(&["lkp", "init", &miniature()]);
    // Five samples a run of the job that is compared.
    let words = [
        "lkp",
        "run",
        "burn",
        "--set",
        "loops=10",
        "-c",
        "2",
        "--repeat",
        "5",
        "--runtime",
        "sandbox",
    ];
    let on = |nodes: &'static str| words.into_iter().chain(["--on", nodes]).collect::<Vec<_>>();
    let text = well(&on("2*sandbox-?"));
    assert!(
        text.contains("lkp/burn-10: burn.loops_per_sec")
            && text.contains("of 20  ops/s, higher is better"),
        "{text}"
    );
    // Two at once, on different nodes of the embedded lab.
    own_case(at);
    well(&["lkp", "push", "own-case.yaml"]);
    let mut other = dispatch(at, &["lkp", "run", "own-case", "fail", "--on", "sandbox-3"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    well(&on("sandbox-1, sandbox-2"));
    assert_eq!(
        other.wait().unwrap().code(),
        Some(1),
        "LKP's own exit code is 0"
    );

    let last = json(
        at,
        &["lkp", "result", "--on", "sandbox-1, sandbox-3", "--json"],
    );
    assert_eq!(
        (&last[0]["passed"], &last[0]["failed"]),
        (&Value::from(10), &Value::from(0))
    );
    let found = point(&last[0], "burn-10", 2, 4);
    let kpi = found["measurements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["kpi"] == true)
        .unwrap();
    assert_eq!(
        (&kpi["unit"], &kpi["better"]),
        (&Value::from("ops/s"), &Value::from("higher"))
    );
    let run = at.join("state/runs").join(last[0]["run"].as_str().unwrap());
    assert!(
        run.join(found["folder"].as_str().unwrap())
            .join("stats.json")
            .is_file()
    );
    assert_eq!(last[1]["failed"], 1, "{last:?}");
    let text = well(&["lkp", "result", "-o", "results"]);
    for part in [
        "pass  burn-10 container-2.run-4",
        "ops/s, higher is better",
        "FAIL  fail-3",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let copied = at
        .join("results/sandbox-1")
        .join(last[0]["run"].as_str().unwrap());
    for container in ["1", "2"] {
        let scheme = copied.join(container).join("result/burn/10");
        assert!(scheme.is_dir() && copied.join(container).join("paths").is_dir());
    }

    let (first, second) = match &runs(at)[..] {
        [first, .., last] => (first.clone(), last.clone()),
        few => panic!("{few:?}"),
    };
    let second = if last[0]["run"] == second.as_str() {
        second
    } else {
        last[0]["run"].as_str().unwrap().to_owned()
    };
    let (code, text) = said(
        at,
        &["lkp", "compare", &first, &second, "--svg", "drawings"],
    );
    assert!(
        code <= 1 && text.contains("lkp/burn-10: burn.loops_per_sec (ops/s, higher is better)"),
        "{text}"
    );
    let drawn: Vec<PathBuf> = fs::read_dir(at.join("drawings"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    assert!(
        matches!(&drawn[..], [one] if fs::read_to_string(one).unwrap().contains("<svg")),
        "{drawn:?}"
    );
    let output = dispatch(at, &["lkp", "compare", &first, &second, "--format", "json"])
        .output()
        .unwrap();
    let compared: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(compared["metrics"][0]["runs"][1]["n"], 10, "{compared}");
}

#[test]
fn a_case_that_is_not_there_is_refused_with_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let tree = miniature();
    for (case, expected) in [
        (
            "hackbnch",
            "there is no job `hackbnch` in the lkp-tests tree; did you mean `hackbench`?",
        ),
        ("iperf/iprf", "did you mean `iperf`?"),
    ] {
        let output = dispatch(at, &["lkp", "run", case])
            .env("LKP_TESTS", &tree)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && text.contains(expected),
            "{text}"
        );
    }
    let printed = |value: &str| {
        let call = ["lkp", "run", "burn", "--print", "--set", value];
        let output = dispatch(at, &call)
            .env("LKP_TESTS", &tree)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(printed("loops=10").contains("loops: 10\n"));
    assert!(printed("loops=[10, 20]").contains("loops:\n            - 10\n            - 20\n"));
    assert!(printed("cpus=0,1").contains("cpus: \"0,1\"\n"));
}

#[test]
fn machines_run_pushed_cases_and_are_stopped() {
    let name = "lkp_fleet::machines_run_pushed_cases_and_are_stopped";
    let Some(farm) = need::machines(name, &["rack1", "rack2"]) else {
        return;
    };
    farm.in_network(|| on_machines(&Lab::of(&farm)));
}

fn on_machines(lab: &Lab) {
    let lab = lab.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    own_case(at);
    let well = |words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().chain(["--lab", lab]).collect();
        let (code, text) = said(at, &words);
        assert_eq!(code, 0, "{words:?}: {text}");
        text
    };
    well(&["lkp", "init", &miniature()]);
    well(&["lkp", "push", "own-case.yaml", "--on", "rack1"]);
    well(&["lkp", "run", "own-case", "--on", "rack1"]);
    let (code, text) = said(
        at,
        &["lkp", "run", "own-case", "--on", "rack2", "--lab", lab],
    );
    assert!(
        code == 2 && text.contains("was pushed for rack1 and not for rack2"),
        "{text}"
    );
    assert!(well(&["lkp", "result"]).contains("pass  own-case-10\n"));

    let mut long = dispatch(
        at,
        &[
            "lkp",
            "run",
            "sleep",
            "--set",
            "runtime=100",
            "--on",
            "all",
            "--lab",
            lab,
        ],
    )
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    while !well(&["nodes"]).contains("lkp-case") {
        assert_eq!(
            long.try_wait().unwrap(),
            None,
            "it ended before it was stopped"
        );
    }
    let busy = well(&["nodes", "--on", "state=busy", "--json"]);
    assert_eq!(busy.lines().count(), 2, "{busy}");
    well(&["lkp", "stop", "--on", "rack2"]);
    assert_eq!(long.wait().unwrap().code(), Some(130));
    assert!(well(&["lkp", "update"]).contains("lkp-tests is unchanged"));
}
