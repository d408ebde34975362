//! Findings for people.

use std::io::{self, Write};

use job_schema::{Finding, finding};

use super::Totals;

pub(super) fn file(
    out: &mut dyn Write,
    name: &str,
    text: &str,
    findings: &[Finding],
    color: bool,
) -> io::Result<()> {
    out.write_all(finding::render_text(findings, name, text, color).as_bytes())
}

pub(super) fn end(out: &mut dyn Write, totals: &Totals) -> io::Result<()> {
    let counted = |count: usize, what: &str| {
        let s = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {what}{s}"))
    };
    let found: Vec<String> = [
        counted(totals.errors, "error"),
        counted(totals.warnings, "warning"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let found = if found.is_empty() {
        "nothing wrong".to_owned()
    } else {
        found.join(", ")
    };
    let files = counted(totals.files, "file").unwrap_or_default();
    writeln!(out, "{found} in {files}")
}
