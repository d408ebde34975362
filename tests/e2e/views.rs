//! Looking at runs: plans, devices, lists, logs, results in every format.

use common::job::source_dir;
use common::yaml::{inline, ssh_job};
use common::{Farm, JobTest, Outcome, need};
use serde_json::Value;

/// A finished run with a pass and a fail.
fn finished(farm: &Farm) -> Outcome {
    let job = ssh_job(&inline(
        "views",
        &[
            "lava-test-case good --result pass --measurement 1.50 --units s",
            "lava-test-case 'bad,\"<&' --result fail || lava-test-case bad --result fail",
            "echo a line of the console",
        ],
    ));
    JobTest::new("views")
        .job(&job)
        .on(farm)
        .expect_exit(1)
        .run()
}

#[test]
fn results_in_every_format() {
    let Some(farm) = need::machines("views::results_in_every_format", &["a"]) else {
        return;
    };
    let outcome = finished(&farm);
    let as_text = |format: &str| outcome.view(&["results", "latest", "--format", format]);
    let json: Value = serde_json::from_str(&as_text("json")).unwrap();
    for key in ["run", "verdict", "class", "evidence", "nodes", "results"] {
        assert!(json.get(key).is_some(), "no '{key}' in {json}");
    }
    let row = outcome.row("node", "0_views", "good");
    for key in [
        "node",
        "role",
        "suite",
        "set",
        "case",
        "result",
        "measurement",
        "units",
        "start",
        "end",
        "log",
    ] {
        assert!(row.get(key).is_some(), "no '{key}' in {row}");
    }
    assert!(as_text("yaml").contains("good"));
    let junit = as_text("junit");
    assert!(
        junit.starts_with("<?xml")
            && junit.contains("<testsuite")
            && junit.contains("name=\"good\""),
        "{junit}"
    );
    let tap = as_text("tap");
    assert!(
        tap.starts_with("TAP version") && tap.contains("not ok"),
        "{tap}"
    );
    let csv = as_text("csv");
    assert!(csv.lines().next().unwrap().contains("\"result\""), "{csv}");
    assert!(csv.contains("1.50"), "{csv}");
}

#[test]
fn a_run_is_found_by_id_prefix_path_and_as_latest() {
    let name = "views::a_run_is_found_by_id_prefix_path_and_as_latest";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let first = finished(&farm);
    let id = first.run_id().unwrap();
    let path = first.run_dir().display().to_string();
    let wanted = first.view(&["results", &id, "--format", "json"]);
    assert!(wanted.contains("good"), "{wanted}");
    for name in ["latest", &path, &id[..id.len().min(1)]] {
        assert_eq!(
            first.view(&["results", name, "--format", "json"]),
            wanted,
            "by '{name}'"
        );
    }
    let second = JobTest::new("second")
        .job(&ssh_job(&inline(
            "other",
            &["lava-test-case only --result pass"],
        )))
        .on(&farm)
        .state_of(&first)
        .expect_exit(0)
        .run();
    assert!(
        first
            .view(&["results", "latest", "--format", "json"])
            .contains("only")
    );
    let runs = first.view(&["runs"]);
    for run in [&id, &second.run_id().unwrap()] {
        assert!(runs.contains(run.as_str()), "{runs}");
    }
    let gone = JobTest::new("gone")
        .command(&["results", "nosuchrun"])
        .state_of(&first)
        .run();
    assert_ne!(gone.code, Some(0));
    gone.says("nosuchrun");
}

#[test]
fn logs_show_the_console() {
    let Some(farm) = need::machines("views::logs_show_the_console", &["a"]) else {
        return;
    };
    let outcome = finished(&farm);
    assert!(
        outcome
            .view(&["logs", "latest"])
            .contains("a line of the console")
    );
    assert!(
        outcome
            .view(&["logs", "latest", "--node", "node"])
            .contains("a line of the console")
    );
}

#[test]
fn the_summary_says_where_the_logs_are() {
    let Some(farm) = need::machines("views::the_summary_says_where_the_logs_are", &["a"]) else {
        return;
    };
    let outcome = finished(&farm);
    outcome.says("console.log");
    outcome.says(&outcome.run_id().unwrap());
    assert!(
        !outcome.stdout.contains('\u{1b}'),
        "plain lines when not a terminal"
    );
}

#[test]
fn devices_are_listed_with_tags() {
    let Some(farm) = need::machines("views::devices_are_listed_with_tags", &["a", "b"]) else {
        return;
    };
    let text = JobTest::new("devices")
        .command(&["devices"])
        .on(&farm)
        .expect_exit(0)
        .run();
    for word in ["a", "b", "ssh", "x86"] {
        text.says(word);
    }
    let json = JobTest::new("devices")
        .command(&["devices"])
        .arg("--json")
        .on(&farm)
        .expect_exit(0)
        .run();
    let lines = json.stdout.lines().map(serde_json::from_str);
    let devices: Vec<Value> = lines.collect::<Result<_, _>>().unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(devices[0]["state"], "idle");
    assert!(
        devices[0]["tags"].to_string().contains("x86"),
        "{devices:?}"
    );
}

#[test]
fn a_plan_touches_nothing() {
    let Some(farm) = need::machines("views::a_plan_touches_nothing", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline("smoke", &["true"]));
    let plan = JobTest::new("plan")
        .job(&job)
        .command(&["plan", "job.yaml"])
        .on(&farm)
        .expect_exit(0)
        .run();
    for step in [
        "scp-overlay",
        "lava-overlay",
        "login-ssh",
        "scp-deploy",
        "scp-overlay-unpack",
        "lava-test-shell",
        "finalize",
    ] {
        plan.says(step);
    }
    let json = JobTest::new("plan json")
        .job(&job)
        .command(&["plan", "job.yaml", "--format", "json"])
        .on(&farm)
        .expect_exit(0)
        .run();
    let tree: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(tree.to_string().contains("scp-deploy"), "{tree}");
    assert!(!farm.node("a").log().contains("Connection from"));
    assert!(plan.run_id().is_none());
}

#[test]
fn the_example_can_be_planned_by_anybody() {
    let example = source_dir().join("examples/jobs/host-guests.yaml");
    let file = example.display().to_string();
    let plan = JobTest::new("plan")
        .command(&["plan", &file])
        .expect_exit(0)
        .run();
    for word in ["host", "guest-3", "prepare-scp-overlay", "multinode-test"] {
        plan.says(word);
    }
}
