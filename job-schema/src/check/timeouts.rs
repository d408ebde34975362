//! Timeouts that can never be reached, because the job's own is shorter.

use std::time::Duration;

use super::outline::{Outline, entries};
use crate::finding::{Severity, Span};
use crate::read::Report;
use crate::timeout::told;
use crate::yaml::Entry;

/// LAVA's schema looks at these.
const REFUSED: (&str, Severity) = ("J011", Severity::Error);
/// LAVA does not look at the timeouts of single steps in a block.
const ODD: (&str, Severity) = ("J018", Severity::Warning);

/// What Python can count; LAVA fails on a longer limit.
const LONGEST: Duration = Duration::from_secs(86_400 * 1_000_000_000 - 1);

/// The job's own limit.
struct Limit {
    limit: Duration,
    span: Span,
}

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    let Some((limit, span)) = job.job_limit() else {
        return;
    };
    if limit > LONGEST {
        let message = "no calendar goes that far";
        report
            .error("J005", "timeouts.job", span, message)
            .help("a job may take up to 999999999 days");
    }
    let limit = Limit { limit, span };
    let timeouts = job.root.get("timeouts");
    for key in ["action", "connection"] {
        if let Some(entry) = timeouts.and_then(|node| node.entry(key)) {
            limit.holds(entry, "timeouts", REFUSED, report);
        }
    }
    for key in ["actions", "connections"] {
        for entry in entries(timeouts, key) {
            limit.holds(entry, &format!("timeouts.{key}"), REFUSED, report);
        }
    }
    for block in &job.blocks {
        if let Some(entry) = block.node.entry("timeout") {
            limit.holds(entry, &block.path(), REFUSED, report);
        }
        for entry in entries(Some(block.node), "timeouts") {
            let path = format!("{}.timeouts", block.path());
            limit.holds(entry, &path, ODD, report);
        }
        let lkp = block.node.get("lkp").filter(|_| block.is("test", "lkp"));
        if let Some(entry) = lkp.and_then(|lkp| lkp.entry("timeout")) {
            limit.holds(entry, &format!("{}.lkp", block.path()), ODD, report);
        }
    }
}

impl Limit {
    fn holds(
        &self,
        entry: &Entry,
        prefix: &str,
        (code, severity): (&'static str, Severity),
        report: &mut Report,
    ) {
        let Some(timeout) = told(&entry.value).filter(|timeout| *timeout > self.limit) else {
            return;
        };
        let message = format!(
            "{} s is longer than the job may take: {} s",
            timeout.as_secs(),
            self.limit.as_secs()
        );
        let path = format!("{prefix}.{}", entry.key.key_text());
        report
            .push(severity, code, path, entry.key.span, message)
            .see(self.span, "the job's timeout")
            .help("lengthen `timeouts: job`, or shorten this one");
    }
}
