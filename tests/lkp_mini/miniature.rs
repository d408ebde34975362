//! What only the miniature has: its own programs, and what it refuses.

use std::fs;

use crate::tree::{for_each_miniature, measured};

#[test]
fn random_bytes_come_with_their_size_and_checksum() {
    for_each_miniature("lkp_mini::random_bytes", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'bytes: 70000' -s 'compiler: none' /tmp/tree/jobs/random.yaml >/dev/null
            $lkp run random-70000.yaml >/dev/null
            sha256sum <result/random.bin",
        );
        let stats = left.stats();
        assert_eq!(stats["random.size"], 70000);
        let file = fs::metadata(left.last_result().join("random.bin")).unwrap();
        assert_eq!(file.len(), 70000);
        let mut checksum = String::new();
        for i in 0..8 {
            let word = stats[format!("random.sha256.{i}")].as_u64().unwrap();
            checksum += &format!("{word:08x}");
        }
        assert_eq!(left.stdout, format!("{checksum}  -\n"), "{}", left.stderr);
    });
}

#[test]
fn a_test_may_fail_with_statistics() {
    for_each_miniature("lkp_mini::a_test_may_fail_with_statistics", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'compiler: none' /tmp/tree/jobs/fail.yaml >/dev/null
            $lkp run fail-3.yaml >/dev/null
            echo status $?",
        );
        assert_eq!(left.stdout, "status 0\n", "{}", left.stderr);
        assert_eq!(
            measured(&left.stats()),
            [
                "fail.runs",
                "last_state.exit_fail",
                "last_state.test.fail.exit_code.3"
            ]
        );
    });
}

#[test]
fn a_command_of_the_job_gives_statistics() {
    for_each_miniature("lkp_mini::a_command_of_the_job", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'compiler: none' -s 'mytest: echo answer: 42' /tmp/tree/jobs/mytest.yaml
            $lkp run mytest-*.yaml >/dev/null",
        );
        assert_eq!(
            left.stdout,
            "/tmp/tree/jobs/mytest.yaml => ./mytest-echo_answer:_42.yaml\n"
        );
        assert_eq!(left.stats()["mytest.answer"], 42);
    });
}

#[test]
fn a_job_cannot_lead_out_of_the_result_folder_nor_bring_commands() {
    for_each_miniature("lkp_mini::a_job_cannot_lead_out", |tree| {
        let left = tree.run(
            "$lkp split-job -t box -s 'compiler: none' -s 'loops: 1; touch /own/here' /tmp/tree/jobs/burn.yaml
            $lkp run burn-*.yaml >/dev/null
            $lkp run -s 'testcase: ../../own' burn-*.yaml
            echo status $?
            $lkp run -s \"testcase: '\\$(touch /own/here)'\" burn-*.yaml
            echo status $?
            ls",
        );
        let job = "burn-1__touch__own_here.yaml";
        assert_eq!(
            left.stdout,
            format!(
                "/tmp/tree/jobs/burn.yaml => ./{job}\nstatus 1\nstatus 1\n{job}\nhackbench.yaml\niperf.yaml\nresult\n"
            ),
            "{}",
            left.stderr
        );
    });
}

#[test]
fn install_describes_the_host_and_result_finds_runs() {
    for_each_miniature("lkp_mini::install_and_result", |tree| {
        let left = tree.run(
            "rm /tmp/tree/hosts/box
            $lkp install
            grep -c . /tmp/tree/hosts/box
            $lkp split-job -s 'compiler: none' -s 'loops: 1000' /tmp/tree/jobs/burn.yaml >/dev/null
            $lkp run -s 'commit: one' burn-1000.yaml >/dev/null
            $lkp run -s 'commit: two' burn-1000.yaml >/dev/null
            $lkp result burn /two/ | grep -o '[a-z]*/0/$'
            $lkp result hackbench",
        );
        assert_eq!(left.stdout, "3\ntwo/0/\n", "{}", left.stderr);
    });
}

#[test]
fn without_hackbench_a_pipe_is_measured_and_said_so() {
    for_each_miniature("lkp_mini::without_hackbench", |tree| {
        let left = tree.run(
            "! command -v hackbench >/dev/null || mount --bind /dev/null $(command -v hackbench)
            $lkp split-job -t box -s 'compiler: none' -s 'iterations: 2' hackbench.yaml >/dev/null
            $lkp run hackbench-pipe-2-process-100%.yaml >/dev/null
            grep -c 'not installed' result/hackbench",
        );
        assert_eq!(left.stdout, "2\n", "{}", left.stderr);
        let throughput = &left.stats()["hackbench.throughput"];
        assert!(throughput.as_f64().unwrap() > 0.0);
    });
}
