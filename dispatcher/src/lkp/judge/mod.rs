//! Whether a run of an atomic job passed, and what it measured.
//!
//! The result folder that LKP left, its standard error and the names of the job's test programs go in; a verdict with
//! reasons and the measurements come out. LKP's exit status is not asked: it is 0 for tests that failed and 1 for some
//! that passed.
//!
//! **Failed** is a run
//! - without a result folder, or without a `stats.json` that can be read;
//! - with any word of `last_state` (in `stats.json`, or in the file that LKP makes it from: what it adds after it made
//!   `stats.json` is only there);
//! - with a test program that has no stat of its own outside `.time.`. Programs without a parser (`mytest`) can have
//!   none; that they failed is said by `last_state`. A parser's stats always begin with its program's name;
//! - with a word of failure among the stats of a test program (`kselftests.net.fail`).
//!
//! **Only evidence**, told in the notes and judging nothing, are words of failure of others: `stderr.*` has lines for
//! any warning, `dmesg.*` and `kmsg.*` are the log of a kernel that all containers of a node share and that began before
//! the run, and a monitor that fails is no failed test. Words that only warn (`*.warn`) are evidence too.
//!
//! The folder is hostile: what is read of it is bounded, no link is followed, names are escaped.

mod file;
mod stats;
mod stderr;
mod words;

use std::path::Path;

use self::stats::Seen;
use super::kpi::Kpis;
use super::point::Measurement;
use crate::journal::event::CaseResult;
use crate::text;

/// What a run of an atomic job came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Pass or fail.
    pub result: CaseResult,
    /// Why it failed, a sentence each. Empty when it passed.
    pub reasons: Vec<String>,
    /// What was measured: the stats of the job's test programs, in LKP's order.
    pub measurements: Vec<Measurement>,
    /// The last lines of standard error, safe to show. Empty when it passed.
    pub stderr: String,
    /// What else is worth telling and judges nothing, a sentence each.
    pub notes: Vec<String>,
}

/// What a run must have measured.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The test programs of the job; none when only the node could split it: then they are what LKP has run under a clock,
    /// and there must be some.
    pub programs: Option<Vec<String>>,
    /// Whether they are those of some roles of a cluster: LKP misses the output of the others' programs as well.
    pub part: bool,
    /// Whether it runs tests at all: the servers of a cluster do not.
    pub tests: bool,
}

impl Default for Expected {
    fn default() -> Self {
        Self {
            programs: None,
            part: false,
            tests: true,
        }
    }
}

/// Judges a run by its result folder (`…/<N>`), what LKP wrote on standard error, and what it must have measured.
#[must_use]
pub fn judge(result_root: Option<&Path>, stderr: &str, expected: &Expected, kpis: &Kpis) -> Judged {
    let mut reasons = Vec::new();
    let programs = match (&expected.programs, result_root) {
        (Some(programs), _) => programs.clone(),
        (None, None) => Vec::new(),
        (None, Some(root)) => {
            let timed = stats::timed(root);
            if timed.is_empty() && expected.tests {
                let words = "nothing was run under LKP's clock, so nothing tells whether the test ran; look at output of the \
                             result folder and at LKP's standard error";
                reasons.push(words.to_owned());
            }
            timed
        }
    };
    let programs = &programs[..];
    let mut seen = Seen::new(programs, kpis);
    match result_root {
        None => reasons.push(
            "LKP made no result folder: it did not get as far as starting the test; look at its standard error"
                .to_owned(),
        ),
        Some(root) => {
            let read = stats::read(root, &mut seen);
            reasons.extend(read.as_ref().err().cloned());
            seen.add_states(words::of_file(root));
            if expected.part && words::misses_others_only(root, programs) {
                seen.states.remove(words::INCOMPLETE);
            }
            reasons.extend(words::sentences(&seen.states));
            // Without `stats.json` nothing is known of the programs; one reason for it is enough.
            if read.is_ok() {
                reasons.extend(programs.iter().filter_map(|program| silence(program, &seen, kpis)));
            }
            reasons.extend(seen.failures.sentence(
                "a part of the test failed",
                "parts of the test failed",
                "look at the output of the test in the result folder",
            ));
        }
    }
    let mut notes = std::mem::take(&mut seen.notes);
    notes.extend(seen.evidence.sentence(
        "a word of failure that is no part of the test was seen",
        "words of failure that are no part of the test were seen",
        "they may be older than the run, or only warnings",
    ));
    let failed = !reasons.is_empty();
    Judged {
        result: if failed {
            CaseResult::Fail
        } else {
            CaseResult::Pass
        },
        reasons,
        measurements: seen.measurements,
        stderr: if failed {
            stderr::tail(stderr)
        } else {
            String::new()
        },
        notes,
    }
}

/// Why a program without stats failed; nothing when it has some or cannot have any.
fn silence(program: &str, seen: &Seen<'_>, kpis: &Kpis) -> Option<String> {
    if seen.has_stats(program) || kpis.is_silent(program) {
        return None;
    }
    let name = text::name(program);
    Some(if seen.has_times(program) {
        format!(
            "stats.json has no `{name}.*` but its times: the test {name} ran and gave no result; look at the file {name} \
             of the result folder and at LKP's standard error"
        )
    } else {
        format!(
            "stats.json has no `{name}.*`: the test {name} did not run, or left nothing; look at job.sh and output of the \
             result folder and at LKP's standard error"
        )
    })
}

#[cfg(test)]
mod tests;
