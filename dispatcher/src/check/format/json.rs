//! Findings as objects that always have all their keys.

use std::io::{self, Write};

use job_schema::finding::{Fix, Group};
use job_schema::lines::Lines;
use job_schema::{Finding, Severity};
use serde::Serialize;

use super::Place;

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    group: Group,
    code: &'a str,
    severity: Severity,
    message: &'a str,
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    fix: Option<FixRow<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct FixRow<'a> {
    title: &'a str,
    edits: Vec<EditRow<'a>>,
}

#[derive(Serialize)]
struct EditRow<'a> {
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

/// One object on one line, without a line end.
pub(super) fn finding(
    out: &mut dyn Write,
    file: &str,
    lines: &Lines<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let row = Row {
        file,
        group: finding.group,
        code: finding.code,
        severity: finding.severity,
        message: &finding.message,
        path: &finding.path,
        place: Place::of(finding.span, lines),
        related: finding
            .related
            .iter()
            .map(|(span, note)| Related {
                message: note,
                place: Place::of(*span, lines),
            })
            .collect(),
        help: finding.help.as_deref(),
        fix: finding.fix.as_ref().map(|fix| fix_row(fix, lines)),
    };
    serde_json::to_writer(out, &row).map_err(io::Error::from)
}

fn fix_row<'a>(fix: &'a Fix, lines: &Lines<'_>) -> FixRow<'a> {
    let edit = |edit: &'a job_schema::finding::Edit| EditRow {
        place: Place::of(edit.span, lines),
        text: &edit.text,
    };
    FixRow {
        title: &fix.title,
        edits: fix.edits.iter().map(edit).collect(),
    }
}
