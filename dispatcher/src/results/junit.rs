//! JUnit XML: a `testsuite` per node and suite, `guest-1/0_smoke` when there are several nodes.
//!
//! A failure carries the last lines of its stretch of the console. A result `unknown` becomes `skipped`: counted as passed
//! (as LAVA does) it would be a lie, and as an error it would make a build fail that `dispatch` ends with exit code 0.

use std::io::{self, Write};
use std::time::Duration;

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{CaseRecord, Results};
use crate::journal::console_read::Excerpts;
use crate::journal::event::CaseResult;

/// Writes the results as JUnit XML.
///
/// # Errors
///
/// When `out` refuses.
pub fn write(results: &Results, logs: &mut Excerpts, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: IndexMap<String, TestSuite> = IndexMap::new();
    for case in &results.results {
        let name = suite_name(results, case);
        let suite = suites.entry(name).or_insert_with_key(|name| {
            let mut suite = TestSuite::new(name);
            // The type is of a crate that is not ours to name; it reads what we write.
            suite.timestamp = case.start.to_string().parse().ok();
            suite
        });
        suite.add_test_case(test_case(case, suite.name.as_str(), logs));
    }
    let name = if results.job_name.is_empty() {
        &results.run
    } else {
        &results.job_name
    };
    let mut report = Report::new(name);
    report.timestamp = results
        .start
        .and_then(|start| start.to_string().parse().ok());
    report.time = results
        .start
        .zip(results.end)
        .map(|(start, end)| end.duration_since(start).unsigned_abs());
    report.add_test_suites(suites.into_values());
    report.serialize(out).map_err(io::Error::other)
}

/// A suite by its own name, and its node's when there are several nodes.
pub(super) fn suite_name(results: &Results, case: &CaseRecord) -> String {
    if results.nodes.len() > 1 {
        format!("{}/{}", case.node, case.suite)
    } else {
        case.suite.clone()
    }
}

/// A case by its own name, and its set's.
pub(super) fn case_name(case: &CaseRecord) -> String {
    case.set
        .as_ref()
        .map_or_else(|| case.case.clone(), |set| format!("{set}/{}", case.case))
}

fn test_case(case: &CaseRecord, suite: &str, logs: &mut Excerpts) -> TestCase {
    let mut status = match case.result {
        CaseResult::Pass => TestCaseStatus::success(),
        CaseResult::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        CaseResult::Skip | CaseResult::Unknown => TestCaseStatus::skipped(),
    };
    match case.result {
        CaseResult::Pass => {}
        CaseResult::Skip => {
            status.set_message("skipped");
        }
        CaseResult::Unknown => {
            status.set_message("unknown: nobody can tell whether it works");
        }
        CaseResult::Fail => {
            let message = case
                .more
                .failure
                .as_ref()
                .map_or("failed", |(_, message)| message);
            status.set_message(message).set_type(
                case.more
                    .failure
                    .as_ref()
                    .map_or("test", |(class, _)| class.lava_name()),
            );
            if let Some(span) = &case.log {
                // The crate drops tabs, which would glue words together.
                status.set_description(logs.lines(span).join("\n").replace('\t', "    "));
            }
        }
    }
    let mut test = TestCase::new(case_name(case), status);
    test.set_classname(suite);
    test.timestamp = case.start.to_string().parse().ok();
    test.set_time(
        case.end
            .duration_since(case.start)
            .try_into()
            .unwrap_or(Duration::ZERO),
    );
    if let (Some(measurement), false) = (&case.measurement, case.suite == "lava") {
        test.add_property(("measurement", measurement.as_str()));
        if let Some(units) = &case.units {
            test.add_property(("units", units.as_str()));
        }
    }
    test
}
