//! What the signals of a test shell mean. Pure: signals in, journal events out.
//!
//! On nodes with a private channel a helper's signal comes twice, through the channel and through the console, in any
//! order; either copy may be lost (output redirected to a file, noise in the middle of a marker). The two are counted as
//! one: of each text as many are taken as came on the busier way. A marker that a test prints itself has one copy only.

use std::collections::HashMap;
use std::time::Instant;

use indexmap::IndexMap;
use jiff::Timestamp;

use crate::failure::LogSpan;
use crate::journal::event::{CaseResult, Event, NoteLevel};

/// Longest test case id, set name or unit that is kept, in characters.
const LONGEST_NAME: usize = 1024;

/// Texts whose second copy is awaited; of more, some are forgotten.
const MOST_AWAITED: usize = 10_000;

/// Which way a signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The node's console.
    Console,
    /// The private channel.
    Channel,
}

/// The results of one test block of a node.
pub struct Results {
    node: String,
    file: String,
    /// Folder names of this block's definitions: nothing else can start a run.
    known: Vec<String>,
    expected: IndexMap<String, Vec<String>>,
    current: Option<Run>,
    /// Cases that began: where and when, by suite and id.
    began: HashMap<(String, String), (Timestamp, u64)>,
    /// The open test set, by way and suite: each way is in order, the two are not in step.
    sets: HashMap<(Way, String), String>,
    /// Copies that came by console less those by channel, by text.
    awaited: IndexMap<String, i64>,
    /// What happened, for the journal.
    pub events: Vec<Event>,
}

/// A test run that goes on.
struct Run {
    suite: String,
    began: Instant,
    /// Cases reported so far; only kept when some are expected.
    reported: Vec<String>,
}

impl Results {
    /// For a block with these definitions. `file` is the console log.
    #[must_use]
    pub fn new(
        node: String,
        file: String,
        known: Vec<String>,
        expected: IndexMap<String, Vec<String>>,
    ) -> Self {
        Self {
            node,
            file,
            known,
            expected,
            current: None,
            began: HashMap::new(),
            sets: HashMap::new(),
            awaited: IndexMap::new(),
            events: Vec::new(),
        }
    }

    /// The suite that goes on.
    #[must_use]
    pub fn suite(&self) -> Option<&str> {
        self.current.as_ref().map(|r| r.suite.as_str())
    }

    /// A signal: `name` and `text` of its marker, the suite that its sender knew, and where it stands in the log. The
    /// message of a `TESTRAISE` is returned.
    pub fn signal(
        &mut self,
        way: Way,
        suite: Option<&str>,
        name: &str,
        text: &str,
        place: (u64, u64),
    ) -> Option<String> {
        match name {
            "STARTRUN" => self.start_run(text),
            "ENDRUN" => self.end_run(text),
            "STARTTC" => self.start_case(way, suite, text, place.0),
            // Where a case ends is where its result comes.
            "ENDTC" => {}
            "TESTCASE" | "TESTREFERENCE" | "TESTRAISE" if self.is_second_copy(way, name, text) => {}
            "TESTCASE" => self.case(way, suite, text, place),
            "TESTREFERENCE" => self.reference(way, suite, text, place),
            "TESTSET" => self.test_set(way, suite, text),
            "TESTRAISE" => return Some(bounded(text)),
            "TESTEVENT" => self.note(NoteLevel::Info, format!("event: {}", bounded(text))),
            // TESTFEEDBACK asks for the console of another namespace, which is read all the time here.
            "TESTFEEDBACK" | "RETRUNCODE" => {}
            other => self.note(
                NoteLevel::Warning,
                format!("unknown signal {}", bounded(other)),
            ),
        }
        None
    }

    fn is_second_copy(&mut self, way: Way, name: &str, text: &str) -> bool {
        let key = format!("{name} {text}");
        let difference = self.awaited.entry(key.clone()).or_insert(0);
        let second = match way {
            Way::Console => *difference < 0,
            Way::Channel => *difference > 0,
        };
        *difference += if way == Way::Console { 1 } else { -1 };
        if *difference == 0 {
            self.awaited.swap_remove(&key);
        } else if self.awaited.len() > MOST_AWAITED {
            self.awaited.swap_remove_index(0);
        }
        second
    }

    fn start_run(&mut self, text: &str) {
        let (suite, uuid) = text.split_once(' ').unwrap_or((text, ""));
        if !self.known.iter().any(|k| k == suite) {
            let message = format!(
                "the node says that it starts a test run {}, which this block does not have",
                bounded(suite)
            );
            return self.note(NoteLevel::Warning, message);
        }
        self.close_run(false);
        self.current = Some(Run {
            suite: suite.to_owned(),
            began: Instant::now(),
            reported: Vec::new(),
        });
        self.events.push(Event::SuiteStarted {
            node: self.node.clone(),
            suite: suite.to_owned(),
            uuid: bounded(uuid),
        });
    }

    fn end_run(&mut self, text: &str) {
        let suite = text.split_once(' ').map_or(text, |(s, _)| s);
        if self.suite() != Some(suite) {
            let message = format!(
                "the node says that test run {} ends, which is not going on",
                bounded(suite)
            );
            return self.note(NoteLevel::Warning, message);
        }
        self.close_run(true);
    }

    /// The test shell has ended: a run that goes on did not finish.
    pub fn close(&mut self) {
        self.close_run(false);
    }

    fn close_run(&mut self, finished: bool) {
        let Some(run) = self.current.take() else {
            return;
        };
        for case in self.expected.get(&run.suite).into_iter().flatten() {
            if !run.reported.contains(case) {
                let now = Timestamp::now();
                self.events.push(Event::Case {
                    node: self.node.clone(),
                    suite: run.suite.clone(),
                    set: None,
                    case: case.clone(),
                    result: CaseResult::Fail,
                    measurement: None,
                    units: None,
                    reference: None,
                    start: now,
                    end: now,
                    log: LogSpan {
                        file: self.file.clone(),
                        start: 0,
                        end: 0,
                    },
                });
            }
        }
        self.began.retain(|(suite, _), _| *suite != run.suite);
        self.sets.remove(&(Way::Console, run.suite.clone()));
        self.events.push(Event::SuiteEnded {
            node: self.node.clone(),
            suite: run.suite,
            finished,
            duration: run.began.elapsed().as_secs_f64(),
        });
    }

    fn start_case(&mut self, way: Way, suite: Option<&str>, id: &str, start: u64) {
        let Some(suite) = suite.or(self.suite()).map(ToOwned::to_owned) else {
            return;
        };
        // The console's copy knows the place; the channel's is better than nothing.
        let key = (suite, bounded(id));
        if way == Way::Console || !self.began.contains_key(&key) {
            if self.began.len() >= MOST_AWAITED {
                self.began.clear();
            }
            self.began.insert(key, (Timestamp::now(), start));
        }
    }

    fn case(&mut self, way: Way, suite: Option<&str>, text: &str, place: (u64, u64)) {
        let mut id = None;
        let mut result = None;
        let mut measurement = None;
        let mut units = None;
        for (key, value) in key_values(text) {
            match key.to_ascii_uppercase().as_str() {
                "TEST_CASE_ID" => id = Some(value),
                "RESULT" => result = Some(value),
                "MEASUREMENT" => measurement = Some(value),
                "UNITS" => units = Some(value),
                _ => {}
            }
        }
        let (Some(id), Some(result)) = (id, result.and_then(word)) else {
            let message = format!(
                "a test case without an id, or with a result other than pass, fail, skip, unknown, is ignored: {}",
                bounded(text)
            );
            return self.note(NoteLevel::Warning, message);
        };
        let measurement = match measurement.map(|m| (m.parse::<f64>(), m)) {
            None => None,
            Some((Ok(number), written)) if number.is_finite() => Some(written.to_owned()),
            Some((_, written)) => {
                let message = format!(
                    "test case {} has the measurement {}, which is no number; it is ignored",
                    bounded(id),
                    bounded(written)
                );
                return self.note(NoteLevel::Warning, message);
            }
        };
        let units = measurement.as_ref().and(units).map(bounded);
        self.result(
            way,
            suite,
            bounded(id),
            result,
            measurement,
            units,
            None,
            place,
        );
    }

    fn reference(&mut self, way: Way, suite: Option<&str>, text: &str, place: (u64, u64)) {
        let mut words = text.splitn(3, ' ');
        let (Some(id), Some(result), Some(url)) =
            (words.next(), words.next().and_then(word), words.next())
        else {
            return self.note(
                NoteLevel::Warning,
                format!(
                    "a reference that cannot be read is ignored: {}",
                    bounded(text)
                ),
            );
        };
        self.result(
            way,
            suite,
            bounded(id),
            result,
            None,
            None,
            Some(bounded(url)),
            place,
        );
    }

    /// The result of a call on the bus, as LAVA reports them: `multinode-wait-ipv4`.
    pub fn bus_case(
        &mut self,
        way: Way,
        suite: Option<&str>,
        verb: &str,
        id: &str,
        passed: bool,
        place: (u64, u64),
    ) {
        // A call from an install step belongs to no test run.
        if suite.or(self.suite()).is_none() {
            return;
        }
        let case = format!("multinode-{verb}-{id}").to_lowercase();
        let result = if passed {
            CaseResult::Pass
        } else {
            CaseResult::Fail
        };
        self.result(way, suite, bounded(&case), result, None, None, None, place);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of the event, each once"
    )]
    fn result(
        &mut self,
        way: Way,
        suite: Option<&str>,
        case: String,
        mut result: CaseResult,
        measurement: Option<String>,
        units: Option<String>,
        reference: Option<String>,
        (start, end): (u64, u64),
    ) {
        let known = suite.filter(|s| self.known.iter().any(|k| k == s));
        let Some(suite) = known.or(self.suite()).map(ToOwned::to_owned) else {
            let message = format!(
                "result of test case {case} came while no test run was going on; it is ignored"
            );
            return self.note(NoteLevel::Warning, message);
        };
        if let Some(expected) = self.expected.get(&suite)
            && !expected.contains(&case)
            && !case.starts_with("multinode-")
        {
            let message =
                format!("test case {case} is not in `expected` of {suite}; it counts as failed");
            result = CaseResult::Fail;
            self.note(NoteLevel::Warning, message);
        }
        let (began, start) = self
            .began
            .remove(&(suite.clone(), case.clone()))
            .unwrap_or_else(|| (Timestamp::now(), start));
        let set = self.sets.get(&(way, suite.clone())).cloned();
        if self.expected.contains_key(&suite)
            && let Some(run) = self.current.as_mut().filter(|r| r.suite == suite)
        {
            run.reported.push(case.clone());
        }
        self.events.push(Event::Case {
            node: self.node.clone(),
            suite,
            set,
            case,
            result,
            measurement,
            units,
            reference,
            start: began,
            end: Timestamp::now(),
            log: LogSpan {
                file: self.file.clone(),
                start,
                end,
            },
        });
    }

    fn test_set(&mut self, way: Way, suite: Option<&str>, text: &str) {
        let Some(suite) = suite.or(self.suite()).map(ToOwned::to_owned) else {
            return;
        };
        match text.split_once(' ') {
            Some(("START", name)) => {
                self.sets.insert((way, suite), bounded(name));
            }
            _ if text == "STOP" => {
                self.sets.remove(&(way, suite));
            }
            _ => {
                let message = format!(
                    "a test set signal that cannot be read is ignored: {}",
                    bounded(text)
                );
                self.note(NoteLevel::Warning, message);
            }
        }
    }

    /// Notes something about the node.
    pub fn note(&mut self, level: NoteLevel, message: String) {
        self.events.push(Event::Note {
            node: Some(self.node.clone()),
            level,
            message,
        });
    }
}

fn word(text: &str) -> Option<CaseResult> {
    match text.to_ascii_lowercase().as_str() {
        "pass" => Some(CaseResult::Pass),
        "fail" => Some(CaseResult::Fail),
        "skip" => Some(CaseResult::Skip),
        "unknown" => Some(CaseResult::Unknown),
        _ => None,
    }
}

/// `A=1 B=two words C=3`: a value goes on until the next ` WORD=`.
fn key_values(text: &str) -> Vec<(&str, &str)> {
    let mut starts = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let is_key = piece.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        });
        if is_key {
            starts.push(at);
        }
        at += piece.len();
    }
    starts.push(text.len());
    starts
        .windows(2)
        .filter_map(|w| text[w[0]..w[1]].trim_end().split_once('='))
        .collect()
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
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
}
