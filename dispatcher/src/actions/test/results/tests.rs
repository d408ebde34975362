//! Signals in, events out.

use super::*;

fn results() -> Results {
    let mut results = Results::new(
        "node".into(),
        "log".into(),
        vec!["0_a".into()],
        IndexMap::new(),
    );
    results.signal(Way::Console, None, "STARTRUN", "0_a u", (0, 0));
    results.events.clear();
    results
}

fn cases(results: &Results) -> Vec<String> {
    results
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Case {
                case,
                result,
                measurement,
                units,
                ..
            } => Some(format!(
                "{case} {result:?} {} {}",
                measurement.as_deref().unwrap_or("-"),
                units.as_deref().unwrap_or("-")
            )),
            _ => None,
        })
        .collect()
}

#[test]
fn two_copies_are_one_in_any_order() {
    let text = "TEST_CASE_ID=a RESULT=pass";
    for order in [[Way::Console, Way::Channel], [Way::Channel, Way::Console]] {
        let mut results = results();
        for way in order {
            results.signal(way, Some("0_a"), "TESTCASE", text, (0, 0));
        }
        assert_eq!(cases(&results), ["a Pass - -"]);
    }
}

#[test]
fn of_each_text_the_busier_way_counts() {
    let mut results = results();
    for way in [
        Way::Console,
        Way::Console,
        Way::Channel,
        Way::Console,
        Way::Channel,
    ] {
        results.signal(
            way,
            Some("0_a"),
            "TESTCASE",
            "TEST_CASE_ID=a RESULT=pass",
            (0, 0),
        );
    }
    assert_eq!(cases(&results).len(), 3);
}

#[test]
fn fields_come_in_any_case_and_with_spaces() {
    let mut results = results();
    results.signal(
        Way::Console,
        None,
        "TESTCASE",
        "test_case_id=a b RESULT=FAIL UNITS=MB per s MEASUREMENT=1.50",
        (0, 0),
    );
    assert_eq!(cases(&results), ["a b Fail 1.50 MB per s"]);
}

#[test]
fn what_cannot_be_true_is_noted_and_ignored() {
    let mut results = results();
    for (name, text) in [
        ("TESTCASE", "TEST_CASE_ID=a RESULT=great"),
        ("TESTCASE", "RESULT=pass"),
        ("TESTCASE", "TEST_CASE_ID=a RESULT=pass MEASUREMENT=NaN"),
        ("STARTRUN", "9_forged u"),
        ("ENDRUN", "9_forged u"),
        ("TESTREFERENCE", "a pass"),
        ("WHATEVER", "x"),
    ] {
        results.signal(Way::Console, None, name, text, (0, 0));
    }
    assert_eq!(results.events.len(), 7);
    assert!(results.events.iter().all(|e| matches!(
        e,
        Event::Note {
            level: NoteLevel::Warning,
            ..
        }
    )));
    assert_eq!(results.suite(), Some("0_a"));
}

#[test]
fn expected_cases_that_do_not_come_fail() {
    let expected = IndexMap::from([("0_a".to_owned(), vec!["a".to_owned(), "b".to_owned()])]);
    let mut results = Results::new("node".into(), "log".into(), vec!["0_a".into()], expected);
    results.signal(Way::Console, None, "STARTRUN", "0_a u", (0, 0));
    results.signal(
        Way::Console,
        None,
        "TESTCASE",
        "TEST_CASE_ID=a RESULT=pass",
        (0, 0),
    );
    results.signal(
        Way::Console,
        None,
        "TESTCASE",
        "TEST_CASE_ID=c RESULT=pass",
        (0, 0),
    );
    results.signal(Way::Console, None, "ENDRUN", "0_a u", (0, 0));
    assert_eq!(cases(&results), ["a Pass - -", "c Fail - -", "b Fail - -"]);
}

/// The channel is quicker than the console: its case comes before the console has told of the set, or of the run.
#[test]
fn a_set_is_that_of_the_way() {
    let mut results = Results::new(
        "node".into(),
        "log".into(),
        vec!["0_a".into()],
        IndexMap::new(),
    );
    results.signal(Way::Channel, Some("0_a"), "TESTSET", "START s", (0, 0));
    results.signal(
        Way::Channel,
        Some("0_a"),
        "TESTCASE",
        "TEST_CASE_ID=a RESULT=pass",
        (0, 0),
    );
    results.signal(Way::Channel, Some("0_a"), "TESTSET", "STOP", (0, 0));
    results.signal(Way::Console, None, "STARTRUN", "0_a u", (0, 0));
    results.signal(Way::Console, None, "TESTSET", "START s", (0, 0));
    results.signal(
        Way::Console,
        None,
        "TESTCASE",
        "TEST_CASE_ID=b RESULT=pass",
        (0, 0),
    );
    results.signal(
        Way::Channel,
        Some("0_a"),
        "TESTCASE",
        "TEST_CASE_ID=c RESULT=pass",
        (0, 0),
    );
    let sets: Vec<_> = results
        .events
        .iter()
        .filter_map(|e| match e {
            Event::Case { case, set, .. } => Some((case.as_str(), set.as_deref())),
            _ => None,
        })
        .collect();
    assert_eq!(sets, [("a", Some("s")), ("b", Some("s")), ("c", None)]);
}

#[test]
fn memory_does_not_grow_with_texts() {
    let mut results = results();
    for i in 0..3 * MOST_AWAITED {
        results.signal(
            Way::Console,
            None,
            "TESTCASE",
            &format!("TEST_CASE_ID={i} RESULT=pass"),
            (0, 0),
        );
        results.events.clear();
    }
    assert!(results.awaited.len() <= MOST_AWAITED);
}
