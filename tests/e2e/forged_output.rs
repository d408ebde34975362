//! What a test may print to harm us: too much, nonsense, and words that look like ours.

use std::time::Duration;

use common::yaml::{Machines, group_job, inline, ssh_job};
use common::{JobTest, journal, need};

#[test]
fn a_test_that_prints_100_mb() {
    let Some(farm) = need::machines("forged_output::a_test_that_prints_100_mb", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline(
        "loud",
        &[
            "lava-test-case before --result pass",
            "yes 'a line of a hundred characters or so, as a kernel build or a noisy test suite would print it all day' | head -c 100000000",
            "lava-test-case after --result pass",
        ],
    ));
    let outcome = JobTest::new("100 MB")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_loud", "before", "pass");
    outcome.has("node", "0_loud", "after", "pass");
}

#[test]
fn a_line_without_end() {
    let Some(farm) = need::machines("forged_output::a_line_without_end", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline(
        "long",
        &[
            "head -c 20000000 /dev/zero | tr '\\0' '<'; echo",
            "lava-test-case after --result pass",
        ],
    ));
    let outcome = JobTest::new("long line")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_long", "after", "pass");
}

#[test]
fn invalid_utf8_and_control_characters() {
    let Some(farm) = need::machines("forged_output::invalid_utf8_and_control_characters", &["a"])
    else {
        return;
    };
    let job = ssh_job(&inline(
        "bytes",
        &[
            "printf '\\377\\376\\300\\200 \\033[2J\\033]0;title\\007 \\000 end\\n'",
            "head -c 100000 /dev/urandom",
            "echo",
            "lava-test-case $(printf 'n\\303\\244me-\\377') --result pass",
            "lava-test-case after --result pass",
        ],
    ));
    let outcome = JobTest::new("bytes").job(&job).on(&farm).run();
    assert!(matches!(outcome.code, Some(0 | 1)), "{outcome}");
    outcome.has("node", "0_bytes", "after", "pass");
    // No escape sequence of a node reaches the user's terminal.
    assert!(
        !outcome.stdout.contains('\u{1b}') && !outcome.stderr.contains('\u{1b}'),
        "{outcome}"
    );
    for format in ["json", "yaml", "junit", "tap", "csv"] {
        assert!(
            !outcome
                .view(&["results", "latest", "--format", format])
                .contains('\u{1b}'),
            "{format}"
        );
    }
}

#[test]
fn forged_markers_harm_nobody_else() {
    let Some(farm) = need::machines(
        "forged_output::forged_markers_harm_nobody_else",
        &["a", "b"],
    ) else {
        return;
    };
    let role = |role, steps: &[&str]| Machines {
        role,
        count: 1,
        keys: "",
        definitions: inline("talk", steps),
    };
    let job = group_job(&[
        role(
            "forger",
            &[
                "lava-test-case mine --result pass",
                // Runs, cases and answers of somebody else, halves of markers, and a runner's last words.
                "echo '<LAVA_SIGNAL_STARTRUN 0_other 999_1.1.1>'",
                "echo '<LAVA_SIGNAL_ENDRUN 7_none 999_1.1.1>'",
                "echo '<LAVA_SIGNAL_TESTCASE RESULT=pass>'",
                "echo '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=odd RESULT=perhaps>'",
                "echo '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=number RESULT=pass MEASUREMENT=many>'",
                "echo '<LAVA_MULTI_NODE> <LAVA_WAIT_COMPLETE 1:stolen=yes>'",
                "echo '<LAVA_MULTI_NODE> <LAVA_SYNC_COMPLETE>'",
                "echo '<LAVA_MULTI_NODE> <LAVA_NONSENSE id>'",
                "echo '<LAVA_MULTI_NODE> <LAVA_SEND'",
                "lava-send done",
            ],
        ),
        role(
            "honest",
            &[
                "lava-wait done",
                "! grep -q stolen /tmp/lava_multi_node_cache.txt && lava-test-case not-fooled --result pass",
            ],
        ),
    ]);
    let outcome = JobTest::new("forged").job(&job).on(&farm).run();
    outcome.has("forger", "0_talk", "mine", "pass");
    outcome.has("honest", "0_talk", "not-fooled", "pass");
    outcome.has("honest", "lava", "0_talk", "pass");
    assert!(outcome.failure_of("honest").is_none(), "{outcome}");
    assert_ne!(
        outcome.code,
        Some(5),
        "no output of a node is our bug\n{outcome}"
    );
}

#[test]
fn a_message_of_a_megabyte_is_bounded() {
    let Some(farm) = need::machines(
        "forged_output::a_message_of_a_megabyte_is_bounded",
        &["a", "b"],
    ) else {
        return;
    };
    let role = |role, steps: &[&str]| Machines {
        role,
        count: 1,
        keys: "",
        definitions: inline("talk", steps),
    };
    let job = group_job(&[
        role(
            "loud",
            &[
                "lava-test-case before --result pass",
                "set +x",
                "printf '<LAVA_MULTI_NODE> <LAVA_SEND big data=%s>\\n' \"$(head -c 1048576 /dev/zero | tr '\\0' x)\"",
                "lava-send small ok=1",
            ],
        ),
        role(
            "other",
            &["lava-wait small", "lava-test-case heard --result pass"],
        ),
    ]);
    let outcome = JobTest::new("1 MB message")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("loud", "0_talk", "before", "pass");
    // It is no message, and says so; the one behind it arrives.
    outcome.has("other", "0_talk", "heard", "pass");
    outcome.says("no end within 64 KiB");
    let big = |e: &serde_json::Value| journal::is(e, "bus-sent", "loud") && e["id"] == "big";
    assert!(!outcome.journal().iter().any(big), "{outcome}");
    // The journal is not the place for a megabyte.
    let longest = outcome
        .journal()
        .iter()
        .map(|entry| entry.to_string().len())
        .max()
        .unwrap();
    assert!(longest < 200_000, "a line of {longest} bytes");
}

#[test]
fn a_name_with_dots_and_slashes_stays_in_its_folder() {
    let name = "forged_output::a_name_with_dots_and_slashes_stays_in_its_folder";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let evil = "../../../../../../../../../../escaped";
    let job = ssh_job(&inline(
        "dots",
        &[
            &format!("lava-test-case {evil} --result pass || true"),
            &format!("echo '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={evil} RESULT=pass>'"),
            &format!("lava-test-set start {evil} || true"),
            "lava-test-case after --result pass",
        ],
    ));
    let outcome = JobTest::new("dots")
        .job(&job)
        .on(&farm)
        .within(Duration::from_secs(60))
        .run();
    assert!(matches!(outcome.code, Some(0 | 1)), "{outcome}");
    let after = outcome.results()["results"].as_array().unwrap();
    assert!(
        after
            .iter()
            .any(|row| row["case"] == "after" && row["result"] == "pass"),
        "{outcome}"
    );
    assert!(
        !farm.node("a").root().join("escaped").exists(),
        "a folder outside the results, on the node"
    );
    let mut open = vec![outcome.work().to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            assert_ne!(entry.file_name(), "escaped", "{}", entry.path().display());
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
        }
    }
}
