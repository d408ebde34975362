//! LKP's own cluster jobs: nodes of two roles find each other through the dispatcher, and no node outlives the hope of the
//! others.

use common::job::source_dir;
use common::{JobTest, Outcome, need};

/// The example, with a tree that is found wherever the job file lies.
fn example() -> String {
    let path = source_dir().join("examples/jobs/lkp-cluster.yaml");
    let text = std::fs::read_to_string(path).expect("the example is in the source tree");
    let tree = source_dir().join("examples/lkp-mini");
    let text = text.replace(
        "source: ../lkp-mini",
        &format!("source: {}", tree.display()),
    );
    assert!(text.contains("examples/lkp-mini"));
    text
}

fn can_run(test: &str) -> bool {
    need::root(test) && need::program(test, "iperf3", "iperf3")
}

/// Why the LKP job of a node failed.
fn reasons(outcome: &Outcome, node: &str) -> String {
    let entry = outcome.entry("an LKP result", |entry| {
        entry["event"] == "lkp" && entry["node"] == node
    });
    entry["point"]["reasons"].to_string()
}

#[test]
fn server_and_client_find_each_other() {
    if !can_run("lkp_cluster::server_and_client_find_each_other") {
        return;
    }
    let outcome = JobTest::new("cluster").job(&example()).expect_exit(0).run();
    for case in [
        "iperf-cluster-dispatch-tcp-1s",
        "iperf-cluster-dispatch-udp-1s",
    ] {
        outcome.has("server", "0_lkp", case, "pass");
        outcome.has("client", "0_lkp", case, "pass");
    }
    let rate = outcome.row("client", "0_lkp", "iperf.tcp.receiver.bps");
    assert_eq!(rate["units"], "bits/s");
    assert_eq!(rate["better"], "higher");
    assert!(
        rate["measurement"].as_f64().is_some_and(|bps| bps > 0.0),
        "{rate}"
    );
}

#[test]
fn a_server_that_fails_ends_the_client_too() {
    if !can_run("lkp_cluster::a_server_that_fails_ends_the_client_too") {
        return;
    }
    let broken = "
- test:
    role: [server]
    definitions:
    - from: inline
      name: break
      path: break.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: break}
        run: {steps: ['mount --bind /bin/false \"$(command -v iperf3)\"']}
";
    let at = "\n# Blocks of one `name`";
    let job = example().replace(at, &format!("{broken}{at}"));
    assert!(job.contains("--bind"));
    let outcome = JobTest::new("cluster").job(&job).expect_exit(1).run();
    outcome.has("server", "1_lkp", "iperf-cluster-dispatch-tcp-1s", "fail");
    outcome.has("client", "0_lkp", "iperf-cluster-dispatch-tcp-1s", "fail");
    let why = reasons(&outcome, "client");
    assert!(
        why.contains("its cluster gave up: server"),
        "{why}\n{outcome}"
    );
    assert!(!why.contains("did not end within"), "{why}\n{outcome}");
}
