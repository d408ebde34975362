//! Findings as text, JSON (whole or by line), SARIF, or messages of GitHub's workflows.
//!
//! In: the findings of one file after the other. Out: bytes, written as they come, so that memory does not grow with the
//! number of files.

mod github;
mod json;
mod sarif;
mod text;

use std::io::{self, Write};

use job_schema::lines::Lines;
use job_schema::{Finding, Severity, Span};

/// The forms in which findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the lines with what is wrong underlined.
    Text,
    /// One array of objects, for scripts.
    Json,
    /// The same objects, one a line.
    Lines,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Commands of GitHub's workflows, shown beside the lines of a pull request.
    Github,
}

/// How much was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files that were looked at.
    pub files: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
}

impl Totals {
    /// Counts a file with its findings.
    pub fn add(&mut self, findings: &[Finding]) {
        let errors = findings
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .count();
        self.files += 1;
        self.errors += errors;
        self.warnings += findings.len() - errors;
    }
}

/// Prints findings in one form.
pub struct Printer<'w> {
    out: &'w mut dyn Write,
    format: Format,
    color: bool,
    /// Something was printed that the next entry is separated from.
    begun: bool,
}

impl<'w> Printer<'w> {
    /// Prints what stands before all findings. `color` is for [`Format::Text`].
    ///
    /// # Errors
    /// It cannot be written; so below.
    pub fn begin(out: &'w mut dyn Write, format: Format, color: bool) -> io::Result<Self> {
        match format {
            Format::Text | Format::Github | Format::Lines => {}
            Format::Json => out.write_all(b"[")?,
            Format::Sarif => sarif::begin(out)?,
        }
        Ok(Self {
            out,
            format,
            color,
            begun: false,
        })
    }

    /// Prints the findings of a file. `name` is shown; `text` is what they are about.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn file(&mut self, name: &str, text: &str, findings: &[Finding]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        if self.format == Format::Text {
            return text::file(self.out, name, text, findings, self.color);
        }
        let lines = Lines::new(text);
        for finding in findings {
            match self.format {
                Format::Text => {}
                Format::Github => github::finding(self.out, name, &lines, finding)?,
                Format::Json => {
                    self.separate()?;
                    json::finding(self.out, name, &lines, finding)?;
                }
                Format::Lines => {
                    json::finding(self.out, name, &lines, finding)?;
                    self.out.write_all(b"\n")?;
                }
                Format::Sarif => {
                    self.separate()?;
                    sarif::finding(self.out, name, &lines, finding)?;
                }
            }
        }
        Ok(())
    }

    /// Prints something that is no finding: a line for people, or the object in its place; other formats have no room for it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remark(&mut self, text: &str, object: &serde_json::Value) -> io::Result<()> {
        match self.format {
            Format::Text => writeln!(self.out, "{text}"),
            Format::Lines => writeln!(self.out, "{object}"),
            Format::Json | Format::Sarif | Format::Github => Ok(()),
        }
    }

    fn separate(&mut self) -> io::Result<()> {
        let between: &[u8] = if self.begun { b",\n" } else { b"\n" };
        self.begun = true;
        self.out.write_all(between)
    }

    /// Prints what stands after all findings.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(self, totals: &Totals) -> io::Result<()> {
        match self.format {
            Format::Text => text::end(self.out, totals),
            Format::Json if self.begun => self.out.write_all(b"\n]\n"),
            Format::Json => self.out.write_all(b"]\n"),
            Format::Sarif => sarif::end(self.out),
            Format::Github | Format::Lines => Ok(()),
        }
    }
}

/// The place of a finding in the words of scripts: lines and columns from 1, columns in characters, the end exclusive.
/// All of it is absent when a finding is about the file as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
struct Place {
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

impl Place {
    fn of(span: Span, lines: &Lines<'_>) -> Self {
        if !span.is_place() {
            return Self::default();
        }
        let (start, end) = lines.range(span);
        Self {
            line: Some(start.line),
            column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
        }
    }
}
