use super::*;

fn shown(kpis: &Kpis, stat: &str) -> String {
    let fact = kpis.fact(stat);
    let better = match fact.better {
        Some(Better::Higher) => "higher",
        Some(Better::Lower) => "lower",
        None => "-",
    };
    let unit = fact.unit.as_deref().unwrap_or("-");
    format!("{unit} {better}{}", if fact.kpi { " kpi" } else { "" })
}

/// A tree with these files below `etc`.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir(tree.path().join("etc")).unwrap();
    for (name, text) in files {
        std::fs::write(tree.path().join("etc").join(name), text).unwrap();
    }
    tree
}

#[test]
fn our_table_knows_the_same_word_in_different_units() {
    let (kpis, warnings) = Kpis::of(None);
    assert_eq!(warnings, Vec::<String>::new());
    for (stat, expected) in [
        ("hackbench.throughput", "KB/s higher kpi"),
        ("hackbench.throughput_worst", "KB/s higher"),
        ("hackbench.throughput.instance2", "KB/s higher kpi"),
        ("pigz.throughput", "bytes/s higher kpi"),
        ("iperf.tcp.sender.bps", "bits/s higher kpi"),
        ("iperf.udp.bps", "bits/s higher kpi"),
        ("stress-ng.context.ops", "ops higher"),
        ("stress-ng.context.ops_per_sec", "ops/s higher kpi"),
        ("stress-ng.context.pass", "count -"),
        (
            "stress-ng.context.swapcontext_calls_per_sec",
            "1/s higher kpi",
        ),
        ("stress-ng.flock.nanosecs_per_flock_unlock_call", "ns lower"),
        ("sysbench-cpu.latency_ms.95th", "ms lower kpi"),
        ("sysbench-cpu.workload", "events -"),
        ("sysbench-fileio.read_operations/s", "ops/s higher kpi"),
        ("perf-bench-sched-pipe.ops_per_sec", "ops/s higher kpi"),
        ("apachebench.max_latency.99%", "ms lower kpi"),
        ("schbench.wakeup_latency_99.9%_us", "us lower kpi"),
        ("schbench.wakeup_latency_max_us_stddev%", "% -"),
        ("sockperf.throughput.UDP.BandWidth_MBps", "MB/s higher kpi"),
        ("fio.read_clat_99%_ns", "ns lower"),
        ("tbench.throughput_MB/s", "MB/s higher kpi"),
        ("qperf.tcp.bw", "- higher kpi"),
        ("hackbench.time.elapsed_time", "s -"),
        ("hackbench.time.maximum_resident_set_size", "KB -"),
        ("unheard.of", "- -"),
        ("unheard.rate_MBps", "MB/s -"),
        ("hackbenchXthroughput", "- -"),
        ("", "- -"),
    ] {
        assert_eq!(shown(&kpis, stat), expected, "{stat}");
    }
}

#[test]
fn directions_of_the_tree_override_and_complete_ours() {
    let tree = tree(&[
        (
            "index-perf-all.yaml",
            "hackbench\\.throughput_worst: -1\nmine\\..+\\/s: 1\n",
        ),
        (
            "index-latency-all.yaml",
            "mine\\.lat: -0.1\nmine\\.a\\/s: -1\n",
        ),
    ]);
    let (kpis, warnings) = Kpis::of(Some(&tree.path().join("etc")));
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(shown(&kpis, "hackbench.throughput_worst"), "KB/s lower kpi");
    assert_eq!(shown(&kpis, "mine.a/s"), "1/s higher kpi");
    assert_eq!(shown(&kpis, "mine.lat"), "- lower kpi");
    assert_eq!(shown(&kpis, "not.mine.lat"), "- -");
    assert_eq!(shown(&kpis, "iperf.udp.bps"), "bits/s higher kpi");
}

#[test]
fn what_is_wrong_in_the_tree_is_said_and_the_rest_used() {
    let long = "x".repeat(2000);
    let index = format!("ok: 1\nzero: 0\nword: up\n'(': 1\n'a\\x1b[31m(': 1\n? {long}\n: 1\n");
    let tree = tree(&[
        ("index-perf-all.yaml", &index),
        ("index-latency-all.yaml", "- a list\n"),
        ("failure", "[\n.+\\.broken\n"),
    ]);
    let (kpis, warnings) = Kpis::of(Some(&tree.path().join("etc")));
    assert_eq!(shown(&kpis, "ok"), "- higher kpi");
    assert!(kpis.is_failure("t.broken") && !kpis.is_failure("t.fail"));
    let all = warnings.join("\n");
    for part in [
        "`zero` is left out: its weight",
        "`word` is left out: its weight",
        "`(` is left out: unclosed group",
        "is left out: it is longer than 1000 bytes",
        "etc/index-latency-all.yaml is not used: it has to map",
        "etc/failure: `[` is left out: unclosed",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    assert_eq!(warnings.len(), 7, "{all}");
}

#[test]
fn patterns_that_are_too_large_together_are_a_warning() {
    let rows: String = (0..200)
        .map(|n| format!("'[^a]{{1000}}{n}\\pL{{500}}': 1\n"))
        .collect();
    let tree = tree(&[("index-perf-all.yaml", &rows)]);
    let (kpis, warnings) = Kpis::of(Some(&tree.path().join("etc")));
    assert_eq!(shown(&kpis, "hackbench.throughput"), "KB/s higher kpi");
    assert!(warnings.concat().contains("are not used"), "{warnings:?}");
}

#[test]
fn programs_without_a_parser_are_silent() {
    let tree = tree(&[]);
    for (program, parse) in [("quiet", false), ("loud", true), ("trinity", true)] {
        let folder = tree.path().join("programs").join(program);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("run"), "").unwrap();
        if parse {
            std::fs::write(folder.join("parse"), "").unwrap();
        }
    }
    let (kpis, _) = Kpis::of(Some(&tree.path().join("etc")));
    let silent = ["quiet", "loud", "trinity", "mytest", "unheard"].map(|p| kpis.is_silent(p));
    assert_eq!(silent, [true, false, false, true, false]);
}

#[test]
fn failure_words() {
    let (kpis, _) = Kpis::of(None);
    for (stat, expected) in [
        ("kselftests.net.fail", true),
        ("stress-ng.context.fail", true),
        ("stress-ng.udp-flood.MB_per_sec.fail", false),
        ("libhugetlbfs-test.64bit.a.killed_by_signal", true),
        ("apachebench.failed_requests", false),
        ("kselftests.net.pass", false),
    ] {
        assert_eq!(kpis.is_failure(stat), expected, "{stat}");
    }
}

#[test]
fn a_real_tree_is_understood() {
    let Some(lkp) = std::env::var_os("LKP_TESTS") else {
        common::need::not_run("lkp::kpi, real tree", "needs LKP_TESTS=<lkp-tests>");
        return;
    };
    let etc = Path::new(&lkp).join("etc");
    let (kpis, warnings) = Kpis::of(Some(&etc));
    assert_eq!(warnings, Vec::<String>::new());
    assert!(kpis.failures.is_some());
    assert!(kpis.is_silent("mytest"));
    assert!(!kpis.is_silent("hackbench") && !kpis.is_silent("sleep"));
    assert_eq!(shown(&kpis, "hackbench.throughput"), "KB/s higher kpi");
    assert_eq!(
        shown(&kpis, "sysbench-cpu.throughput_events/s"),
        "events/s higher kpi"
    );
}
