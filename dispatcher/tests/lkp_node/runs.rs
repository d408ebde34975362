//! Jobs are split and run, and their results packed.

use sha2::{Digest, Sha256};

use crate::block::{Block, possible, shells};

const RUN: [&str; 5] = ["run", "--case", "good-1-100%", "--seconds", "60"];

fn run(block: &Block, more: &[&str]) -> Vec<String> {
    block.call(&[&RUN[..], more].concat()).ok().lines
}

fn words(lines: &[String], word: &str) -> Vec<String> {
    let mut found: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '))
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}

#[test]
fn containers_begin_together_and_leave_their_results_and_nothing_else() {
    let test = "containers_begin_together_and_leave_their_results_and_nothing_else";
    if !possible(test) {
        return;
    }
    for shell in shells(test) {
        for (runtime, count) in [("none", 1), ("sandbox", 4)] {
            let block = Block::new(&shell);
            let facts = block.call(&["prepare", "--runtime", runtime]).ok().lines;
            assert!(facts.contains(&format!("runtime {runtime}")), "{facts:?}");
            let jobs = block
                .call(&["split", "--job", "good", "--set", "a: $(b) 'c'"])
                .ok();
            assert_eq!(words(&jobs.lines, "job"), ["good-1-100%", "good-2-100%"]);
            for repeat in 0..2 {
                let many = count.to_string();
                let lines = run(&block, &["--count", &many, "--run-set", "x: y; z"]);
                let first_begin = lines
                    .iter()
                    .position(|line| line.starts_with("begin"))
                    .unwrap();
                assert!(
                    lines[..first_begin]
                        .iter()
                        .all(|line| line.starts_with("ready"))
                );
                assert_eq!(words(&lines, "ready").len(), count);
                assert_eq!(words(&lines, "begin").len(), count);
                let ends = words(&lines, "end");
                assert!(
                    ends.iter().all(|end| end.split(' ').nth(1) == Some("0")),
                    "{ends:?}"
                );
                let results: Vec<_> = (1..=count)
                    .map(|k| format!("{k} result/small/p/{repeat}"))
                    .collect();
                assert_eq!(words(&lines, "result"), results);
                block.assert_clean();
            }
            assert!(
                !block.folder().join("src/left").exists(),
                "the tree stays as it was"
            );
            let (tar, said) = block.pack(&count.to_string());
            let sum: String = Sha256::digest(&tar)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(
                said.lines().last(),
                Some(&*format!("sha256 {sum} {}", tar.len()))
            );
            assert_packed(&tar);
            block.call(&["clean"]).ok();
            let left: Vec<_> = std::fs::read_dir(block.folder()).unwrap().collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

fn assert_packed(tar: &[u8]) {
    let mut names = Vec::new();
    for entry in tar::Archive::new(tar).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        match &*name {
            "result/small/p/1/binary" => assert_eq!(bytes, std::fs::read("/bin/sh").unwrap()),
            "result/small/p/1/job.yaml" => {
                assert_eq!(bytes, b"does: good\nn: 1\nset: a: $(b) 'c'\n");
            }
            "console.log" => assert!(bytes.starts_with(
                b"arguments -s x: y; z /lkp/lkp/jobs/good-1-100%.yaml\nleft in /tmp: \n"
            )),
            _ => {}
        }
        names.push(name);
    }
    names.sort();
    assert_eq!(
        names,
        [
            "console.log",
            "paths/",
            "paths/2026-01-01/",
            "paths/2026-01-01/2026-01-01-root",
            "result/small/p/1/",
            "result/small/p/1/binary",
            "result/small/p/1/job.yaml",
            "result/small/p/matrix.json",
        ]
    );
}

#[test]
fn a_result_folder_that_leads_out_of_the_container_is_not_taken() {
    let test = "a_result_folder_that_leads_out_of_the_container_is_not_taken";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    block.call(&["prepare", "--runtime", "sandbox"]).ok();
    block.call(&["split", "--job", "trick"]).ok();
    let run = [
        "run",
        "--case",
        "trick-1-100%",
        "--count",
        "1",
        "--seconds",
        "60",
    ];
    let lines = block.call(&run).ok().lines;
    assert_eq!(words(&lines, "result"), ["1 -"]);
}

#[test]
fn two_runs_at_once_wait_for_each_other() {
    let test = "two_runs_at_once_wait_for_each_other";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    block.call(&["prepare"]).ok();
    block.call(&["split", "--job", "good"]).ok();
    let both = std::thread::scope(|scope| {
        let one = scope.spawn(|| run(&block, &["--count", "2"]));
        let two = run(&block, &["--count", "2"]);
        [one.join().unwrap(), two]
    });
    let mut results: Vec<_> = both
        .iter()
        .flat_map(|lines| words(lines, "result"))
        .collect();
    results.sort();
    assert_eq!(
        results,
        [
            "1 result/small/p/0",
            "1 result/small/p/1",
            "2 result/small/p/0",
            "2 result/small/p/1"
        ]
    );
}
