//! `examples/jobs/lkp-host-guests.yaml`: guests with LKP against a server on a host.

use std::fs;
use std::path::Path;
use std::time::Duration;

use common::job::source_dir;
use common::{JobTest, Outcome, Traces, journal, need};

use super::job::points;
use super::left::Before;

fn example() -> String {
    let file = source_dir().join("examples/jobs/lkp-host-guests.yaml");
    fs::read_to_string(file).expect("the example is in the source tree")
}

/// The example with another tree of LKP.
fn with_source(source: &str) -> String {
    let from = "source: ../lkp-mini";
    assert!(example().contains(from), "the example names its tree");
    example().replace(from, &format!("source: {source}"))
}

fn miniature() -> String {
    super::tree::miniature().display().to_string()
}

const GUESTS: [&str; 2] = ["guest-1", "guest-2"];

/// Both sides are there: the host has seen its guests, and they have numbers.
fn complete(outcome: &Outcome) {
    assert_eq!(outcome.verdict(), "pass", "{outcome}");
    outcome.has("host", "0_host", "server-listens", "pass");
    outcome.has("host", "0_host", "nobody-from-localhost", "pass");
    let rows = outcome.results()["results"].as_array().unwrap();
    let seen = rows.iter().filter(|row| {
        row["node"] == "host" && row["case"].as_str().is_some_and(|c| c.starts_with("saw-"))
    });
    assert_eq!(seen.count(), GUESTS.len(), "the host saw every guest");
    for guest in GUESTS {
        number(outcome, guest, "iperf.tcp.receiver.bps", "bits/s");
        number(outcome, guest, "hackbench.throughput", "KB/s");
        for point in points(outcome, guest) {
            let folder = outcome.run_dir().join(point["folder"].as_str().unwrap());
            in_lkps_scheme(&folder, &point["container"].to_string(), guest);
        }
    }
}

/// A measurement above zero, of which more is better, in all runs that have it.
fn number(outcome: &Outcome, guest: &str, name: &str, unit: &str) {
    let all: Vec<_> = points(outcome, guest)
        .iter()
        .flat_map(|point| point["measurements"].as_array().unwrap().clone())
        .filter(|m| m["name"] == name)
        .collect();
    assert!(!all.is_empty(), "{guest} has no {name}\n{outcome}");
    for found in all {
        let value: f64 = found["value"].as_str().unwrap().parse().unwrap();
        assert!(value > 0.0, "{guest} {found}");
        assert_eq!(found["unit"], unit, "{guest} {found}");
        assert_eq!(found["better"], "higher", "{guest} {found}");
    }
}

/// `…/lkp/<node>/<container>/result/<testcase>/<params>/<tbox>/<rootfs>/<kconfig>/<compiler>/<commit>/<N>`
fn in_lkps_scheme(folder: &Path, container: &str, guest: &str) {
    let parts: Vec<_> = folder.iter().map(|p| p.to_string_lossy()).collect();
    let result = parts.iter().rposition(|p| p == "result").unwrap();
    assert_eq!(parts[result - 3..result], ["lkp", guest, container]);
    assert_eq!(parts.len() - result, 9, "{}", folder.display());
    for file in ["stats.json", "reproduce.sh", "job.yaml"] {
        assert!(folder.join(file).is_file(), "{}/{file}", folder.display());
    }
}

#[test]
fn it_runs_in_the_embedded_lab() {
    if !need::root("lkp::example::it_runs_in_the_embedded_lab") {
        return;
    }
    let mut run = JobTest::new("lkp, embedded lab")
        .job(&with_source(&miniature()))
        .expect_exit(0)
        .start();
    run.wait_for("a run of LKP", |e| e["event"] == "lkp");
    let tmp = run.tmp();
    let traces = Traces::of(&[run.pid()], tmp.parent().unwrap());
    let outcome = run.finish();
    complete(&outcome);
    traces.assert_gone();
    assert_eq!(fs::read_dir(&tmp).unwrap().count(), 0, "temporary files");
}

#[test]
fn it_runs_on_machines() {
    let name = "lkp::example::it_runs_on_machines";
    let Some(farm) = need::machines(name, &["a", "b", "c"]) else {
        return;
    };
    let before: Vec<Before> = farm.nodes().iter().map(Before::of).collect();
    let from = "device_type: sandbox";
    let outcome = JobTest::new("lkp, machines")
        .job(&with_source(&miniature()).replace(from, "device_type: ssh"))
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome);
    for (node, before) in farm.nodes().iter().zip(before) {
        before.assert_again(node);
    }
}

#[test]
fn it_runs_with_the_real_lkp() {
    let name = "lkp::example::it_runs_with_the_real_lkp";
    if !need::root(name) {
        return;
    }
    let Some(tree) = std::env::var_os("LKP_TESTS").filter(|tree| !tree.is_empty()) else {
        return need::not_run(name, "LKP_TESTS does not name a tree of lkp-tests");
    };
    let tree = fs::canonicalize(tree).expect("LKP_TESTS is a folder");
    let outcome = JobTest::new("real lkp")
        .job(&with_source(&tree.display().to_string()))
        .within(Duration::from_secs(900))
        .expect_exit(0)
        .run();
    complete(&outcome);
    let _ = outcome.entry("the tree", |e| {
        journal::is(e, "note", "guest-1") && e["message"].to_string().contains("lkp-tests of")
    });
}
