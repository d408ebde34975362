//! Runs that end early: by their user, by a signal, by their own limits.

use std::time::Duration;

use common::job::Running;
use common::nodes::Node;
use common::{Farm, JobTest, Lab, journal, need, processes};
use rustix::process::Signal;

use super::job::{job, points, reasons};
use super::left::{Before, running};
use super::tree::miniature;

/// Ten minutes of nothing.
const NAP: &str = "suite: nap\ntestcase: sleep\ncategory: functional\n\nruntime: 600\n\nsleep:\n";

/// Four containers that sleep for ten minutes.
fn long() -> String {
    let block = format!(
        "lkp: {{source: {}, cases: [nap.yaml], jobs: [nap], containers: {{count: 4, runtime: sandbox}}}}",
        miniature().display()
    );
    job("ssh", &[block])
}

fn start(farm: &Farm, lab: &Lab, code: Option<i32>) -> Running {
    let test = JobTest::new("long")
        .job(&long())
        .file("nap.yaml", NAP)
        .on_lab(farm, lab);
    match code {
        Some(code) => test.expect_exit(code).start(),
        None => test.start(),
    }
}

/// Waits until all four are in their test.
fn until_all_sleep(run: &mut Running, node: &Node) {
    run.wait_for("the case begins", |e| {
        journal::is(e, "step-started", "node") && e["name"] == "lkp-case"
    });
    let all = || {
        running(node)
            .iter()
            .filter(|l| l.trim() == "sleep 600")
            .count()
            == 4
    };
    assert!(
        processes::wait_until(Duration::from_secs(60), all),
        "four tests sleep, among {:#?}",
        running(node)
    );
}

#[test]
fn nothing_is_left_of_a_run_that_is_stopped_or_killed() {
    let name = "lkp::stops::nothing_is_left_of_a_run_that_is_stopped_or_killed";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let lab = Lab::of(&farm);
    let node = farm.node("a");
    let before = Before::of(node);

    let mut run = start(&farm, &lab, Some(130));
    until_all_sleep(&mut run, node);
    run.signal(Signal::INT);
    let outcome = run.finish();
    before.assert_stopped(node);
    before.assert_again(node);
    assert!(points(&outcome, "node").is_empty(), "{outcome}");

    let mut run = start(&farm, &lab, None);
    until_all_sleep(&mut run, node);
    run.signal(Signal::KILL);
    assert_eq!(run.finish().code, None, "a signal ended it");
    // Nobody can take the block's files away any more; what runs is another matter.
    let gone = processes::wait_until(Duration::from_secs(20), || running(node).is_empty());
    assert!(gone, "after a kill there run {:#?}", running(node));
    before.assert_stopped(node);

    let block = format!("lkp: {{source: {}, jobs: [mytest]}}", miniature().display());
    let next = JobTest::new("next")
        .job(&job("ssh", &[block]))
        .on_lab(&farm, &lab)
        .expect_exit(0)
        .run();
    assert_eq!(points(&next, "node")[0]["result"], "pass", "{next}");
}

#[test]
fn limits_of_a_case_and_of_a_block() {
    let name = "lkp::stops::limits_of_a_case_and_of_a_block";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let before = Before::of(farm.node("a"));
    let tree = miniature();
    let sleepy = format!(
        "source: {}, cases: [nap.yaml], jobs: [nap, mytest], containers: {{count: 2, runtime: sandbox}}",
        tree.display()
    );
    let blocks = [
        format!("lkp: {{name: case, {sleepy}, timeout: {{seconds: 3}}}}"),
        // What a block has left is a limit of its cases, so that what they found is not lost...
        format!("timeout: {{seconds: 12}}, lkp: {{name: saved, {sleepy}}}"),
        // ...unless nothing is left.
        format!("timeout: {{seconds: 1}}, lkp: {{name: block, {sleepy}}}"),
    ];
    let outcome = JobTest::new("limits")
        .job(&job("ssh", &blocks))
        .file("nap.yaml", NAP)
        .on(&farm)
        .run();
    // The block's limit: its time is over, and that is the node's end.
    assert_ne!(outcome.code, Some(0), "{outcome}");
    assert_eq!(outcome.verdict(), "incomplete", "{outcome}");
    let failure = outcome
        .failure_of("node")
        .expect("the block ran out of time");
    let words = failure["message"].as_str().unwrap();
    assert!(words.contains("timed out after"), "{words}");
    // The case's limit: that case fails in both containers, and the next one is run.
    let of_first = points(&outcome, "node");
    let say = |p: &serde_json::Value| {
        (
            p["job"].as_str().unwrap().starts_with("nap"),
            p["result"].as_str().unwrap().to_owned(),
        )
    };
    let told: Vec<_> = of_first.iter().take(4).map(say).collect();
    let wanted = [
        (true, "fail"),
        (true, "fail"),
        (false, "pass"),
        (false, "pass"),
    ];
    let wanted: Vec<_> = wanted.iter().map(|(s, r)| (*s, (*r).to_owned())).collect();
    assert_eq!(told, wanted, "{outcome}");
    assert!(
        reasons(&of_first[0]).contains("did not end within 3 s"),
        "{}",
        reasons(&of_first[0])
    );
    let saved = |p: &&serde_json::Value| p["job"] == of_first[0]["job"];
    assert!(
        of_first.iter().skip(4).filter(saved).count() >= 2,
        "{outcome}"
    );
    before.assert_again(farm.node("a"));
}
