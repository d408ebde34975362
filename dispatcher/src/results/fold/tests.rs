use super::*;
use crate::results::fixture::{
    assigned, at, case, entries, fold, node_ended, run_started, step_ended, suite_ended,
    suite_started,
};
use proptest::prelude::*;

fn run(events: impl IntoIterator<Item = (i64, Event)>) -> Results {
    let mut all = vec![
        at(0, run_started()),
        at(1, assigned("host", 1)),
        at(1, assigned("guest-1", 2)),
    ];
    all.extend(events.into_iter().map(|(time, event)| at(time, event)));
    fold(&all)
}

fn ended(failure: Option<Failure>) -> (i64, Event) {
    (9_000, Event::RunEnded { failure })
}

fn verdict(results: &Results) -> (Verdict, Option<Class>, u8) {
    (results.verdict, results.class, results.exit_code)
}

fn lava<'a>(results: &'a Results, node: &str) -> Vec<(&'a str, CaseResult)> {
    let cases = results
        .results
        .iter()
        .filter(|case| case.suite == LAVA && case.node == node);
    cases
        .map(|case| (case.case.as_str(), case.result))
        .collect()
}

#[test]
fn a_complete_run_passes_or_fails_by_its_tests() {
    let well = |result| {
        run([
            (2, case("host", "0_a", "x", result)),
            (3, node_ended("host", None)),
            (4, node_ended("guest-1", None)),
            ended(None),
        ])
    };
    assert_eq!(verdict(&well(CaseResult::Pass)), (Verdict::Pass, None, 0));
    assert_eq!(verdict(&well(CaseResult::Skip)), (Verdict::Pass, None, 0));
    assert_eq!(
        verdict(&well(CaseResult::Unknown)),
        (Verdict::Pass, None, 0)
    );
    let failed = well(CaseResult::Fail);
    assert_eq!(verdict(&failed), (Verdict::Fail, None, 1));
    assert_eq!(lava(&failed, "host"), [("job", CaseResult::Pass)]);
    assert_eq!(
        failed.nodes[0].counts,
        Counts {
            failed: 1,
            ..Counts::default()
        }
    );
}

#[test]
fn a_suite_without_its_end_is_no_pass() {
    let results = run([
        (2, suite_started("host", "0_a")),
        (3, case("host", "0_a", "x", CaseResult::Pass)),
        (4, node_ended("host", None)),
        (5, node_ended("guest-1", None)),
        ended(None),
    ]);
    assert_eq!(verdict(&results), (Verdict::Fail, None, 1));
    assert_eq!(
        lava(&results, "host"),
        [("0_a", CaseResult::Fail), ("job", CaseResult::Pass)]
    );
}

#[test]
fn the_node_that_failed_first_is_to_blame_even_if_its_cleanup_took_longest() {
    let lost = Failure::new(Class::Infrastructure, "lost");
    let hopeless = Failure::new(Class::Job, "cannot");
    let results = run([
        (100, step_ended("host", "2.1", "login", Some(lost.clone()))),
        (101, step_ended("host", "2", "boot", Some(lost.clone()))),
        (
            200,
            step_ended("guest-1", "1", "deploy", Some(hopeless.clone())),
        ),
        (300, node_ended("guest-1", Some(hopeless))),
        (5_000, step_ended("host", "9", "power-off", None)),
        (5_001, node_ended("host", Some(lost))),
        ended(None),
    ]);
    assert_eq!(
        verdict(&results),
        (Verdict::Incomplete, Some(Class::Infrastructure), 3)
    );
    let evidence = results.evidence.as_ref().unwrap();
    assert_eq!(
        (evidence.node.as_deref(), evidence.message.as_str()),
        (Some("host"), "lost")
    );
    assert_eq!(evidence.at, crate::results::fixture::time(100));
    let host = [
        ("login", CaseResult::Fail),
        ("boot", CaseResult::Fail),
        ("power-off", CaseResult::Pass),
        ("job", CaseResult::Fail),
    ];
    assert_eq!(lava(&results, "host"), host);
}

#[test]
fn a_retry_that_went_well_is_forgiven() {
    let flaky = Failure::new(Class::Infrastructure, "flaky");
    let first = Failure::new(Class::Job, "first");
    let results = run([
        (100, step_ended("host", "2.1", "login", Some(flaky.clone()))),
        (150, step_ended("host", "2", "boot", None)),
        (
            200,
            step_ended("guest-1", "1", "deploy", Some(first.clone())),
        ),
        (300, step_ended("host", "3", "login", Some(flaky.clone()))),
        (400, node_ended("host", Some(flaky))),
        (500, node_ended("guest-1", Some(first))),
        ended(None),
    ]);
    assert_eq!(
        verdict(&results),
        (Verdict::Incomplete, Some(Class::Job), 4)
    );
    let results = run([
        (
            100,
            step_ended(
                "host",
                "2.1",
                "login",
                Some(Failure::new(Class::Infrastructure, "flaky")),
            ),
        ),
        (150, step_ended("host", "2", "boot", None)),
        (400, node_ended("host", None)),
        (500, node_ended("guest-1", None)),
        ended(None),
    ]);
    assert_eq!(verdict(&results), (Verdict::Pass, None, 0));
}

#[test]
fn a_cancel_wins_and_exits_with_130() {
    let cancelled = Failure::new(Class::Cancelled, "Ctrl-C");
    let results = run([
        (100, node_ended("host", Some(cancelled.clone()))),
        (
            101,
            node_ended(
                "guest-1",
                Some(Failure::new(Class::Infrastructure, "closed")),
            ),
        ),
        ended(Some(cancelled)),
    ]);
    assert_eq!(
        verdict(&results),
        (Verdict::Cancelled, Some(Class::Cancelled), 130)
    );
}

#[test]
fn a_run_that_goes_on_or_was_killed_is_never_a_pass() {
    let mut all = vec![
        at(0, run_started()),
        at(1, assigned("host", 1)),
        at(2, suite_started("host", "0_a")),
    ];
    all.push(at(3, case("host", "0_a", "x", CaseResult::Pass)));
    let going = fold(&all);
    assert_eq!(verdict(&going), (Verdict::Incomplete, None, 3));
    assert!(going.end.is_none() && lava(&going, "host").is_empty());

    let mut folding = Fold::new("1");
    all.iter().for_each(|entry| folding.push(entry));
    folding.killed();
    let dead = folding.finish();
    assert_eq!(
        verdict(&dead),
        (Verdict::Incomplete, Some(Class::Infrastructure), 3)
    );
    assert_eq!(
        lava(&dead, "host"),
        [("0_a", CaseResult::Fail), ("job", CaseResult::Fail)]
    );
    assert_eq!(dead.nodes[0].class, Some(Class::Infrastructure));
    assert_eq!(dead.results.len(), 3, "what was found out is kept");
}

#[test]
fn a_run_that_claims_to_be_well_without_its_nodes_is_a_bug() {
    assert_eq!(
        verdict(&run([(2, node_ended("host", None)), ended(None)])),
        (Verdict::Incomplete, Some(Class::Bug), 5)
    );
    assert_eq!(
        verdict(&fold(&[
            at(0, run_started()),
            at(1, Event::RunEnded { failure: None })
        ])),
        (Verdict::Incomplete, Some(Class::Bug), 5)
    );
}

#[test]
fn the_fixture_blames_the_lost_connection() {
    let results = fold(&entries());
    assert_eq!(
        verdict(&results),
        (Verdict::Incomplete, Some(Class::Infrastructure), 3)
    );
    assert_eq!(results.evidence.unwrap().node.as_deref(), Some("guest-2"));
}

#[test]
fn a_measurement_keeps_its_digits_in_json() {
    let results = fold(&entries());
    let json = serde_json::to_string(&results).unwrap();
    assert!(
        json.contains(r#""measurement":1234.5000,"units":"MB/s""#),
        "{json}"
    );
    assert!(
        json.contains(r#""measurement":"+inf","units":"MB/s""#),
        "{json}"
    );
    let keys = |value: &serde_json::Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
    };
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = |names: &str| names.split(' ').map(str::to_owned).collect();
    assert_eq!(
        keys(&json),
        expected("run verdict class evidence nodes results")
    );
    assert_eq!(
        keys(&json["results"][0]),
        expected("node role suite set case result measurement units start end log")
    );
}

proptest! {
    #[test]
    fn any_part_of_a_journal_in_any_order_folds(
        order in Just(entries()).prop_shuffle(),
        length in 0usize..40,
        shuffled in any::<bool>(),
    ) {
        let all = if shuffled { order } else { entries() };
        let part = &all[..length.min(all.len())];
        let results = fold(part);
        let whole = part.iter().any(|entry| matches!(entry.event, Event::RunEnded { .. }));
        prop_assert!(whole || results.verdict == Verdict::Incomplete);
        prop_assert_eq!(results.exit_code == 0, results.verdict == Verdict::Pass);
        let cases = part.iter().filter(|entry| matches!(entry.event, Event::Case { .. })).count();
        prop_assert_eq!(results.results.iter().filter(|case| case.suite != LAVA).count(), cases);
    }

    #[test]
    fn odd_durations_fold(duration in any::<f64>()) {
        let mut ended = suite_ended("host", "0_a");
        if let Event::SuiteEnded { duration: seconds, .. } = &mut ended {
            *seconds = duration;
        }
        prop_assert_eq!(run([(2, ended)]).results.len(), 1);
    }
}
