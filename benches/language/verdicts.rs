//! Agreement with LAVA's own verdicts.

use std::collections::BTreeMap;

use job_schema::finding::{Finding, Group};
use job_schema::{Severity, parse_job};

use crate::corpus::{Row, Verdict};

/// How far we agree.
#[derive(Default)]
pub(crate) struct Agreement {
    pub(crate) jobs: usize,
    /// An error exactly where `submission` or `relaxed` refuses.
    pub(crate) errors: usize,
    /// At least a warning where only `strict` refuses, and no error.
    pub(crate) strict: (usize, usize),
    /// Our path equals or extends that of one of LAVA's verdicts.
    pub(crate) paths: (usize, usize),
    /// The same without `strict`. Of a timeout whose unit is wrong LAVA names the first of four units, `days`, whatever
    /// is written: that counts as the timeout.
    pub(crate) lenient_paths: usize,
    /// Jobs that LAVA accepts and other groups call an error.
    pub(crate) beyond: Vec<String>,
    /// Where we disagree, by reason.
    pub(crate) left: BTreeMap<&'static str, Vec<String>>,
}

/// Compares all rows.
pub(crate) fn compare(rows: &[Row]) -> Agreement {
    let mut all = Agreement::default();
    for row in rows {
        one(row, &mut all);
    }
    all
}

fn one(row: &Row, all: &mut Agreement) {
    all.jobs += 1;
    let findings = parse_job(&row.name, &row.job).findings;
    let lavas: Vec<&Finding> = findings
        .iter()
        .filter(|finding| matches!(finding.group, Group::Yaml | Group::Structure))
        .collect();
    let errors: Vec<&Finding> = lavas
        .iter()
        .copied()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    let refused = !(row.submission.accepts() && row.relaxed.accepts());
    let told = |reason: &'static str, all: &mut Agreement| {
        let codes: Vec<String> = findings
            .iter()
            .map(|f| format!("{} {:?} {}", f.code, f.severity, f.path))
            .collect();
        let verdict = format!(
            "{} {}: LAVA {} | ours {}",
            row.name,
            row.mutation.as_deref().unwrap_or("as it is"),
            said(row),
            codes.join("; ")
        );
        all.left.entry(reason).or_default().push(verdict);
    };
    match (refused, errors.is_empty()) {
        (true, false) | (false, true) => all.errors += 1,
        (true, true) => told("LAVA refuses, we do not", all),
        (false, false) => told("we refuse, LAVA does not", all),
    }
    if refused {
        all.paths.1 += 1;
        let lenient = [&row.submission, &row.relaxed].into_iter();
        let reached = |verdict| {
            errors
                .iter()
                .any(|error| reaches(&error.path, &timeout_of(verdict)))
        };
        all.lenient_paths += usize::from(lenient.into_iter().any(reached));
        if [&row.submission, &row.relaxed, &row.strict]
            .into_iter()
            .any(|verdict| errors.iter().any(|error| reaches(&error.path, verdict)))
        {
            all.paths.0 += 1;
        } else if !errors.is_empty() {
            told("another path", all);
        }
    } else if !row.strict.accepts() {
        all.strict.1 += 1;
        let warned = lavas.iter().any(|finding| finding.code != "J007");
        if warned && errors.is_empty() {
            all.strict.0 += 1;
        } else {
            told("strict refuses, we say nothing", all);
        }
    }
    if !refused
        && findings.iter().any(|finding| {
            finding.severity == Severity::Error
                && !matches!(finding.group, Group::Yaml | Group::Structure)
        })
    {
        let codes: Vec<String> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("{} {}", finding.code, finding.path))
            .collect();
        let mutation = row.mutation.as_deref().unwrap_or("as it is");
        all.beyond
            .push(format!("{} {mutation}: {}", row.name, codes.join("; ")));
    }
}

/// Whether a key path equals or extends LAVA's.
fn reaches(ours: &str, verdict: &Verdict) -> bool {
    let Verdict::Refuses(path, _) = verdict else {
        return false;
    };
    steps(ours).starts_with(path)
}

fn timeout_of(verdict: &Verdict) -> Verdict {
    match verdict {
        Verdict::Refuses(path, message) if message.starts_with("required key") => {
            let mut path = path.clone();
            if path.last().is_some_and(|last| last == "days") {
                path.pop();
            }
            Verdict::Refuses(path, message.clone())
        }
        Verdict::Refuses(path, message) => Verdict::Refuses(path.clone(), message.clone()),
        Verdict::Accepts => Verdict::Accepts,
    }
}

/// `actions[0].deploy.to`
fn steps(path: &str) -> Vec<String> {
    path.split(['.', '['])
        .map(|step| step.trim_end_matches(']').to_owned())
        .filter(|step| !step.is_empty())
        .collect()
}

fn said(row: &Row) -> String {
    let one = |name, verdict: &Verdict| match verdict {
        Verdict::Accepts => format!("{name} ok"),
        Verdict::Refuses(path, message) => format!("{name} {} ({message})", path.join(".")),
    };
    [
        one("submission", &row.submission),
        one("relaxed", &row.relaxed),
        one("strict", &row.strict),
    ]
    .join(", ")
}
