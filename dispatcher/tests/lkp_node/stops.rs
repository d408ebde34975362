//! However a run ends, nothing of it lives on.

use std::time::Duration;

use crate::block::{Block, possible, shells, until};

const HANG: [&str; 7] = [
    "run",
    "--case",
    "hang-1-100%",
    "--count",
    "3",
    "--seconds",
    "600",
];

fn ready(shell: &str, runtime: &str) -> Block {
    let block = Block::new(shell);
    block.call(&["prepare", "--runtime", runtime]).ok();
    block.call(&["split", "--job", "hang"]).ok();
    block
}

#[test]
fn the_end_of_standard_input_or_a_signal_ends_a_run() {
    let test = "the_end_of_standard_input_or_a_signal_ends_a_run";
    if !possible(test) {
        return;
    }
    for shell in shells(test) {
        for runtime in ["none", "sandbox"] {
            let block = ready(&shell, runtime);
            let (mut run, mut lines) = block.start(&HANG);
            until(&mut lines, "begin", 3);
            drop(run.stdin.take());
            assert_eq!(run.wait().unwrap().code(), Some(143));
            block.assert_clean();

            let (mut run, mut lines) = block.start(&HANG);
            let stdin = run.stdin.take();
            until(&mut lines, "begin", 3);
            let pid = rustix::process::Pid::from_child(&run);
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
            assert_eq!(run.wait().unwrap().code(), Some(143));
            block.assert_clean();
            drop(stdin);
        }
    }
}

#[test]
fn a_run_past_its_limit_is_ended_and_the_next_one_runs() {
    let test = "a_run_past_its_limit_is_ended_and_the_next_one_runs";
    if !possible(test) {
        return;
    }
    for shell in shells(test) {
        let block = ready(&shell, "sandbox");
        block.call(&["split", "--job", "good"]).ok();
        let hang = [
            "run",
            "--case",
            "hang-1-100%",
            "--count",
            "2",
            "--seconds",
            "1",
        ];
        let lines = block.call(&hang).ok().lines;
        for k in 1..=2 {
            let end = format!("end {k} timeout ");
            assert!(lines.iter().any(|line| line.starts_with(&end)), "{lines:?}");
            assert!(
                lines.contains(&format!("result {k} result/small/p/0")),
                "{lines:?}"
            );
        }
        block.assert_clean();
        let good = [
            "run",
            "--case",
            "good-1-100%",
            "--count",
            "2",
            "--seconds",
            "60",
        ];
        block.call(&good).ok();
        block.assert_clean();
    }
}

#[test]
fn what_a_killed_call_left_is_ended_by_the_next_prepare() {
    let test = "what_a_killed_call_left_is_ended_by_the_next_prepare";
    if !possible(test) {
        return;
    }
    let block = ready("/bin/sh", "sandbox");
    let (mut run, mut lines) = block.start(&HANG);
    let stdin = run.stdin.take();
    until(&mut lines, "begin", 3);
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(block.alive().len() > 3, "they live on");
    drop(stdin);
    let other = block.path("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::copy(
        block.folder().join("tests.tar.gz"),
        other.join("tests.tar.gz"),
    )
    .unwrap();
    block
        .call_in(&other, &["prepare", "--runtime", "none"])
        .ok();
    // The one that watched standard input needs a moment to notice its end.
    for _ in 0..100 {
        if block.alive().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    block.assert_clean();
}
