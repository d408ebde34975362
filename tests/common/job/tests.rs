//! The runner is proven with a stand-in for `dispatch`: a shell script that does what the test says.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::processes::Identity;

/// A program that is this shell script.
fn stand_in(dir: &TempDir, script: &str) -> PathBuf {
    let path = dir.path().join("stand-in");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn test(dir: &TempDir, script: &str) -> JobTest {
    JobTest::new("stand-in")
        .job("job_name: x\n")
        .with_program(&stand_in(dir, script))
}

const RUN: &str = r#"
case $1 in
results)
    echo '{"run":"12","class":"test","evidence":{},"results":[{"node":"a","suite":"0_s","case":"c","result":"pass"}]}'
    exit 0 ;;
esac
run=$DISPATCH_STATE/runs/12
mkdir -p "$run/nodes/a" "$DISPATCH_STATE/runs/9"
echo 'hello' >"$run/nodes/a/console.log"
echo '{"at":"2026-01-01T00:00:00Z","event":"node-assigned","node":"a","job_id":"77"}' >"$run/journal.jsonl"
echo '{"at":"2026-01-01T00:00:01Z","event":"node-ended","node":"a","failure":{"class":"test"}}' >>"$run/journal.jsonl"
echo "args $*"
cat job.yaml >&2
exit 4
"#;

#[test]
fn an_outcome_has_all_that_was_left() {
    let dir = tempfile::tempdir().unwrap();
    let outcome = test(&dir, RUN).arg("--json").expect_exit(4).run();
    outcome.says("args submit job.yaml --json");
    outcome.says("job_name: x");
    outcome.says_one_of(&["nothing", "ARGS SUBMIT"]);
    assert_eq!(
        outcome.run_id().as_deref(),
        Some("12"),
        "the newest, not the one that sorts last"
    );
    assert_eq!(outcome.job_id("a"), "77");
    assert_eq!(outcome.console("a"), "hello\n");
    assert_eq!(outcome.failure_of("a").unwrap()["class"], "test");
    outcome.failed_as(&["job", "test"]);
    outcome.has("a", "0_s", "c", "pass");
    assert!(outcome.rows("b", "0_s", "c").is_empty());
    let shown = outcome.to_string();
    assert!(
        shown.contains("exit code Some(4)") && shown.contains("node-ended"),
        "{shown}"
    );
}

#[test]
#[should_panic(expected = "expected exit code 0")]
fn another_exit_code_is_not_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let _ = test(&dir, "exit 3").expect_exit(0).run();
}

#[test]
#[should_panic(expected = "took longer than")]
fn a_run_without_end_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let _ = test(&dir, "exec sleep 1000")
        .within(Duration::from_millis(200))
        .run();
}

#[test]
fn a_run_can_be_followed_and_interrupted() {
    let dir = tempfile::tempdir().unwrap();
    let script = r#"
trap 'exit 130' INT
run=$DISPATCH_STATE/runs/1
mkdir -p "$run"
echo '{"at":"2026-01-01T00:00:00Z","event":"bus-waiting","node":"a"}' >"$run/journal.jsonl"
while :; do sleep 0.05; done
"#;
    let mut run = test(&dir, script).expect_exit(130).start();
    run.wait_for("waiting", |e| journal::is(e, "bus-waiting", "a"));
    let alive = Identity::of(run.pid()).unwrap();
    run.signal(Signal::INT);
    let _ = run.finish();
    assert!(!alive.lives());
}

#[test]
fn nothing_of_the_user_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let outcome = test(&dir, "env").env("EXTRA", "1").expect_exit(0).run();
    let work = outcome.work().display().to_string();
    for name in ["HOME", "TMPDIR", "DISPATCH_STATE"] {
        outcome.says(&format!("{name}={work}/"));
    }
    outcome.says("EXTRA=1");
    assert!(!outcome.stdout.contains("SSH_AUTH_SOCK"));
}

#[test]
fn an_ordinary_user_is_one() {
    if !need::root("job::an_ordinary_user_is_one") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let outcome = test(
        &dir,
        "id -u; echo mine >\"$HOME/file\" && mkdir \"$DISPATCH_STATE\"",
    )
    .as_ordinary_user()
    .expect_exit(0)
    .run();
    outcome.says("65534");
}
