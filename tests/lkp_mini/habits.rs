//! The habits by which a dispatcher is led to take a failed test for a passed one, or a passed one for failed.

use std::fs;

use common::need;

use crate::tree::{for_each_tree, measured};

#[test]
fn a_failed_test_has_status_0_and_a_last_state() {
    for_each_tree("lkp_mini::a_failed_test_has_status_0", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'need_monitors: false' -s 'compiler: none' $(dirname $lkp)/../jobs/mytest.yaml >/dev/null
            $lkp run mytest-*.yaml -- /no/such/program >/dev/null
            echo status $?",
        );
        assert_eq!(left.stdout, "status 0\n", "{}", left.stderr);
        let stats = left.stats();
        assert_eq!(stats["last_state.exit_fail"], 1);
        assert_eq!(stats["last_state.test.mytest.exit_code.127"], 1);
    });
}

#[test]
fn iperf_without_a_server_leaves_nothing_but_silence() {
    let name = "lkp_mini::iperf_without_a_server";
    if !need::program(name, "iperf3", "iperf3") {
        return;
    }
    for_each_tree(name, |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'need_monitors: false' -s 'runtime: 1' -s 'compiler: none' -s 'node_roles: client' \
                -s 'direct_server_ips: 127.0.0.1' iperf.yaml >/dev/null
            $lkp run iperf-cs-localhost-tcp-1.yaml >/dev/null
            echo status $?",
        );
        assert_eq!(left.stdout, "status 0\n", "{}", left.stderr);
        assert!(
            left.stderr.contains("failed to stat iperf"),
            "{}",
            left.stderr
        );
        let run = left.last_result();
        assert!(!run.join("last_state").exists());
        assert!(!run.join("iperf.json").exists());
        assert!(measured(&left.stats()).is_empty(), "{}", left.stats());
        let reproduce = fs::read_to_string(run.join("reproduce.sh")).unwrap();
        assert!(
            reproduce.contains("iperf3 -t 1 -J -c 127.0.0.1"),
            "{reproduce}"
        );
    });
}

#[test]
fn a_test_case_that_no_list_knows_has_status_1_and_all_results() {
    for_each_tree("lkp_mini::a_test_case_that_no_list_knows", |tree| {
        let left = tree.run(
            "printf 'suite: sleep\\ntestcase: sleep\\ncategory: functional\\nsleep:\\n  runtime: 1\\n' >sl.yaml
            $lkp split-job -t box -s 'need_monitors: false' -s 'compiler: none' sl.yaml
            $lkp run sl-1.yaml >/dev/null
            echo status $?
            ls",
        );
        assert_eq!(
            left.stdout,
            "sl.yaml => ./sl-1.yaml\nstatus 1\nhackbench.yaml\niperf.yaml\nsl-1.yaml\nsl.yaml\n",
            "{}",
            left.stderr
        );
        assert!(
            left.stderr.contains("Unknow testcase: sleep"),
            "{}",
            left.stderr
        );
        assert_eq!(left.stats()["sleep.pass"], 1);
    });
}

#[test]
fn sleepers_and_the_temporary_folder_stay_and_the_next_run_deletes_it() {
    for_each_tree("lkp_mini::sleepers_stay", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'need_monitors: false' -s 'compiler: none' $(dirname $lkp)/../jobs/mytest.yaml >/dev/null
            for i in 1 2; do
                $lkp run mytest-*.yaml -- true >/dev/null
                for pid in $(cat /tmp/lkp-root/pid-wakeup); do
                    [ ! -d /proc/$pid ] || echo sleeps
                done
                ls /tmp/lkp-root/mine 2>/dev/null
                touch /tmp/lkp-root/mine
            done",
        );
        assert_eq!(left.stdout, "sleeps\n".repeat(10), "{}", left.stderr);
    });
}

#[test]
fn a_job_that_is_not_atomic_is_refused() {
    for_each_tree("lkp_mini::a_job_that_is_not_atomic", |tree| {
        let left = tree
            .run("$lkp run hackbench.yaml; echo status $?; $lkp run nothing.yaml; echo status $?");
        assert_eq!(left.stdout, "status 1\nstatus 1\n");
        assert!(
            left.stderr.contains("only atomic jobfile is supported"),
            "{}",
            left.stderr
        );
        assert!(
            left.stderr.contains("nothing.yaml is not a valid jobfile"),
            "{}",
            left.stderr
        );
    });
}
