//! What a run leaves: the folders, the files in them and their numbers.

use std::fs;
use std::path::Path;

use crate::tree::{for_each_tree, json, measured};

fn has(folder: &Path, names: &[&str]) {
    for name in names {
        assert!(
            folder.join(name).exists(),
            "{} has no {name}",
            folder.display()
        );
    }
}

const TWICE: &str = "
$lkp split-job -t box -s 'need_monitors: false' -s 'nr_threads: 50%' -s 'iterations: 1' -s 'loops: 100' \
    -s 'compiler: none' hackbench.yaml >/dev/null
for i in 1 2; do
    $lkp run -o link$i -s 'rootfs: here' -s 'commit: v1' hackbench-pipe-1-100-process-50%.yaml >/dev/null
    echo status $?
    readlink link$i
done
";

#[test]
fn a_run_leaves_lkps_folders_and_files() {
    for_each_tree("lkp_mini::a_run_leaves_lkps_folders_and_files", |tree| {
        let left = tree.run(TWICE);
        let above = "/lkp/result/hackbench/pipe-1-100-process-50%/box/here/defconfig/none/v1";
        assert_eq!(
            left.stdout,
            format!("status 0\n{above}/0\nstatus 0\n{above}/1\n"),
            "{}",
            left.stderr
        );
        assert_eq!(left.paths(), [format!("{above}/0/"), format!("{above}/1/")]);

        let run = left.last_result();
        has(
            &run,
            &[
                "job.yaml",
                "job.sh",
                "reproduce.sh",
                "program_list",
                "hackbench",
                "hackbench.json",
                "hackbench.time",
                "hackbench.time.json",
                "stats.json",
            ],
        );
        has(
            run.parent().unwrap(),
            &["matrix.json", "avg.json", "stddev.json", "0", "1"],
        );
        assert!(run.join("matrix.json").exists() || run.join("matrix.json.gz").exists());
        assert!(!run.join("last_state").exists());
        assert_eq!(
            fs::read_to_string(run.join("program_list")).unwrap(),
            "hackbench\n"
        );
        let parameters = fs::read_to_string(left.path("result/hackbench/params.yaml")).unwrap();
        assert!(parameters.contains("nr_threads:\n- 50%\n"), "{parameters}");
        // `50%` of two processors.
        let script = fs::read_to_string(run.join("job.sh"))
            .unwrap()
            .replace('\'', "");
        assert!(script.contains("export nr_threads=1\n"), "{script}");
        assert!(
            fs::read_to_string(run.join("hackbench"))
                .unwrap()
                .contains("Time:")
        );

        let stats = left.stats();
        assert_eq!(
            measured(&stats),
            [
                "hackbench.throughput",
                "hackbench.throughput_avg",
                "hackbench.throughput_best",
                "hackbench.throughput_worst"
            ]
        );
        let matrix = json(&run.parent().unwrap().join("matrix.json"));
        let samples = matrix["hackbench.throughput"].as_array().unwrap();
        assert_eq!(samples.len(), 2);
        assert_eq!(samples[1], stats["hackbench.throughput"]);
        let mean = samples.iter().map(|s| s.as_f64().unwrap()).sum::<f64>() / 2.0;
        let avg = json(&run.parent().unwrap().join("avg.json"));
        let said = avg["hackbench.throughput"].as_f64().unwrap();
        assert!((said / mean - 1.0).abs() < 1e-9, "{said} {mean}");
    });
}

#[test]
fn a_servers_job_runs_both_roles_on_one_machine() {
    for_each_tree("lkp_mini::a_servers_job_runs_both_roles", |tree| {
        if !common::need::program(
            "lkp_mini::a_servers_job_runs_both_roles",
            "iperf3",
            "iperf3",
        ) {
            return;
        }
        let left = tree.run(
            "$lkp split-job -t box -s 'need_monitors: false' -s 'runtime: 1' -s 'compiler: none' iperf.yaml >/dev/null
            $lkp run iperf-cs-localhost-tcp-1.yaml >/dev/null
            echo status $?
            grep -l '^iperf3' /proc/[0-9]*/comm | wc -l",
        );
        // The server that the job has started is still there.
        assert_eq!(left.stdout, "status 0\n1\n", "{}", left.stderr);
        let stats = left.stats();
        assert_eq!(
            measured(&stats),
            ["iperf.tcp.receiver.bps", "iperf.tcp.sender.bps"]
        );
        assert!(stats["iperf.tcp.receiver.bps"].as_f64().unwrap() > 0.0);
    });
}
