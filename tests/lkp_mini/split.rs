//! The atomic jobs that `split-job` writes.

use crate::tree::{Tree, for_each_tree};

/// What `split-job` says with these words, in the order of the combinations.
fn split(tree: &Tree, words: &str) -> Vec<String> {
    let left = tree.run(&format!("$lkp split-job -t box {words} && ls | sort >&2"));
    let names: Vec<_> = left
        .stdout
        .lines()
        .map(|line| line.split_once(" => ./").expect(line).1.to_owned())
        .collect();
    for name in &names {
        assert!(
            left.stderr.lines().any(|line| line == name),
            "{name} is missing: {}",
            left.stderr
        );
    }
    names
}

#[test]
fn lists_are_a_matrix_and_names_say_its_parameters() {
    for_each_tree("lkp_mini::lists_are_a_matrix", |tree| {
        let words = "-s 'nr_threads: [1, 50%]' -s 'iterations: 1' hackbench.yaml";
        assert_eq!(
            split(tree, words),
            [
                "hackbench-pipe-1-process-1.yaml",
                "hackbench-socket-1-process-1.yaml",
                "hackbench-pipe-1-threads-1.yaml",
                "hackbench-socket-1-threads-1.yaml",
                "hackbench-pipe-1-process-50%.yaml",
                "hackbench-socket-1-process-50%.yaml",
                "hackbench-pipe-1-threads-50%.yaml",
                "hackbench-socket-1-threads-50%.yaml",
            ]
        );
    });
}

#[test]
fn a_parameter_of_one_program_is_set_by_both_names() {
    for_each_tree(
        "lkp_mini::a_parameter_of_one_program_is_set_by_both_names",
        |tree| {
            let words =
                "-s 'nr_threads: 1' -s 'iterations: 1' -s 'hackbench.mode: process' hackbench.yaml";
            assert_eq!(
                split(tree, words),
                [
                    "hackbench-pipe-1-process-1.yaml",
                    "hackbench-socket-1-process-1.yaml",
                ]
            );
            let words = "-s 'nr_threads: 1' -s 'iterations: 1' -s 'hackbench.mode: [process]' -s 'hackbench.fds: [1, 2]' -s 'hackbench.ipc: pipe' hackbench.yaml";
            assert_eq!(
                split(tree, words),
                [
                    "hackbench-1-pipe-1-process-1.yaml",
                    "hackbench-2-pipe-1-process-1.yaml"
                ]
            );
        },
    );
}

#[test]
fn parameters_in_the_blocks_of_roles_count() {
    for_each_tree(
        "lkp_mini::parameters_in_the_blocks_of_roles_count",
        |tree| {
            assert_eq!(
                split(tree, "-s 'runtime: 1' iperf.yaml"),
                [
                    "iperf-cs-localhost-tcp-1.yaml",
                    "iperf-cs-localhost-udp-1.yaml"
                ]
            );
        },
    );
}

/// A case as a user writes one: comments, quotes, both kinds of lists, and documents that change the first.
const VARIANTS: &str = r#"
# own
suite: hackbench
testcase: hackbench
category: benchmark
iterations: 1   # once
hackbench:
  mode: [process, "threads"]
  ipc: 'pipe'
---
nr_threads:
- 1
- 2
---
hackbench:
  ipc: socket
"#;

#[test]
fn further_documents_change_the_first() {
    for_each_tree("lkp_mini::further_documents_change_the_first", |tree| {
        let script =
            format!("cat >v.yaml <<'EOT'\n{VARIANTS}\nEOT\n$lkp split-job -t box -o /own v.yaml");
        let left = tree.run(&script);
        let names: Vec<_> = left.stdout.lines().collect();
        assert_eq!(
            names,
            [
                "v.yaml => /own/v-pipe-1-process.yaml",
                "v.yaml => /own/v-pipe-1-threads.yaml",
                "v.yaml => /own/v-pipe-1-process-1.yaml",
                "v.yaml => /own/v-pipe-1-process-2.yaml",
                "v.yaml => /own/v-pipe-1-threads-1.yaml",
                "v.yaml => /own/v-pipe-1-threads-2.yaml",
                "v.yaml => /own/v-socket-1.yaml",
            ],
            "{}",
            left.stderr
        );
    });
}

#[test]
fn a_host_that_is_not_known_gets_no_job_and_no_error() {
    for_each_tree("lkp_mini::a_host_that_is_not_known", |tree| {
        let left = tree.run("$lkp split-job -t elsewhere iperf.yaml; echo status $?; ls");
        assert_eq!(
            left.stdout,
            "hosts/elsewhere doesn't exist, please rerun \"lkp install\"\nstatus 0\nhackbench.yaml\niperf.yaml\n"
        );
    });
}
