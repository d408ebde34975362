//! Reading a job file: findings go to standard error, with the lines they are about.

use std::io::{IsTerminal, Write};
use std::path::Path;

use job_schema::{Job, finding};

use super::CliError;

/// A job file that can run, and its text.
pub(super) struct JobFile {
    pub(super) job: Job,
    pub(super) text: String,
}

/// Reads and checks a job file.
///
/// # Errors
/// Usage: it cannot be read, or has errors; they are told by then.
pub(super) fn read(path: &Path) -> Result<JobFile, CliError> {
    let bytes = std::fs::read(path).map_err(|e| {
        CliError::Usage(format!("cannot read the job file {}: {e}", path.display()))
    })?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..good].iter().filter(|b| **b == b'\n').count() + 1;
        CliError::Usage(format!(
            "{} line {line}: a job file is YAML in UTF-8; here is a byte that is not",
            path.display()
        ))
    })?;
    let name = path.display().to_string();
    let parsed = job_schema::parse_job(&name, &text);
    if !parsed.findings.is_empty() {
        let color = std::io::stderr().is_terminal();
        let rendered = finding::render_text(&parsed.findings, &name, &text, color);
        // There is nowhere left to tell that standard error is closed.
        let _ = write!(std::io::stderr(), "{rendered}");
    }
    match parsed.job {
        Some(job) => Ok(JobFile { job, text }),
        None => {
            let errors = parsed
                .findings
                .iter()
                .filter(|f| f.severity == job_schema::Severity::Error)
                .count();
            let s = if errors == 1 { "" } else { "s" };
            Err(CliError::Usage(format!(
                "{name} has {errors} error{s}; nothing was run"
            )))
        }
    }
}
