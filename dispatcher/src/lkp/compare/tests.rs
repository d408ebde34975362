//! Journals in, comparisons out.

use jiff::Timestamp;

use super::rule::Verdict;
use super::sample::RunSamples;
use super::{Comparison, csv, json, letter, svg, terminal, text};
use crate::failure::LogSpan;
use crate::journal::event::{CaseResult, Entry, Event};
use crate::lkp::point::{Better, Measurement, Point};

/// What one run of hackbench measures.
fn measurement(name: &str, value: &str, better: Option<Better>) -> Measurement {
    Measurement {
        name: name.to_owned(),
        value: value.to_owned(),
        unit: Some("KB/s".to_owned()),
        better,
        kpi: !name.contains(".time."),
    }
}

fn point(container: u32, repeat: u32, measurements: Vec<Measurement>) -> Point {
    Point {
        job: "hackbench-pipe-100%".to_owned(),
        container,
        containers: 1,
        repeat,
        folder: None,
        result: CaseResult::Pass,
        reasons: Vec::new(),
        stderr: String::new(),
        measurements,
    }
}

fn lkp(node: &str, point: Point) -> Event {
    Event::Lkp {
        node: node.to_owned(),
        suite: "0_cpu".to_owned(),
        point,
        start: Timestamp::UNIX_EPOCH,
        end: Timestamp::UNIX_EPOCH,
        log: LogSpan {
            file: String::new(),
            start: 0,
            end: 0,
        },
    }
}

fn started(id: u32, name: &str) -> Event {
    Event::RunStarted {
        run: id.to_string(),
        job_name: name.to_owned(),
        job_file: String::new(),
        version: String::new(),
        pid: 1,
        metadata: serde_json::Value::Null,
    }
}

/// A run of these events, which begins `id` seconds after the epoch.
fn run(id: u32, events: impl IntoIterator<Item = Event>) -> RunSamples {
    let mut run = RunSamples::new("?");
    let all = std::iter::once(started(id, "host and guests")).chain(events);
    for event in all.chain([Event::RunEnded { failure: None }]) {
        let at = Timestamp::from_second(i64::from(id)).unwrap();
        run.push(&Entry { at, event });
    }
    run
}

/// A throughput per repeat, alike on two containers of one node.
fn throughputs(id: u32, values: &[f64]) -> RunSamples {
    let events = values.iter().enumerate().flat_map(|(repeat, value)| {
        [1, 2].map(|container| {
            let value = value + f64::from(container) * 20.0;
            let found = measurement(
                "hackbench.throughput",
                &value.to_string(),
                Some(Better::Higher),
            );
            lkp("guest-1", point(container, repeat as u32, vec![found]))
        })
    });
    run(id, events)
}

fn kpis(runs: Vec<RunSamples>) -> Comparison {
    Comparison::of(runs, |_, kpi| kpi)
}

fn verdicts(comparison: &Comparison) -> Vec<Option<Verdict>> {
    let found = comparison.kpis.iter().flat_map(|kpi| &kpi.found[1..]);
    found.map(|found| found.verdict).collect()
}

fn written(comparison: &Comparison, ascii: bool) -> String {
    let terminal = terminal::Terminal {
        width: 76,
        ascii,
        color: false,
    };
    let mut out = Vec::new();
    text::write(comparison, terminal, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const QUICK: [f64; 5] = [21_400.0, 21_350.0, 21_500.0, 21_420.0, 21_380.0];
const SLOW: [f64; 5] = [20_100.0, 20_060.0, 20_180.0, 20_050.0, 20_090.0];

#[test]
fn the_containers_of_a_round_are_one_sample() {
    let comparison = kpis(vec![throughputs(1, &QUICK), throughputs(2, &SLOW)]);
    let [base, other] = &comparison.kpis[0].found[..] else {
        panic!("two runs");
    };
    assert_eq!(
        (base.points.len(), base.n(), base.value),
        (10, 5, Some(21_430.0))
    );
    assert_eq!(other.verdict, Some(Verdict::Worse));
    assert!(comparison.worse());
    let back = kpis(vec![throughputs(1, &SLOW), throughputs(2, &QUICK)]);
    assert_eq!(verdicts(&back), [Some(Verdict::Better)]);
    assert!(!back.worse());
}

#[test]
fn the_others_stand_in_the_order_they_began() {
    let runs = [5, 9, 2, 7].map(|id| throughputs(id, &QUICK)).to_vec();
    let ids: Vec<String> = kpis(runs).runs.into_iter().map(|run| run.id).collect();
    assert_eq!(ids, ["5", "2", "7", "9"]);
    assert_eq!(
        [0, 25, 26, 701, 702].map(letter),
        ["A", "Z", "AA", "ZZ", "AAA"]
    );
}

#[test]
fn failed_runs_are_counted_and_left_out() {
    let good = throughputs(1, &QUICK);
    let failing = |fail_all: bool| {
        run(
            2,
            (0..6).map(|repeat| {
                let found = measurement("hackbench.throughput", "1", Some(Better::Higher));
                let mut point = point(1, repeat, vec![found]);
                if fail_all || repeat > 3 {
                    point.result = CaseResult::Fail;
                }
                lkp("guest-1", point)
            }),
        )
    };
    let some = kpis(vec![good.clone(), failing(false)]);
    let found = &some.kpis[0].found[1];
    assert_eq!(
        (found.n(), found.tally.failed, found.tally.points),
        (4, 2, 6)
    );
    let none = kpis(vec![good.clone(), failing(true)]);
    assert_eq!(verdicts(&none), [Some(Verdict::Gone)]);
    assert!(none.worse(), "nothing is left because all of it failed");
    let absent = kpis(vec![good.clone(), run(3, [])]);
    assert_eq!(
        (verdicts(&absent), absent.worse()),
        (vec![Some(Verdict::Gone)], false)
    );
    assert_eq!(
        verdicts(&kpis(vec![run(3, []), good])),
        [Some(Verdict::New)]
    );
}

#[test]
fn numbers_in_other_units_or_suites_are_other_numbers() {
    let in_unit = |id, unit: &str| {
        run(
            id,
            (0..4).map(|repeat| {
                let mut found = measurement("x.y", "5", None);
                found.unit = Some(unit.to_owned());
                lkp("n", point(1, repeat, vec![found]))
            }),
        )
    };
    let comparison = kpis(vec![in_unit(1, "KB/s"), in_unit(2, "MB/s")]);
    assert_eq!(
        verdicts(&comparison),
        [Some(Verdict::Gone), Some(Verdict::New)]
    );
}

#[test]
fn nodes_of_other_names_are_compared_all_together() {
    let named = |id, node: &str, value: f64| {
        run(
            id,
            (0..4).map(|repeat| {
                let found = measurement("x.y", &(value + f64::from(repeat)).to_string(), None);
                lkp(node, point(1, repeat, vec![found]))
            }),
        )
    };
    let comparison = kpis(vec![named(1, "a", 100.0), named(2, "b", 200.0)]);
    assert_eq!(verdicts(&comparison), [Some(Verdict::Changed)]);
}

#[test]
fn what_is_no_number_is_told() {
    let values = ["nan", "inf", "5", "words"];
    let odd = run(
        1,
        values.iter().zip(0..).map(|(value, repeat)| {
            lkp("n", point(1, repeat, vec![measurement("x.y", value, None)]))
        }),
    );
    let comparison = kpis(vec![odd.clone(), odd]);
    assert_eq!(comparison.kpis[0].found[0].n(), 1);
    assert!(
        written(&comparison, false)
            .contains("3 values of cpu/hackbench-pipe-100% are no finite numbers")
    );
}

#[test]
fn text_for_people() {
    let comparison = kpis(vec![throughputs(1, &QUICK), throughputs(2, &SLOW)]);
    insta::assert_snapshot!("text", written(&comparison, false));
    insta::assert_snapshot!("ascii", written(&comparison, true));
}

#[test]
fn text_of_a_trend() {
    let runs = [(1, 0.0), (2, 150.0), (3, -900.0), (4, 400.0)];
    let runs = runs.map(|(id, shift)| throughputs(id, &QUICK.map(|value| value + shift)));
    insta::assert_snapshot!("trend", written(&kpis(runs.to_vec()), false));
}

#[test]
fn an_svg() {
    let runs = vec![throughputs(1, &QUICK[..2]), throughputs(2, &SLOW[..1])];
    let comparison = kpis(runs);
    let drawing = svg::draw(&comparison, &comparison.kpis[0]).unwrap();
    let without_style = drawing
        .split_once("<style>")
        .and_then(|(head, rest)| Some(format!("{head}{}", rest.split_once("</style>")?.1)));
    insta::assert_snapshot!("svg", without_style.unwrap());
}

#[test]
fn tables_for_programs() {
    let comparison = kpis(vec![throughputs(1, &QUICK), throughputs(2, &SLOW)]);
    let mut out = Vec::new();
    csv::write(&comparison, &mut out).unwrap();
    insta::assert_snapshot!("csv", String::from_utf8(out).unwrap());
    let mut out = Vec::new();
    json::write(&comparison, &mut out).unwrap();
    let object: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(object["worse"], true);
    let found = &object["metrics"][0]["runs"][1];
    assert_eq!(
        (&found["verdict"], &found["n"]),
        (&"worse".into(), &5.into())
    );
    assert_eq!(found["samples"][1]["container"], 2);
    assert_eq!(
        serde_json::to_value(Verdict::TooFew).unwrap(),
        Verdict::TooFew.word()
    );
}

/// Everything that is written of a comparison.
fn everything(comparison: &Comparison) -> String {
    let mut out = Vec::new();
    csv::write(comparison, &mut out).unwrap();
    json::write(comparison, &mut out).unwrap();
    let mut all = String::from_utf8(out).unwrap() + &written(comparison, false);
    for kpi in &comparison.kpis {
        all += &svg::draw(comparison, kpi).unwrap();
    }
    all
}

#[test]
fn odd_names_steer_nothing() {
    let name = "<script>\"&'\x1b[31m\u{202e}\n]]>";
    let odd = |id| {
        let mut point = point(1, 0, vec![measurement(name, "1", None)]);
        point.job = name.to_owned();
        point.measurements[0].unit = Some(name.to_owned());
        run(id, [lkp(name, point)])
    };
    let all = everything(&kpis(vec![odd(1), odd(2)]));
    assert!(!all.contains('\x1b') && !all.contains('\u{202e}'));
    let drawings = all.split_once("<svg").unwrap().1;
    assert!(!drawings.contains("<script") && drawings.contains("&lt;script&gt;"));
    let comparison = kpis(vec![odd(1), odd(2)]);
    assert!(written(&comparison, true).is_ascii());
}

#[test]
fn thousands_of_samples_stay_small() {
    let many = |id, shift: u32| {
        run(
            id,
            (0..10_000_u32).map(|i| {
                let value = f64::from((i * 7919 + shift) % 1000) + f64::from(shift);
                let found = measurement("x.y", &value.to_string(), Some(Better::Lower));
                lkp(
                    &format!("node-{}", i % 40),
                    point(i / 40 % 10 + 1, i / 400, vec![found]),
                )
            }),
        )
    };
    let comparison = kpis(vec![many(1, 0), many(2, 3000)]);
    assert_eq!(verdicts(&comparison), [Some(Verdict::Worse)]);
    assert!(written(&comparison, false).lines().count() < 60);
    let drawing = svg::draw(&comparison, &comparison.kpis[0]).unwrap();
    assert!(drawing.len() < 300_000, "{}", drawing.len());
}

proptest::proptest! {
    #[test]
    fn no_number_is_too_odd(
        values in proptest::collection::vec(proptest::num::f64::ANY, 1..12),
        others in proptest::collection::vec(proptest::num::f64::ANY, 0..12),
    ) {
        let of = |id, values: &[f64]| run(id, values.iter().zip(0..).map(|(value, repeat)| {
            let found = measurement("x.y", &format!("{value:e}"), Some(Better::Higher));
            lkp("n", point(repeat % 2 + 1, repeat / 2, vec![found]))
        }));
        let all = everything(&kpis(vec![of(1, &values), of(2, &others)]));
        proptest::prop_assert!(!all.contains("NaN"));
    }
}
