//! The embedded lab: the README's job, as root and as an ordinary user, and nothing left of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::job::{Running, source_dir};
use common::{JobTest, Outcome, Traces, journal, need};
use rustix::process::Signal;

fn example() -> PathBuf {
    source_dir().join("examples/jobs/host-guests.yaml")
}

/// A copy of the example, so that an ordinary user can read it wherever the source tree is.
fn the_example(name: &str) -> JobTest {
    let text = std::fs::read_to_string(example()).expect("the example is in the source tree");
    JobTest::new(name).job(&text)
}

/// The embedded lab without its keys: a job that takes as long as it is let.
const LONG: &str = "
job_name: long
visibility: public
timeouts: {job: {minutes: 5}, action: {minutes: 5}, connection: {seconds: 30}}
device_type: sandbox
actions:
- deploy: {to: ssh, os: debian}
- boot: {method: ssh, prompts: ['root@[a-z0-9-]+:']}
- test:
    definitions:
    - from: inline
      name: long
      path: inline/long.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: long}
        run:
          steps:
          - lava-test-case address --shell 'test -n \"$(lava-echo-ipv4 eth0)\"'
          - lava-test-case writes --shell 'echo x >/written-by-a-sandbox'
          - sleep 600
";

/// What a run of the embedded lab has made.
fn traces(run: &Running) -> Traces {
    let work = run.tmp();
    Traces::of(&[run.pid()], work.parent().unwrap())
}

/// Nothing is in the folder for temporary files, and the machine's own files are as they were.
fn nothing_left_in(tmp: &Path) {
    let left: Vec<_> = std::fs::read_dir(tmp)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    assert!(left.is_empty(), "temporary files are left: {left:?}");
    assert!(!Path::new("/written-by-a-sandbox").exists());
}

/// The example is complete, and every node says so.
fn complete(outcome: &Outcome) {
    assert_eq!(outcome.verdict(), "pass", "{outcome}");
    for node in ["host", "guest-1", "guest-2", "guest-3"] {
        assert!(outcome.failure_of(node).is_none(), "{outcome}");
    }
    let rows = outcome.results()["results"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["result"] == "pass"), "{outcome}");
    // The README promises seconds; a test machine may be busy.
    assert!(
        outcome.elapsed < Duration::from_secs(60),
        "{:?}",
        outcome.elapsed
    );
}

#[test]
fn the_example_runs_as_root() {
    if need::root("sandbox_lab::the_example_runs_as_root") {
        complete(&the_example("example, root").expect_exit(0).run());
    }
}

#[test]
fn the_example_runs_as_an_ordinary_user() {
    if need::user_namespaces("sandbox_lab::the_example_runs_as_an_ordinary_user") {
        complete(
            &the_example("example, ordinary user")
                .as_ordinary_user()
                .expect_exit(0)
                .run(),
        );
    }
}

/// Waits until the test shell in the sandbox runs.
fn until_it_runs(run: &mut Running) {
    run.wait_for("case", |e| {
        journal::is(e, "case", "node") && e["case"] == "writes"
    });
}

fn after_cancel(test: JobTest) {
    let mut run = test.job(LONG).expect_exit(130).start();
    until_it_runs(&mut run);
    let (traces, tmp) = (traces(&run), run.tmp());
    run.signal(Signal::INT);
    let outcome = run.finish();
    outcome.has("node", "0_long", "address", "pass");
    outcome.has("node", "0_long", "writes", "pass");
    traces.assert_gone();
    nothing_left_in(&tmp);
}

fn after_kill(test: JobTest, again: impl Fn(JobTest) -> JobTest) {
    let mut run = test.job(LONG).start();
    until_it_runs(&mut run);
    let (traces, tmp) = (traces(&run), run.tmp());
    run.signal(Signal::KILL);
    let outcome = run.finish();
    assert_eq!(outcome.code, None, "a signal ended it");
    traces.assert_gone();
    // What a killed program cannot do, the next start does.
    let _ = again(
        JobTest::new("next start")
            .command(&["runs"])
            .state_of(&outcome)
            .env("TMPDIR", &tmp.display().to_string()),
    )
    .expect_exit(0)
    .run();
    nothing_left_in(&tmp);
}

#[test]
fn nothing_is_left_after_a_cancel_as_root() {
    if need::root("sandbox_lab::nothing_is_left_after_a_cancel_as_root") {
        after_cancel(JobTest::new("cancel, root"));
    }
}

#[test]
fn nothing_is_left_after_a_cancel_as_an_ordinary_user() {
    if need::user_namespaces("sandbox_lab::nothing_is_left_after_a_cancel_as_an_ordinary_user") {
        after_cancel(JobTest::new("cancel, ordinary user").as_ordinary_user());
    }
}

#[test]
fn nothing_is_left_after_a_kill_as_root() {
    if need::root("sandbox_lab::nothing_is_left_after_a_kill_as_root") {
        after_kill(JobTest::new("kill, root"), |test| test);
    }
}

#[test]
fn nothing_is_left_after_a_kill_as_an_ordinary_user() {
    if need::user_namespaces("sandbox_lab::nothing_is_left_after_a_kill_as_an_ordinary_user") {
        after_kill(
            JobTest::new("kill, ordinary user").as_ordinary_user(),
            JobTest::as_ordinary_user,
        );
    }
}
