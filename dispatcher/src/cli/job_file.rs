//! Reading the job file of a command: findings go to standard error, with the lines they are about.

use std::io::Write;
use std::path::Path;

use job_schema::multinode::RoleKind;
use job_schema::{Finding, Job, Parsed, finding};

use super::{CliError, color_on};
use crate::check::source::{self, Source};
use crate::check::{self, Kind, Options, check_file};
use crate::inventory::device_type::Library;

/// A job file, and its text.
pub(super) struct JobFile {
    pub(super) job: Job,
    pub(super) text: String,
}

/// Reads and checks a job file for a lab, whose device types say what its context may set; errors whose code is in `allow`
/// do not refuse it.
///
/// # Errors
/// Usage: it cannot be read, is no job, or has errors (they are told by then).
pub(super) fn read(
    path: &Path,
    lab: Option<&Path>,
    allow: &[&'static str],
) -> Result<JobFile, CliError> {
    judge(source::read(path), check::base_of(path), lab, allow)
}

/// Reads and checks a job file that need not run. The part of one node, cut out by LAVA's server, is read as LAVA's worker
/// would.
///
/// # Errors
/// Usage: as [`read`].
pub(super) fn read_to_plan(
    path: &Path,
    lab: Option<&Path>,
    allow: &[&'static str],
) -> Result<JobFile, CliError> {
    let source = source::read(path);
    // Most jobs have no such word, and are read once.
    let parsed = source
        .text
        .contains("target_group")
        .then(|| of_worker(&source, lab));
    match parsed.filter(|parsed| parsed.job.as_ref().is_some_and(is_part)) {
        Some(parsed) => as_worker(parsed, source),
        None => judge(source, check::base_of(path), lab, allow),
    }
}

fn is_part(job: &Job) -> bool {
    let mut roles = job.multinode().into_iter().flat_map(|m| m.roles.values());
    roles.any(|role| role.kind == RoleKind::Part)
}

/// Reads a job file as LAVA's worker would; what its server would refuse is told as a warning.
///
/// # Errors
/// Usage: it cannot be read, or is no job.
pub(super) fn read_as_worker(path: &Path, lab: Option<&Path>) -> Result<JobFile, CliError> {
    let mut source = source::read(path);
    let parsed = match source.trouble.take() {
        Some(trouble) => Parsed {
            job: None,
            findings: vec![trouble],
        },
        None => of_worker(&source, lab),
    };
    as_worker(parsed, source)
}

fn of_worker(source: &Source, lab: Option<&Path>) -> Parsed {
    let types = Library::new(lab);
    job_schema::parse_node_job_for(&source.name, &source.text, &|of| types.for_jobs(of))
}

fn as_worker(parsed: Parsed, source: Source) -> Result<JobFile, CliError> {
    tell(&parsed.findings, &source.name, &source.text);
    match parsed.job {
        Some(job) => Ok(JobFile {
            job,
            text: source.text,
        }),
        None => Err(wrong(&source.name, &parsed.findings)),
    }
}

fn tell(findings: &[Finding], name: &str, text: &str) {
    if !findings.is_empty() {
        let color = color_on(&std::io::stderr());
        let rendered = finding::render_text(findings, name, text, color);
        // There is nowhere left to tell that standard error is closed.
        let _ = write!(std::io::stderr(), "{rendered}");
    }
}

fn wrong(name: &str, findings: &[Finding]) -> CliError {
    let mut totals = check::format::Totals::default();
    totals.add(findings);
    let s = if totals.errors == 1 { "" } else { "s" };
    CliError::Usage(format!(
        "{name} has {} error{s}; nothing was run",
        totals.errors
    ))
}

/// As [`read`], of a job that a command has made: all paths in it are absolute.
///
/// # Errors
/// Usage: what was asked for makes no job that can run.
pub(super) fn made(name: &str, text: String) -> Result<JobFile, CliError> {
    let source = Source {
        name: name.to_owned(),
        text,
        trouble: None,
    };
    judge(source, Path::new("/"), None, &[])
}

fn judge(
    source: Source,
    base: &Path,
    lab: Option<&Path>,
    allow: &[&'static str],
) -> Result<JobFile, CliError> {
    let types = Library::new(lab);
    let name = source.name;
    let (findings, kind, job) = match source.trouble {
        Some(trouble) => (vec![trouble], Kind::Job, None),
        None => {
            let options = Options {
                base: Some(base),
                types: Some(&types),
                ..Options::default()
            };
            let mut checked = check_file(&name, &source.text, &options);
            check::allow(&mut checked, allow);
            let refused = checked.errors() > 0;
            let job = checked.job.filter(|_| !refused);
            (checked.findings, checked.kind, job)
        }
    };
    tell(&findings, &name, &source.text);
    if kind == Kind::TestDefinition {
        return Err(CliError::Usage(format!(
            "{name} is a test definition; a job names it under `test: definitions:`"
        )));
    }
    match job {
        Some(job) => Ok(JobFile {
            job,
            text: source.text,
        }),
        None => Err(wrong(&name, &findings)),
    }
}
