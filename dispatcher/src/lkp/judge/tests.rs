use super::*;
use tempfile::TempDir;

/// A result folder with this `stats.json`.
fn root(stats: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("stats.json"), stats).unwrap();
    root
}

fn judged_in(root: Option<&Path>, programs: &[&str]) -> Judged {
    let programs: Vec<String> = programs.iter().map(ToString::to_string).collect();
    judge(
        root,
        "first\nlast\n",
        &Expected {
            programs: Some(programs),
            ..Expected::default()
        },
        &Kpis::of(None).0,
    )
}

fn judged(stats: &str, programs: &[&str]) -> Judged {
    judged_in(Some(root(stats).path()), programs)
}

/// Verdict, reasons and notes as text.
fn shown(judged: &Judged) -> String {
    let mut out = format!("{:?}", judged.result);
    for reason in &judged.reasons {
        out.push_str(&format!("\n- {reason}"));
    }
    for note in &judged.notes {
        out.push_str(&format!("\n  ({note})"));
    }
    out
}

#[test]
fn a_good_run_passes_with_its_measurements() {
    let judged = judged(
        r#"{"hackbench.throughput": 13465.51724137931, "hackbench.throughput_avg": 13465.52,
            "hackbench.time.elapsed_time": 1.5, "time.user_time": 2, "uptime.boot": 9}"#,
        &["hackbench"],
    );
    assert_eq!(shown(&judged), "Pass");
    assert_eq!(judged.stderr, "");
    let rows: Vec<String> = judged
        .measurements
        .iter()
        .map(|m| {
            format!(
                "{} {} {:?} {:?} {}",
                m.name, m.value, m.unit, m.better, m.kpi
            )
        })
        .collect();
    insta::assert_debug_snapshot!(rows, @r#"
    [
        "hackbench.throughput 13465.51724137931 Some(\"KB/s\") Some(Higher) true",
        "hackbench.throughput_avg 13465.52 Some(\"KB/s\") Some(Higher) false",
    ]
    "#);
}

#[test]
fn verdicts() {
    let cases: &[(&str, &[&str], &str)] = &[
        // What LKP leaves when nobody listens; it exits with 0.
        (
            r#"{"iperf.time.elapsed_time": 0.1, "time.user_time": 1}"#,
            &["iperf"],
            "Fail\n- stats.json has no `iperf.*` but its times: the test iperf ran and gave no result; look at the file \
             iperf of the result folder and at LKP's standard error",
        ),
        (
            r#"{"time.user_time": 1, "iperfx.bps": 4}"#,
            &["iperf"],
            "Fail\n- stats.json has no `iperf.*`: the test iperf did not run, or left nothing; look at job.sh and output \
             of the result folder and at LKP's standard error",
        ),
        // One of two tests is not enough.
        (
            r#"{"pigz.throughput": 1, "iperf.time.x": 1}"#,
            &["pigz", "iperf"],
            "Fail\n- stats.json has no `iperf.*` but its times: the test iperf ran and gave no result; look at the file \
             iperf of the result folder and at LKP's standard error",
        ),
        (r#"{"mytest.time.elapsed_time": 0.1}"#, &["mytest"], "Pass"),
        (r#"{"sleep.pass": 1}"#, &["sleep"], "Pass"),
        (r"{}", &[], "Pass"),
        (
            r#"{"last_state.exit_fail": 1, "last_state.test.mytest.exit_code.127": 1}"#,
            &["mytest"],
            "Fail\n- last_state.test.mytest.exit_code.127: the test mytest ended with exit status 127 (a command was not \
             found; is its package installed?); look at the file mytest of the result folder",
        ),
        (
            r#"{"sleep.pass": 1, "last_state.OOM": 1, "last_state.odd\u001b[31m": true, "last_state.soft_timeout": 0}"#,
            &["sleep"],
            "Fail\n- last_state.OOM: the kernel ran out of memory; give the job fewer tasks, or the container more \
             memory\n- last_state.odd\\x1b[31m: LKP says that the run is not good; look at the file last_state of the \
             result folder",
        ),
        (
            r#"{"ltp.a.pass": 1, "ltp.b.fail": 1, "ltp.c.fail": 0, "ltp.d.fail": 2}"#,
            &["ltp"],
            "Fail\n- 2 parts of the test failed (ltp.b.fail, ltp.d.fail): look at the output of the test in the result \
             folder",
        ),
        // A metric that reads zero, and words of others.
        (
            r#"{"stress-ng.a.pass": 1, "stress-ng.a.MB_per_sec.fail": 1, "pmeter.error": 1}"#,
            &["stress-ng"],
            "Pass\n  (a word of failure that is no part of the test was seen (pmeter.error): they may be older than the \
             run, or only warnings)",
        ),
        // Not numbers.
        (
            r#"{"pigz.a": [1, [2, [3]]], "pigz.b": "4", "pigz.c": 1e999, "pigz.d": {"x": 1}, "pigz.e": null}"#,
            &["pigz"],
            "Fail\n- stats.json has no `pigz.*`: the test pigz did not run, or left nothing; look at job.sh and output of \
             the result folder and at LKP's standard error\n  (5 stats are no numbers (pigz.a, pigz.b, pigz.c, pigz.d, \
             pigz.e): left out, look at stats.json of the result folder)",
        ),
    ];
    for (stats, programs, expected) in cases {
        assert_eq!(shown(&judged(stats, programs)), *expected, "{stats}");
    }
}

#[test]
fn without_stats_a_run_fails() {
    let nothing = judged_in(None, &["iperf"]);
    assert!(shown(&nothing).starts_with("Fail\n- LKP made no result folder"));
    assert_eq!(nothing.stderr, "first\nlast");

    let root = tempfile::tempdir().unwrap();
    let missing = judged_in(Some(root.path()), &["iperf"]);
    assert_eq!(missing.reasons.len(), 1, "{missing:?}");
    assert!(
        missing.reasons[0].contains("has no stats.json"),
        "{missing:?}"
    );

    std::fs::write(
        root.path().join("last_state"),
        "# why\nis_incomplete_run: 1\nOOM: 0\n",
    )
    .unwrap();
    let state = judged_in(Some(root.path()), &["iperf"]);
    assert_eq!(state.reasons.len(), 2, "{state:?}");
    assert!(state.reasons[1].starts_with("last_state.is_incomplete_run: "));
}

#[test]
fn stats_that_cannot_be_read_fail() {
    let deep = format!("{{\"pigz.a\": {}", "[".repeat(200_000));
    for stats in [
        "",
        "[]",
        "{\"pigz.a\": 1",
        "{\"pigz.a\": NaN}",
        "{} {}",
        "3",
        "{\"\u{0}\": ",
        &deep,
    ] {
        let judged = judged(stats, &["pigz"]);
        assert_eq!(judged.result, CaseResult::Fail);
        assert!(judged.reasons[0].contains("no JSON object"), "{judged:?}");
    }
    assert_eq!(judged("\u{feff}{}", &[]).result, CaseResult::Fail);
}

#[test]
fn only_a_plain_file_is_read() {
    let target = root(r#"{"pigz.throughput": 1}"#);
    let stats = target.path().join("stats.json");
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(&stats, root.path().join("stats.json")).unwrap();
    let judged = judged_in(Some(root.path()), &["pigz"]);
    assert!(shown(&judged).contains("no plain file"), "{judged:?}");
    assert_eq!(judged.measurements, []);
    std::fs::remove_file(root.path().join("stats.json")).unwrap();
    let huge = std::fs::File::create(root.path().join("stats.json")).unwrap();
    huge.set_len((64 << 20) + 1).unwrap();
    let judged = judged_in(Some(root.path()), &["pigz"]);
    assert!(
        shown(&judged).contains("larger than 67108864 bytes"),
        "{judged:?}"
    );
}

#[test]
fn many_stats_are_bounded() {
    let rows: Vec<String> = (0..3000).map(|n| format!("\"pts.{n}.fail\": 1")).collect();
    let judged = judged(&format!("{{{}}}", rows.join(",")), &["pts"]);
    assert_eq!(judged.measurements.len(), stats::MOST);
    let text = shown(&judged);
    assert!(text.contains("only the first 2000 measurements"), "{text}");
    assert!(
        text.contains("3000 parts of the test failed (pts.0.fail, "),
        "{text}"
    );
    assert!(text.contains("pts.9.fail and 2990 more)"), "{text}");
}

#[test]
fn standard_error_is_bounded_and_safe() {
    let lines: String = (0..100).map(|n| format!("line {n}\n")).collect();
    let tail = stderr::tail(&lines);
    assert!(
        tail.starts_with("line 60\n") && tail.ends_with("\nline 99"),
        "{tail}"
    );
    assert_eq!(
        stderr::tail("a\x1b[31mb\x07\r\n\nx WARN -- skip non-executable y\n"),
        "ab"
    );
    for long in [
        "é".repeat(10_000),
        "\u{202e}".repeat(10_000),
        "é\n".repeat(9000),
        "xyz\n\u{9b}".repeat(9000),
    ] {
        let tail = stderr::tail(&long);
        assert!(tail.len() <= stderr::BYTES && tail.lines().count() <= stderr::LINES);
        assert!(!tail.is_empty());
    }
}

proptest::proptest! {
    #[test]
    fn anything_is_judged(stats in "\\PC{0,80}", state in "\\PC{0,40}", err in "\\PC{0,200}") {
        let root = root(&stats);
        std::fs::write(root.path().join("last_state"), &state).unwrap();
        let expected = Expected { programs: Some(vec!["a".into(), String::new()]), ..Expected::default() };
        let judged = judge(Some(root.path()), &err, &expected, &Kpis::of(None).0);
        proptest::prop_assert_eq!(judged.result == CaseResult::Pass, judged.reasons.is_empty());
    }
}

#[test]
fn a_part_of_a_cluster_misses_what_the_others_measure() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(
        root.path().join("stats.json"),
        r#"{"last_state.is_incomplete_run": 1}"#,
    )
    .unwrap();
    std::fs::write(
        root.path().join("last_state"),
        "# missing iperf /lkp/result/0/iperf\nis_incomplete_run: 1\n",
    )
    .unwrap();
    let verdict = |programs: &[&str], part| {
        let programs = programs.iter().map(ToString::to_string).collect();
        let expected = Expected {
            programs: Some(programs),
            part,
            ..Expected::default()
        };
        judge(Some(root.path()), "", &expected, &Kpis::of(None).0).result
    };
    assert_eq!(verdict(&[], true), CaseResult::Pass);
    assert_eq!(verdict(&[], false), CaseResult::Fail);
    assert_eq!(verdict(&["iperf"], true), CaseResult::Fail);
}

#[test]
fn a_job_that_only_the_node_could_split_is_judged_by_what_was_timed() {
    let verdict = |stats: &str| {
        let expected = Expected::default();
        judge(Some(root(stats).path()), "", &expected, &Kpis::of(None).0)
    };
    let good = verdict(r#"{"iperf.time.elapsed_time": 5, "iperf.tcp.receiver.bps": 12.5}"#);
    assert_eq!(good.result, CaseResult::Pass);
    assert_eq!(good.measurements.len(), 1);
    assert_eq!(
        verdict(r#"{"iperf.time.elapsed_time": 5}"#).result,
        CaseResult::Fail
    );
    assert_eq!(
        verdict(r#"{"meminfo.MemFree": 5}"#).result,
        CaseResult::Fail
    );
}
