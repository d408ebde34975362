use crate::journal::event::{CaseResult, Event};
use crate::lkp::point::{Better, Measurement, Point};
use crate::results::fixture::{assigned, at, fold, run_started, time};
use insta::assert_snapshot;

/// What one container found of a job: name, value, unit, whether it is a KPI.
fn point(job: &str, container: u32, found: &[(&str, &str, Option<Better>, bool)]) -> Event {
    let measurements = found.iter().map(|(name, value, better, kpi)| Measurement {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        unit: name.starts_with("hackbench").then(|| "KB/s".to_owned()),
        better: *better,
        kpi: *kpi,
    });
    Event::Lkp {
        node: "host".into(),
        suite: "0_cpu".into(),
        point: Point {
            job: job.into(),
            container,
            containers: 2,
            repeat: 0,
            folder: None,
            result: CaseResult::Pass,
            reasons: Vec::new(),
            stderr: String::new(),
            measurements: measurements.collect(),
        },
        start: time(1_000),
        end: time(2_000),
        log: crate::failure::LogSpan {
            file: "nodes/host/console.log".into(),
            start: 0,
            end: 0,
        },
    }
}

fn said(points: Vec<Event>) -> String {
    let mut entries = vec![at(0, run_started()), at(1, assigned("host", 1))];
    entries.extend(points.into_iter().map(|event| at(2_000, event)));
    let mut out = Vec::new();
    super::write(&fold(&entries), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_line_per_kpi_of_a_job() {
    let higher = Some(Better::Higher);
    let throughput = |value| ("hackbench.throughput", value, higher, true);
    let points = vec![
        point(
            "hackbench-pipe",
            1,
            &[
                throughput("21457.30"),
                ("hackbench.throughput_best", "22000", higher, false),
            ],
        ),
        point("hackbench-pipe", 2, &[throughput("20011.10")]),
        point("hackbench-pipe", 1, &[throughput("21000.00")]),
        point(
            "lat\u{1b}ency",
            1,
            &[
                ("x.latency", "0.00042", Some(Better::Lower), true),
                ("x.bps", "26.5e9", None, true),
            ],
        ),
        point("odd", 1, &[("odd.one", "inf", higher, true)]),
    ];
    assert_snapshot!(said(points), @r"
    median [least .. greatest] of all runs, containers and nodes:
    cpu/hackbench-pipe: hackbench.throughput  21000 [20011 .. 21457] of 3  KB/s, higher is better
    cpu/lat\x1bency: x.latency                420.0 µ                      unit unknown, lower is better
    cpu/lat\x1bency: x.bps                    26.50 G                      unit unknown, better direction unknown
    ");
}

#[test]
fn many_are_cut_and_counted_and_none_is_nothing() {
    assert_eq!(said(Vec::new()), "");
    let jobs = (0..50).map(|n| point(&format!("job-{n}"), 1, &[("x.y", "1", None, true)]));
    let said = said(jobs.collect());
    assert_eq!(said.lines().count(), 43, "{said}");
    assert!(said.ends_with("… and 10 more: --format csv\n"), "{said}");
}
