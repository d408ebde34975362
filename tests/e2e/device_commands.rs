//! Commands of a device, run on the dispatcher's machine: `command:` blocks, and power at the end of a job.

use std::path::Path;
use std::time::Duration;

use common::processes::{Identity, wait_until};
use common::{JobTest, Outcome, need};
use rustix::process::Signal;

/// A node of the embedded lab with commands, which write down in `order` when they ran.
const BOARD: &str = r#"
extends: sandbox
commands:
  hard_reset: sh -c 'echo hard_reset >> order'
  power_off: [sh -c 'echo power_off >> order', sh -c 'echo power_off again >> order']
  users:
    to_usb:
      do:
      - sh -c 'echo to_usb $LAVA_JOB_ID >> order; echo the token is $TOKEN'
      - sh -c 'echo to_usb, second >> order'
      undo: sh -c 'echo to_usb undone >> order'
    relay:
      do: sh -c 'echo relay >> order'
      undo: sh -c 'echo relay undone >> order'
    broken:
      do: [sh -c 'echo broken >> order; echo no such relay >&2; exit 7', sh -c 'echo never >> order']
      undo: sh -c 'echo broken undone >> order'
    stubborn: {do: sh -c 'trap "" TERM; echo $$; while :; do sleep 600; done'}
"#;

const HEAD: &str = "
job_name: device commands
visibility: public
timeouts: {job: {minutes: 3}, action: {minutes: 2}, connection: {seconds: 30}}
device_type: board
secrets: {TOKEN: correct-horse}
actions:
";

fn job(name: &str, actions: &str) -> JobTest {
    JobTest::new(name)
        .job(&format!("{HEAD}{actions}"))
        .file("lab/device-types/board.yaml", BOARD)
        .file("lab/devices/board-1.yaml", "device_type: board\n")
        .arg("--lab")
        .arg("lab")
}

/// What ran, in order.
fn order(outcome: &Outcome) -> Vec<String> {
    let work = outcome.state().parent().unwrap_or(Path::new(""));
    let order = std::fs::read_to_string(work.join("order")).unwrap_or_default();
    order.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn commands_run_in_order_and_power_goes_off_at_the_end() {
    if !need::root("device_commands::commands_run_in_order_and_power_goes_off_at_the_end") {
        return;
    }
    let outcome = job(
        "commands",
        "
- command: {name: to_usb}
- command: {name: relay}
- deploy: {to: ssh, os: debian}
- boot: {method: ssh, prompts: ['root@[a-z0-9-]+:']}
- test:
    definitions:
    - from: inline
      name: smoke
      path: inline/smoke.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: smoke}
        run: {steps: [lava-test-case up --result pass]}
- command: {name: hard_reset}
",
    )
    .expect_exit(0)
    .run();
    outcome.has("node", "0_smoke", "up", "pass");
    let id = outcome.job_id("node");
    assert_eq!(
        order(&outcome),
        [
            &format!("to_usb {id}"),
            "to_usb, second",
            "relay",
            "hard_reset",
            "power_off",
            "power_off again",
            "relay undone",
            "to_usb undone",
        ],
        "{outcome}"
    );
    let line = outcome.entry("host-output", |e| e["event"] == "host-output");
    let line = line["line"].as_str().unwrap();
    assert!(line.starts_with("the token is "), "{line}");
    assert!(!line.contains("correct-horse"), "{line}");
}

#[test]
fn a_command_that_fails_says_why_and_power_goes_off_all_the_same() {
    let name = "device_commands::a_command_that_fails_says_why_and_power_goes_off_all_the_same";
    if !need::root(name) {
        return;
    }
    let outcome = job(
        "broken",
        "
- command: {name: relay}
- command: {name: broken}
- command: {name: hard_reset}
",
    )
    .expect_exit(3)
    .run();
    outcome.failed_as(&["infrastructure"]);
    outcome.says("exit status: 7");
    let failure = outcome.failure_of("node").unwrap();
    assert_eq!(failure["evidence"]["step"], "user-command");
    assert_eq!(failure["evidence"]["text"], "no such relay");
    assert_eq!(
        order(&outcome),
        [
            "relay",
            "broken",
            "power_off",
            "power_off again",
            "broken undone",
            "relay undone"
        ],
        "{outcome}"
    );
}

#[test]
fn a_cancelled_run_ends_its_commands() {
    if !need::root("device_commands::a_cancelled_run_ends_its_commands") {
        return;
    }
    let actions = "
- command: {name: relay}
- command: {name: stubborn}
- command: {name: hard_reset}
";
    let mut run = job("cancelled", actions).expect_exit(130).start();
    let said = run.wait_for("process id", |e| e["event"] == "host-output");
    let pid = said["line"].as_str().unwrap().parse().unwrap();
    let shell = Identity::of(pid).unwrap();
    let sleep = common::processes::descendants(pid);
    run.signal(Signal::INT);
    let outcome = run.finish();
    for process in sleep.into_iter().chain([shell]) {
        let gone = wait_until(Duration::from_secs(10), || !process.lives());
        assert!(gone, "{process:?} is left\n{outcome}");
    }
    assert_eq!(
        order(&outcome),
        ["relay", "power_off", "power_off again", "relay undone"],
        "{outcome}"
    );
}

#[test]
fn a_command_that_takes_too_long_is_ended_by_its_limit() {
    if !need::root("device_commands::a_command_that_takes_too_long_is_ended_by_its_limit") {
        return;
    }
    let actions = "
- command: {name: stubborn, timeout: {seconds: 1}}
";
    let outcome = job("late", actions)
        .job(&format!("{HEAD}{actions}").replace(" action: {minutes: 2},", ""))
        .expect_exit(3)
        .run();
    outcome.failed_as(&["timeout"]);
    outcome.says("user-command timed out after 1 seconds");
    let said = outcome.entry("process id", |e| e["event"] == "host-output");
    let pid = said["line"].as_str().unwrap().parse().unwrap();
    assert!(Identity::of(pid).is_none(), "{pid} is left\n{outcome}");
    assert_eq!(order(&outcome), ["power_off", "power_off again"]);
}

#[test]
fn a_power_command_that_fails_is_told_and_changes_no_verdict() {
    if !need::root("device_commands::a_power_command_that_fails_is_told_and_changes_no_verdict") {
        return;
    }
    let board = BOARD.replace("'echo power_off >> order'", "'exit 1'");
    let outcome = job("no outlet", "\n- command: {name: relay}\n")
        .file("lab/device-types/board.yaml", board)
        .expect_exit(0)
        .run();
    outcome.says("warning: the last step failed");
    // The other steps of `finalize` run, and what was done is undone.
    let _ = outcome.entry("read-feedback", |e| {
        e["event"] == "step-ended" && e["name"] == "read-feedback"
    });
    assert_eq!(order(&outcome), ["relay", "relay undone"], "{outcome}");
}

#[test]
fn an_unknown_command_is_refused_before_anything_is_touched() {
    let actions = "\n- command: {name: relay}\n- command: {name: rellay}\n";
    let outcome = job("unknown", actions).expect_exit(2).run();
    assert_eq!(outcome.run_id(), None, "no run is made\n{outcome}");
    outcome.says("line 10: device board-1 has no command rellay; it has: hard_reset, power_off, ");
    assert!(order(&outcome).is_empty(), "{outcome}");
}

#[test]
fn a_program_that_is_not_there_is_told_before_anything_is_touched() {
    let board = BOARD.replace(
        "do: [sh -c 'echo broken",
        "do: [no-such-relay on, sh -c 'echo broken",
    );
    let outcome = job(
        "absent",
        "\n- command: {name: relay}\n- command: {name: broken}\n",
    )
    .file("lab/device-types/board.yaml", board)
    .expect_exit(3)
    .run();
    outcome.failed_as(&["configuration"]);
    outcome.says("step 2 user-command of node node needs the program no-such-relay");
    assert!(order(&outcome).is_empty(), "{outcome}");
}

#[test]
fn secrets_do_not_decide_what_a_command_runs() {
    if !need::root("device_commands::secrets_do_not_decide_what_a_command_runs") {
        return;
    }
    let actions = "\n- command: {name: relay}\n";
    let head = HEAD.replace("{TOKEN", "{PATH: /nowhere, BASH_ENV: /nowhere, TOKEN");
    let board = BOARD.replace(
        "'echo relay >> order'",
        "'echo relay $PATH $BASH_ENV $TOKEN >> order'",
    );
    let outcome = job("steering", actions)
        .job(&format!("{head}{actions}"))
        .file("lab/device-types/board.yaml", board)
        .expect_exit(0)
        .run();
    let relay = &order(&outcome)[0];
    assert!(!relay.contains("/nowhere"), "{relay}");
    assert!(relay.ends_with("correct-horse"), "{relay}");
}

#[test]
fn a_run_that_is_ended_at_once_leaves_no_command() {
    if !need::root("device_commands::a_run_that_is_ended_at_once_leaves_no_command") {
        return;
    }
    let actions = "\n- command: {name: stubborn}\n";
    let mut run = job("at once", actions).expect_exit(130).start();
    let said = run.wait_for("process id", |e| e["event"] == "host-output");
    let pid = said["line"].as_str().unwrap().parse().unwrap();
    let shell = Identity::of(pid).unwrap();
    let sleep = common::processes::descendants(pid);
    run.signal(Signal::INT);
    // Signals of one kind that come together are one.
    std::thread::sleep(Duration::from_millis(300));
    run.signal(Signal::INT);
    let outcome = run.finish();
    outcome.says("ended at once");
    for process in sleep.into_iter().chain([shell]) {
        let gone = wait_until(Duration::from_secs(10), || !process.lives());
        assert!(gone, "{process:?} is left\n{outcome}");
    }
}
