//! An LKP case on many nodes at once, of which one dies: it is lost, and the others' results are kept.
//!
//! `DISPATCH_STRESS_NODES` says on how many nodes of the embedded lab; 100 when nobody says, which takes half a minute on two busy
//! cores.

use std::process::Command;
use std::time::{Duration, Instant};

use common::job::{Running, source_dir};
use common::{JobTest, Outcome, journal, need, processes};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// The node that dies.
const VICTIM: &str = "victim";

/// From a node's death to the journal's word of it, in seconds. It is a few milliseconds; a test machine may be busy.
const AT_ONCE: f64 = 10.0;

/// A case of the author's that ends long after the test. It uses no processor time. (`set` cannot lengthen the
/// miniature's own: a value that a job gives to its program itself stays.)
const LONG: &str =
    "suite: long\ntestcase: sleep\ncategory: functional\n\nsleep:\n  runtime: 1000\n";

/// So many nodes run a case that ends, and the victim one that does not.
fn job(many: usize, device_type: &str, victim: &str, after: &str) -> String {
    let tree = source_dir().join("examples/lkp-mini");
    let tree = tree.display();
    format!(
        "
job_name: stress
visibility: public
timeouts: {{job: {{minutes: 8}}, action: {{minutes: 7}}, connection: {{minutes: 3}}}}
protocols:
  lava-multinode:
    roles:
      many: {{count: {many}, device_type: {device_type}}}
      victim: {{count: 1, device_type: {device_type}{victim}}}
actions:
- deploy: {{role: [many, victim], to: ssh, os: debian}}
- boot: {{role: [many, victim], method: ssh}}
- test:
    role: [many]
    lkp: {{source: {tree}, jobs: [burn], set: {{loops: 1000}}}}
- test:
    role: [victim]
    lkp: {{source: {tree}, cases: [long.yaml], jobs: [long]}}
{after}"
    )
}

/// Waits until the victim's case runs. The journal of many nodes is long: reading it all the time would be a load.
fn its_case_runs(run: &Running) {
    let patience = Instant::now() + Duration::from_secs(300);
    let runs = |e: &Value| journal::is(e, "step-started", VICTIM) && e["name"] == "lkp-case";
    while !run.journal().iter().any(runs) {
        assert!(Instant::now() < patience, "the victim's case never began");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Ends a node of the embedded lab with everything in it: its process 1. Says when; finding it takes its time.
fn kill_sandbox(run: &Running, name: &str) -> f64 {
    let init = processes::descendants(run.pid())
        .into_iter()
        .find(|process| {
            let pid = process.pid();
            processes::command_line(pid).contains("__sandbox-node-init") && host_name(pid) == name
        });
    let init = init.expect("the node is there").pid();
    let pid = Pid::from_raw(init.cast_signed()).expect("it has a process id");
    let at = now();
    kill_process(pid, Signal::KILL).expect("it is alive");
    at
}

fn host_name(pid: u32) -> String {
    let output = Command::new("nsenter")
        .args(["--target", &pid.to_string(), "--uts", "uname", "-n"])
        .output()
        .expect("nsenter (Debian package util-linux) starts");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The victim is lost and says so; every other node's case is complete, with its numbers and files.
fn lost_alone(outcome: &Outcome, others: &[String]) {
    let failure = outcome.failure_of(VICTIM).expect("it is incomplete");
    assert_eq!(failure["class"], "infrastructure", "{outcome}");
    let words = failure["message"].as_str().unwrap_or_default();
    assert!(words.starts_with("node lost: "), "{words}");
    outcome.says(&format!("{VICTIM}: node lost: "));
    for node in others {
        outcome.has(node, "0_lkp", "burn-1000", "pass");
        let folder = outcome.run_dir().join(format!("lkp/{node}/1/result/burn"));
        assert!(folder.is_dir(), "{}", folder.display());
    }
    let suites = outcome.journal();
    let points = suites.iter().filter(|e| e["event"] == "lkp").count();
    assert_eq!(points, others.len(), "{outcome}");
}

fn others(count: usize) -> Vec<String> {
    match count {
        1 => vec!["many".to_owned()],
        _ => (1..=count).map(|n| format!("many-{n}")).collect(),
    }
}

#[test]
fn a_hundred_nodes_of_which_one_dies() {
    if !need::root("lkp_stress::a_hundred_nodes_of_which_one_dies") {
        return;
    }
    let said = std::env::var("DISPATCH_STRESS_NODES").ok();
    let many = said.and_then(|n| n.parse().ok()).unwrap_or(100).max(2) - 1;
    let run = JobTest::new("a hundred nodes")
        .file("long.yaml", LONG)
        .job(&job(many, "sandbox", "", ""))
        .expect_exit(3)
        .within(Duration::from_secs(400))
        .start();
    its_case_runs(&run);
    let died = kill_sandbox(&run, VICTIM);
    let outcome = run.finish();
    eprintln!("{} nodes: {:?}", many + 1, outcome.elapsed);
    told_at_once(&outcome, died);
    lost_alone(&outcome, &others(many));
    // Read once: the journal of many nodes is long.
    let incomplete: Vec<Value> = outcome
        .journal()
        .into_iter()
        .filter(|e| e["event"] == "node-ended" && !e["failure"].is_null())
        .collect();
    assert_eq!(incomplete.len(), 1, "{incomplete:#?}");
}

/// Seconds since 1970, as in the journal.
fn now() -> f64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
    since.expect("it is after 1970").as_secs_f64()
}

fn told_at_once(outcome: &Outcome, died: f64) {
    let end = outcome.entry("the victim's end", |e| journal::is(e, "node-ended", VICTIM));
    let delay = journal::at(&end) - died;
    eprintln!("node lost after {:.0} ms", 1000.0 * delay);
    assert!((-1.0..AT_ONCE).contains(&delay), "{delay} s\n{outcome}");
}

/// Everybody meets in the end; whoever waits there for the lost node is told.
const MEET: &str = "- test:
    role: [many, victim]
    definitions:
    - from: inline
      name: meet
      path: inline/meet.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: meet}
        run: {steps: [lava-sync end]}
";

#[test]
fn a_machine_dies_and_those_who_wait_for_it_are_told() {
    let names = ["a", "b", "c"];
    let Some(mut farm) = need::machines(
        "lkp_stress::a_machine_dies_and_those_who_wait_for_it_are_told",
        &names,
    ) else {
        return;
    };
    let mut run = JobTest::new("a machine dies")
        .file("long.yaml", LONG)
        .job(&job(2, "ssh", "", MEET))
        .on(&farm)
        .expect_exit(3)
        .start();
    its_case_runs(&run);
    for node in others(2) {
        run.wait_for("it waits", |e| journal::is(e, "bus-waiting", &node));
    }
    let assigned = run.wait_for("assigned", |e| journal::is(e, "node-assigned", VICTIM));
    let died = now();
    farm.node_mut(assigned["device"].as_str().unwrap()).kill();
    let outcome = run.finish();
    told_at_once(&outcome, died);
    lost_alone(&outcome, &others(2));
    for node in others(2) {
        let told = outcome.entry("told", |e| {
            journal::is(e, "bus-done", &node) && e["failure"].is_string()
        });
        assert!(told.to_string().contains(VICTIM), "{told}");
    }
}

#[test]
fn an_unplugged_machine_is_missed() {
    let Some(farm) = need::machines("lkp_stress::an_unplugged_machine_is_missed", &["a", "b"])
    else {
        return;
    };
    let mut run = JobTest::new("unplugged")
        .file("long.yaml", LONG)
        .job(&job(1, "ssh", "", ""))
        .on(&farm)
        .expect_exit(3)
        .start();
    its_case_runs(&run);
    let assigned = run.wait_for("assigned", |e| journal::is(e, "node-assigned", VICTIM));
    let died = now();
    farm.node(assigned["device"].as_str().unwrap()).unplug();
    let outcome = run.finish();
    let end = outcome.entry("the victim's end", |e| journal::is(e, "node-ended", VICTIM));
    eprintln!("silence noticed after {:.1} s", journal::at(&end) - died);
    lost_alone(&outcome, &others(1));
}

#[test]
fn an_essential_node_that_dies_ends_the_others() {
    if !need::root("lkp_stress::an_essential_node_that_dies_ends_the_others") {
        return;
    }
    let long =
        job(2, "sandbox", ", essential: true", "").replace("loops: 1000}", "loops: 9000000000}");
    let run = JobTest::new("essential")
        .file("long.yaml", LONG)
        .job(&long)
        .expect_exit(3)
        .start();
    its_case_runs(&run);
    kill_sandbox(&run, VICTIM);
    let outcome = run.finish();
    outcome.says(&format!("{VICTIM}: node lost: "));
    for node in others(2) {
        let failure = outcome.failure_of(&node).expect("it was cancelled");
        assert!(failure.to_string().contains(VICTIM), "{failure}");
    }
}
