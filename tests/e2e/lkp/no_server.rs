//! A server that has ended before its guests come: LKP says all went well, and the answer is no.

use std::fs;

use common::job::source_dir;
use common::{JobTest, need};

use super::job::{points, reasons};

/// The example with one guest, whose host ends its server before it says `host-ready`.
fn job() -> String {
    let file = source_dir().join("examples/jobs/lkp-host-guests.yaml");
    let mut job = fs::read_to_string(file).unwrap();
    let see_guests = "          - for guest in";
    for (from, to) in [
        (
            "          - lava-send host-ready",
            "          - kill $server; wait $server || true; lava-test-case ended --result pass\n          - lava-send host-ready",
        ),
        ("          - kill $server\n", ""),
        (
            see_guests,
            "          - for guest in nobody; do true; done; for nobody in",
        ),
        ("count: 2\n        timeout", "count: 1\n        timeout"),
        ("jobs: [hackbench]", "jobs: [mytest]"),
        (
            "        nr_threads: 100%\n        iterations: 1\n        loops: 200\n",
            "        cmd: 'true'\n",
        ),
        ("        hackbench.mode: process\n", ""),
        ("source: ../lkp-mini", "source: MINIATURE"),
    ] {
        assert!(job.contains(from), "the example has {from}");
        job = job.replace(from, to);
    }
    // Nobody came, so there is nobody to look for.
    let start = job.find("          - for guest in nobody").unwrap();
    let end = start + job[start..].find("            done\n").unwrap() + "            done\n".len();
    job.replace_range(start..end, "");
    job.replace("MINIATURE", &super::tree::miniature().display().to_string())
}

#[test]
fn the_guests_case_fails_although_lkp_does_not() {
    if !need::root("lkp::no_server::the_guests_case_fails_although_lkp_does_not") {
        return;
    }
    let outcome = JobTest::new("no server").job(&job()).expect_exit(1).run();
    assert_eq!(outcome.verdict(), "fail", "{outcome}");
    outcome.has("host", "0_host", "ended", "pass");
    let points = points(&outcome, "guest");
    let point = &points[0];
    assert_eq!(point["job"], "iperf-tcp-1", "{outcome}");
    assert_eq!(point["result"], "fail", "{outcome}");
    assert!(
        reasons(point).contains("no `iperf.*`"),
        "{}",
        reasons(point)
    );
    let stderr = point["stderr"].as_str().unwrap();
    assert!(stderr.contains("failed to stat iperf"), "{stderr}");
    // A person, and a program, are told the same.
    outcome.says("iperf-tcp-1");
    outcome.says("no `iperf.*`");
    let row = outcome.row("guest", "1_network", "iperf-tcp-1");
    assert_eq!(row["result"], "fail");
    assert_eq!(row["stderr"], stderr, "{row:#}");
    assert!(
        row["reason"].to_string().contains("no `iperf.*`"),
        "{row:#}"
    );
    let text = outcome.view(&["results", &outcome.run_id().unwrap()]);
    assert!(text.contains("failed to stat iperf"), "{text}");
    // What the next person needs is there, and what comes afterwards was still run.
    let folder = outcome.run_dir().join(point["folder"].as_str().unwrap());
    let script = fs::read_to_string(folder.join("reproduce.sh")).unwrap();
    assert!(script.contains("iperf3"), "{script}");
    assert_eq!(points.last().unwrap()["result"], "pass", "{outcome}");
}
