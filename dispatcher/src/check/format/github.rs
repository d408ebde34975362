//! Findings as commands of GitHub's workflows: `::error file=…,line=…::message`.

use std::io::{self, Write};

use job_schema::lines::Lines;
use job_schema::{Finding, Severity};

use super::Place;

pub(super) fn finding(
    out: &mut dyn Write,
    file: &str,
    lines: &Lines<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    write!(out, "::{command} file={}", property(file))?;
    let place = Place::of(finding.span, lines);
    for (name, value) in [
        ("line", place.line),
        ("endLine", place.end_line),
        ("col", place.column),
        ("endColumn", place.end_column),
    ] {
        if let Some(value) = value {
            write!(out, ",{name}={value}")?;
        }
    }
    let mut message = finding.message.clone();
    if !finding.path.is_empty() {
        message.push_str(&format!("\nat {}", finding.path));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    writeln!(out, ",title={}::{}", property(finding.code), data(&message))
}

/// What would end a message early.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What would end a property early.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use job_schema::Span;

    #[test]
    fn nothing_in_a_file_can_begin_a_command_of_its_own() {
        let mut found = Finding::new("J003", Severity::Error, "", Span::default(), "50%\n::x::");
        found.help("a,b: c\r");
        let mut out = Vec::new();
        finding(&mut out, "a,b:c%\n.yaml", &Lines::new(""), &found).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "::error file=a%2Cb%3Ac%25%0A.yaml,title=J003::50%25\\n::x::%0Ahelp: a,b: c\\r\n"
        );
    }
}
