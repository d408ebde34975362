//! What is refused, and in which words.

use crate::block::{Block, possible, shells};

#[test]
fn names_that_lead_elsewhere_and_wrong_values_are_refused() {
    let test = "names_that_lead_elsewhere_and_wrong_values_are_refused";
    if !possible(test) {
        return;
    }
    for shell in shells(test) {
        let block = Block::new(&shell);
        block.call(&["prepare", "--runtime", "sandbox"]).ok();
        for name in [
            "../good",
            "a/../../b",
            "/etc/passwd",
            "-good",
            "a;b",
            "a\nb",
            "$(id)",
            "",
            "a b",
        ] {
            let said = block.call(&["split", "--job", name]);
            assert!(said.wrong(2).contains("job"), "{name:?}: {}", said.stderr);
            let case = ["run", "--case", name, "--count", "1", "--seconds", "1"];
            assert!(
                block.call(&case).wrong(2).contains("atomic job"),
                "{name:?}"
            );
        }
        for (wrong, words) in [
            (
                &["run", "--case", "a", "--count", "0", "--seconds", "1"][..],
                "the count of containers",
            ),
            (
                &["run", "--case", "a", "--count", "1", "--seconds", "x"],
                "the time limit",
            ),
            (
                &[
                    "run",
                    "--case",
                    "a",
                    "--count",
                    "1",
                    "--seconds",
                    "1",
                    "--cpus",
                    "1;2",
                ],
                "processors",
            ),
            (
                &[
                    "run",
                    "--case",
                    "a",
                    "--count",
                    "1",
                    "--seconds",
                    "1",
                    "--network",
                    "mine",
                ],
                "host or none",
            ),
            (
                &["run", "--case", "a", "--count", "1", "--seconds", "1"],
                "call split first",
            ),
            (
                &["prepare", "--runtime", "vm"],
                "use auto, docker, podman, sandbox or none",
            ),
            (
                &["prepare", "--package", "a;b"],
                "a package must be one word",
            ),
            (&["prepare", "--runtime", "docker"], "need an image"),
            (
                &[
                    "prepare",
                    "--runtime",
                    "sandbox",
                    "--rootfs",
                    "/nowhere.tar",
                ],
                "no file /nowhere.tar",
            ),
            (&["prepare", "--runtime"], "has no value"),
            (&["boil"], "is not a call"),
        ] {
            let said = block.call(wrong);
            assert!(said.wrong(2).contains(words), "{wrong:?}: {}", said.stderr);
        }
        block.assert_clean();
    }
}

#[test]
fn a_job_that_splits_into_nothing_is_wrong() {
    let test = "a_job_that_splits_into_nothing_is_wrong";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    block.call(&["prepare"]).ok();
    assert_eq!(
        block.call(&["split", "--job", "nothing"]).wrong(2),
        "lkp split-job made no job of jobs/nothing.yaml: no job in /lkp/lkp/src/jobs/nothing.yaml"
    );
    assert_eq!(
        block.call(&["split", "--job", "nowhere"]).wrong(2),
        "the tree has no jobs/nowhere.yaml"
    );
}

#[test]
fn a_call_before_prepare_says_so() {
    let test = "a_call_before_prepare_says_so";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    let words = "the block is not prepared on this node; call prepare first";
    assert_eq!(block.call(&["split", "--job", "good"]).wrong(3), words);
    assert!(
        block
            .call(&["pack", "1"])
            .wrong(3)
            .contains("has run nothing")
    );
}
