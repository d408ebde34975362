//! Results that a node made up: nothing of them leaves the run's folder, and words say what was wrong.

use std::path::Path;

use common::nodes::Node;
use common::{JobTest, need};

use super::job::{points, roles};
use super::tree::miniature;

/// Puts a program before the node's own one of that name. `$real` in it is the node's own.
fn instead(node: &Node, program: &str, script: &str) {
    let command = format!(
        "real=$(command -v {program}); cat >/usr/local/bin/{program} <<'EOF'\n#!/bin/sh\nreal=REAL\n{script}\nEOF\n\
         sed -i \"s|REAL|$real|\" /usr/local/bin/{program}; chmod 755 /usr/local/bin/{program}"
    );
    let put = node.exec(&command);
    assert!(put.status.success(), "{put:?}");
}

/// `tar` that packs as the words say, and does everything else as ever.
fn packs(node: &Node, words: &str) {
    instead(
        node,
        "tar",
        &format!("if [ \"$1\" = -cf ] && [ \"$2\" = - ]; then\n{words}\nfi\nexec $real \"$@\""),
    );
}

#[test]
fn what_a_node_packs_stays_in_the_runs_folder() {
    let name = "lkp::boundaries::what_a_node_packs_stays_in_the_runs_folder";
    let nodes = ["absolute", "above", "link", "short", "sum", "honest"];
    let Some(farm) = need::machines(name, &nodes) else {
        return;
    };
    let outside = tempfile::tempdir().unwrap();
    let outside = outside.path().join("outside");
    let away = outside.display();
    packs(
        farm.node("absolute"),
        &format!("exec $real -P --transform='s,^console.log$,{away},' \"$@\""),
    );
    packs(
        farm.node("above"),
        "exec $real -P --transform='s,^console.log$,../../../../../outside,' \"$@\"",
    );
    // First a link, then a file that goes through it.
    packs(
        farm.node("link"),
        &format!(
            "mkdir -p /made/b; ln -sfn {} /made/a; echo x >/made/b/outside\n\
             exec $real --transform='s,^b,a,' \"$@\" -C /made a b/outside",
            outside.parent().unwrap().display()
        ),
    );
    packs(farm.node("short"), "$real \"$@\" | head -c 3000; exit 0");
    instead(farm.node("sum"), "openssl", "exit 1");
    instead(
        farm.node("sum"),
        "sha256sum",
        "$real \"$@\" | sed 's/^.\\{8\\}/00000000/'",
    );

    let keys = format!("source: {}, jobs: [mytest]", miniature().display());
    let blocks: Vec<_> = nodes.iter().map(|role| (*role, keys.clone())).collect();
    let outcome = JobTest::new("hostile results")
        .job(&roles("ssh", &blocks))
        .on(&farm)
        .expect_exit(3)
        .run();
    outcome.failed_as(&["infrastructure"]);
    for (node, words) in [
        ("absolute", "absolute"),
        ("above", ".."),
        ("short", "cut off"),
        ("sum", "SHA-256"),
    ] {
        let failure = outcome.failure_of(node).expect("it is incomplete");
        assert_eq!(failure["class"], "infrastructure", "{node}: {failure}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains(words), "{node}: {message}");
        assert!(points(&outcome, node).is_empty(), "{node} has no result");
    }
    // A link is no result, and the rest of them is one.
    let _ = outcome.entry("the link is left out", |e| {
        e["node"] == "link" && e["message"].to_string().contains("left out of the results")
    });
    assert_eq!(points(&outcome, "link")[0]["result"], "pass", "{outcome}");
    assert_eq!(points(&outcome, "honest")[0]["result"], "pass", "{outcome}");
    assert!(!outside.exists(), "an absolute name or a link was followed");
    above_is_clean(outcome.run_dir());
}

/// No folder above what was unpacked got a file `outside`.
fn above_is_clean(run: &Path) {
    let found: Vec<_> = run
        .join("lkp/above/1")
        .ancestors()
        .map(|folder| folder.join("outside"))
        .filter(|file| file.exists())
        .collect();
    assert!(found.is_empty(), "{found:?}");
}
