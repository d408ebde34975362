//! A run with a host and three guests, written by hand: sets, measurements, a reference, a failed wait and its cause, and
//! names that mean harm.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;

use super::Results;
use super::fold::Fold;
use crate::failure::{Class, Evidence, Failure, LogSpan};
use crate::journal::console_read::Excerpts;
use crate::journal::event::{CaseResult, Entry, Event};

pub(crate) fn at(milliseconds: i64, event: Event) -> Entry {
    Entry {
        at: time(milliseconds),
        event,
    }
}

pub(crate) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_225_000_000 + milliseconds).unwrap()
}

pub(crate) fn run_started() -> Event {
    Event::RunStarted {
        run: "1795225000000".into(),
        job_name: "host and \x1b[31mguests".into(),
        job_file: "examples/jobs/host-guests.yaml".into(),
        version: "0.1.0".into(),
        pid: 7,
        metadata: serde_json::json!({}),
    }
}

pub(crate) fn assigned(node: &str, place: u32) -> Event {
    Event::NodeAssigned {
        node: node.into(),
        role: node
            .trim_end_matches(|c: char| c == '-' || c.is_ascii_digit())
            .into(),
        job_id: format!("1795225000000{place:03}"),
        device: format!("sandbox-{place}"),
        device_type: "sandbox".into(),
        host: (node != "host").then(|| "host".into()),
        essential: node == "host",
        log: format!("nodes/{node}/console.log"),
    }
}

pub(crate) fn case(node: &str, suite: &str, case: &str, result: CaseResult) -> Event {
    Event::Case {
        node: node.into(),
        suite: suite.into(),
        set: None,
        case: case.into(),
        result,
        measurement: None,
        units: None,
        reference: None,
        start: time(2_000),
        end: time(2_250),
        log: LogSpan {
            file: format!("nodes/{node}/console.log"),
            start: 6,
            end: 44,
        },
    }
}

fn measured(node: &str, set: &str, name: &str, digits: &str, unit: &str) -> Event {
    let mut event = case(node, "1_bench", name, CaseResult::Pass);
    if let Event::Case {
        set: in_set,
        measurement,
        units,
        ..
    } = &mut event
    {
        *in_set = Some(set.into());
        *measurement = Some(digits.into());
        *units = Some(unit.into());
    }
    event
}

pub(crate) fn step_ended(node: &str, level: &str, name: &str, failure: Option<Failure>) -> Event {
    Event::StepEnded {
        node: node.into(),
        level: level.into(),
        name: name.into(),
        duration: 0.5,
        failure,
    }
}

pub(crate) fn suite_started(node: &str, suite: &str) -> Event {
    Event::SuiteStarted {
        node: node.into(),
        suite: suite.into(),
        uuid: "17_1.2.3".into(),
    }
}

pub(crate) fn suite_ended(node: &str, suite: &str) -> Event {
    Event::SuiteEnded {
        node: node.into(),
        suite: suite.into(),
        finished: true,
        duration: 1.25,
    }
}

pub(crate) fn node_ended(node: &str, failure: Option<Failure>) -> Event {
    Event::NodeEnded {
        node: node.into(),
        failure,
    }
}

pub(crate) fn entries() -> Vec<Entry> {
    let lost = Failure {
        class: Class::Infrastructure,
        message: "expected guest-2's SSH connection to stay open, but it closed after 812 bytes"
            .into(),
        step_class: None,
        evidence: Box::new(Evidence {
            level: "3.1".into(),
            step: "lava-test-shell".into(),
            log: Some(LogSpan {
                file: "nodes/guest-2/console.log".into(),
                start: 6,
                end: 44,
            }),
            text: "Connection closed\x1b[2J\nby peer".into(),
        }),
    };
    let hopeless = Failure::new(
        Class::Multinode,
        "guest-3 waits in lava-sync 'done', and guest-2 has ended",
    );
    let mut entries = vec![at(0, run_started())];
    entries.extend(
        ["host", "guest-1", "guest-2", "guest-3"]
            .iter()
            .zip(1..)
            .map(|(node, place)| at(1, assigned(node, place))),
    );
    for node in ["host", "guest-1", "guest-2", "guest-3"] {
        entries.push(at(500, step_ended(node, "1", "ssh-deploy", None)));
        entries.push(at(1_000, suite_started(node, "0_smoke-tests")));
        entries.push(at(
            2_250,
            case(node, "0_smoke-tests", "boots", CaseResult::Pass),
        ));
    }
    entries.extend([
        at(
            2_251,
            case("host", "0_smoke-tests", "kvm", CaseResult::Skip),
        ),
        at(
            2_252,
            case("host", "0_smoke-tests", "thermal", CaseResult::Unknown),
        ),
        at(
            2_253,
            case("guest-1", "0_smoke-tests", "network", CaseResult::Fail),
        ),
        at(
            2_254,
            case("guest-1", "0_smoke-tests", "../x", CaseResult::Pass),
        ),
        at(
            2_255,
            case(
                "guest-1",
                "0_smoke-tests",
                "\x1b[31mred\x1b[0m\r\nok 99 # SKIP ]]>\u{9b}",
                CaseResult::Fail,
            ),
        ),
        at(
            2_256,
            case(
                "guest-1",
                "0_smoke-tests",
                &"long".repeat(2_560),
                CaseResult::Pass,
            ),
        ),
        at(2_300, suite_ended("host", "0_smoke-tests")),
        at(2_301, suite_ended("guest-1", "0_smoke-tests")),
        at(2_302, suite_started("host", "1_bench")),
        at(
            2_400,
            measured("host", "read", "throughput", "1234.5000", "MB/s"),
        ),
        at(
            2_401,
            measured("host", "write", "throughput", "+inf", "MB/s"),
        ),
        at(2_402, suite_ended("host", "1_bench")),
        at(
            3_000,
            step_ended("guest-3", "3.1", "lava-test-shell", Some(hopeless.clone())),
        ),
        at(
            3_001,
            step_ended("guest-2", "3.1", "lava-test-shell", Some(lost.clone())),
        ),
        at(
            3_002,
            step_ended("guest-2", "3", "lava-test-retry", Some(lost.clone())),
        ),
        at(
            3_003,
            step_ended("guest-3", "3", "lava-test-retry", Some(hopeless.clone())),
        ),
        at(3_100, node_ended("guest-3", Some(hopeless))),
        at(3_200, node_ended("guest-2", Some(lost))),
        at(3_300, node_ended("guest-1", None)),
        at(3_400, node_ended("host", None)),
        at(3_500, Event::RunEnded { failure: None }),
    ]);
    entries
}

pub(crate) fn fold(entries: &[Entry]) -> Results {
    let mut fold = Fold::new("1795225000000");
    entries.iter().for_each(|entry| fold.push(entry));
    fold.finish()
}

pub(crate) fn results() -> Results {
    fold(&entries())
}

pub(crate) fn with_case_names(names: &[&str]) -> Results {
    let mut entries = vec![at(0, run_started()), at(1, assigned("host", 1))];
    entries.extend(
        names
            .iter()
            .map(|name| at(2, case("host", "0_words", name, CaseResult::Pass))),
    );
    entries.extend([
        at(3, node_ended("host", None)),
        at(4, Event::RunEnded { failure: None }),
    ]);
    fold(&entries)
}

pub(crate) fn no_logs() -> Excerpts {
    Excerpts::new(Path::new("/nonexistent"))
}

/// The consoles of the run, in a folder that lives as long as the first of the pair.
pub(crate) fn logs() -> (tempfile::TempDir, Excerpts) {
    let folder = tempfile::tempdir().unwrap();
    for node in ["host", "guest-1", "guest-2", "guest-3"] {
        let node_dir = folder.path().join("nodes").join(node);
        std::fs::create_dir_all(&node_dir).unwrap();
        std::fs::write(
            node_dir.join("console.log"),
            b"start\n\x1b[31mtab\there\x1b[0m ]]> & <b>\n...\nbad \xff\n# end\n",
        )
        .unwrap();
    }
    let excerpts = Excerpts::new(folder.path());
    (folder, excerpts)
}

/// What another program makes of `input`; none if it is not there.
pub(crate) fn through(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(input).ok()?;
    let output = child.wait_with_output().unwrap();
    if String::from_utf8_lossy(&output.stderr).contains("ModuleNotFoundError") {
        return None;
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.stdout)
}

mod snapshots {
    use super::*;
    use crate::results::{csv, json, junit, tap, text, yaml};
    use crate::store::RunState;

    fn written(
        write: impl FnOnce(&Results, &mut Excerpts, &mut Vec<u8>) -> std::io::Result<()>,
    ) -> String {
        let (_folder, mut logs) = logs();
        let mut out = Vec::new();
        write(&results(), &mut logs, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let unsafe_here = |c: char| c.is_control() && c != '\n';
        assert!(
            !out.contains(unsafe_here),
            "a control character got through"
        );
        out
    }

    #[test]
    fn every_format() {
        insta::assert_snapshot!("json", written(|results, _, out| json::write(results, out)));
        insta::assert_snapshot!(
            "yaml",
            written(|results, logs, out| yaml::write(results, logs, out))
        );
        insta::assert_snapshot!(
            "csv",
            written(|results, logs, out| csv::write(results, logs, out))
        );
        insta::assert_snapshot!(
            "junit",
            written(|results, logs, out| junit::write(results, logs, out))
        );
        insta::assert_snapshot!(
            "tap",
            written(|results, logs, out| tap::write(results, logs, out))
        );
        insta::assert_snapshot!(
            "text",
            written(|results, _, out| text::write(results, RunState::Ended, out))
        );
    }

    #[test]
    fn other_readers_agree() {
        let xml = written(|results, logs, out| junit::write(results, logs, out));
        let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(
            (report.tests, report.failures, report.errors, report.skipped),
            (29, 10, 0, 2)
        );
        let script = "import sys, xml.etree.ElementTree as e; print(len(e.parse(sys.stdin.buffer).findall('.//testcase')))";
        match through("python3", &["-c", script], xml.as_bytes()) {
            Some(count) => assert_eq!(count, b"29\n"),
            None => eprintln!("not run: python3 is not installed"),
        }
        let table = written(|results, logs, out| csv::write(results, logs, out));
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        assert!(reader.records().all(|record| record.unwrap().len() == 15));
    }

    #[test]
    fn perl_s_tap_reader_is_not_fooled() {
        let tap = written(|results, logs, out| tap::write(results, logs, out));
        let script = r#"use TAP::Parser; local $/; my $p = TAP::Parser->new({tap => <STDIN>}); $p->run;
            print join " ", $p->tests_run, scalar($p->failed), scalar($p->skipped), scalar($p->todo), scalar($p->parse_errors);"#;
        match through("perl", &["-e", script], tap.as_bytes()) {
            Some(counts) => assert_eq!(String::from_utf8(counts).unwrap(), "29 10 1 1 0"),
            None => eprintln!("not run: perl is not installed"),
        }
    }
}
