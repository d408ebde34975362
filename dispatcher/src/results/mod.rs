//! What a run found out, folded from its journal ([`fold`]), and the formats it leaves in, one file each.
//!
//! Every name and message in here is safe to show already ([`crate::text`]): a format has only its own syntax to care for.

pub mod csv;
pub mod fold;
pub mod json;
pub mod junit;
mod measured;
mod records;
pub mod tap;
pub mod text;
mod verdict;
pub mod yaml;

use std::io;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::failure::{Class, Failure, LogSpan};
use crate::journal::event::CaseResult;
use crate::journal::reader::JournalReader;
use crate::lkp::point::Better;
use crate::store::{RunDir, RunState};

/// Everything that is known of a run. Serialized, it is the JSON of `dispatch results`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The run's id.
    pub run: String,
    /// How it went.
    pub verdict: Verdict,
    /// Whose trouble made it incomplete.
    pub class: Option<Class>,
    /// The failure that made it incomplete.
    pub evidence: Option<Proof>,
    /// Its nodes, in the order they were assigned.
    pub nodes: Vec<NodeResult>,
    /// Its results, in the order they came.
    pub results: Vec<CaseRecord>,
    /// `job_name`.
    #[serde(skip)]
    pub job_name: String,
    /// The job file as given.
    #[serde(skip)]
    pub job_file: String,
    /// When it began.
    #[serde(skip)]
    pub start: Option<Timestamp>,
    /// When it ended, if it has.
    #[serde(skip)]
    pub end: Option<Timestamp>,
    /// What to exit with.
    #[serde(skip)]
    pub exit_code: u8,
}

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Complete, and nothing failed.
    Pass,
    /// Complete, with failed tests.
    Fail,
    /// It did not come to its end, or has not yet.
    Incomplete,
    /// A person or a parent process ended it.
    Cancelled,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A failure, and where and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// On which node; none if on no node in particular.
    pub node: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What was expected, what was found, where, and what to do.
    pub message: String,
    /// Level of the step that failed.
    pub level: String,
    /// Its name.
    pub step: String,
    /// The bytes of the console that show it.
    pub log: Option<LogSpan>,
    /// The last words of what failed.
    pub text: String,
}

/// One node of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeResult {
    /// Its name.
    pub node: String,
    /// Its role.
    pub role: String,
    /// Its job id.
    pub job_id: String,
    /// Its device.
    pub device: String,
    /// Type of its device.
    pub device_type: String,
    /// For a guest: the node whose device it uses.
    pub host: Option<String>,
    /// Whether its role is essential.
    pub essential: bool,
    /// Its console log, relative to the run's folder.
    pub log: String,
    /// Whether it came to its end without a failure.
    pub complete: bool,
    /// Whose trouble made it incomplete.
    pub class: Option<Class>,
    /// The failure that made it incomplete.
    pub evidence: Option<Proof>,
    /// When it ended, if it has.
    pub end: Option<Timestamp>,
    /// How its test cases went; the results of steps are not among them.
    #[serde(flatten)]
    pub counts: Counts,
}

/// How many test cases had which result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// `pass`
    pub passed: u64,
    /// `fail`
    pub failed: u64,
    /// `skip`
    pub skipped: u64,
    /// `unknown`
    pub unknown: u64,
}

impl Counts {
    fn add(&mut self, result: CaseResult) {
        match result {
            CaseResult::Pass => self.passed += 1,
            CaseResult::Fail => self.failed += 1,
            CaseResult::Skip => self.skipped += 1,
            CaseResult::Unknown => self.unknown += 1,
        }
    }
}

/// One result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseRecord {
    /// The node.
    pub node: String,
    /// Its role.
    pub role: String,
    /// `0_smoke-tests`; `lava` for what the dispatcher itself found.
    pub suite: String,
    /// The test set.
    pub set: Option<String>,
    /// The test case id; for suite `lava` the name of a step, of a suite, or `job`.
    pub case: String,
    /// The result.
    pub result: CaseResult,
    /// A number, as the node wrote it.
    #[serde(serialize_with = "as_number")]
    pub measurement: Option<String>,
    /// Its unit.
    pub units: Option<String>,
    /// Which direction is an improvement, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
    /// When the case began.
    pub start: Timestamp,
    /// When its result came.
    pub end: Timestamp,
    /// Its stretch of the console.
    pub log: Option<LogSpan>,
    /// Why an LKP job failed, sentences separated by `; `.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last lines that an LKP job wrote to its standard error, when it failed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stderr: String,
    /// What only some formats tell.
    #[serde(skip)]
    pub more: More,
}

/// What LAVA's formats tell of a result beside what every result has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct More {
    /// Level of a step.
    pub level: String,
    /// Of a test run.
    pub uuid: Option<String>,
    /// URL of a reference.
    pub reference: Option<String>,
    /// What `lava/job`, a step or an LKP job failed with.
    pub failure: Option<(Class, String)>,
    /// Of a number that an LKP test is run for: the atomic job that found it.
    pub kpi_of: Option<String>,
}

/// A measurement is a number in JSON, with the very digits the node wrote. What JSON does not take for a number (`inf`,
/// `+1`, `.5`) stays a string.
fn as_number<S: Serializer>(
    measurement: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(text) = measurement else {
        return serializer.serialize_none();
    };
    match serde_json::value::RawValue::from_string(text.clone()) {
        Ok(raw) if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
            raw.serialize(serializer)
        }
        _ => serializer.serialize_str(text),
    }
}

/// The results of a run from its folder. A run that was killed has the same results before and after it is recovered.
///
/// # Errors
///
/// When the journal cannot be read.
pub fn of_run(run: &RunDir) -> io::Result<Results> {
    // Asked first: the journal of a run that is over does not grow behind the answer.
    let state = run.state()?;
    let mut fold = fold::Fold::new(run.id());
    for entry in JournalReader::open(&run.journal())? {
        fold.push(&entry?);
    }
    if state == RunState::Killed {
        fold.killed();
    }
    Ok(fold.finish())
}

/// A failure as the results tell it.
fn proof(node: Option<&str>, at: Timestamp, failure: &Failure) -> Proof {
    use crate::text::{escape, escape_lines};
    Proof {
        node: node.map(str::to_owned),
        at,
        message: escape_lines(&failure.message).into_owned(),
        level: escape(&failure.evidence.level).into_owned(),
        step: escape(&failure.evidence.step).into_owned(),
        log: failure.evidence.log.as_ref().map(safe_span),
        text: escape_lines(&failure.evidence.text).into_owned(),
    }
}

fn safe_span(span: &LogSpan) -> LogSpan {
    LogSpan {
        file: crate::text::name(&span.file),
        start: span.start,
        end: span.end,
    }
}

#[cfg(test)]
mod fixture;
