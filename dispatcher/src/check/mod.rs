//! Checking a file before anything runs: what its text says, what its roles say to each other, what a lab can do.
//!
//! In: the text of a job or of a test definition, and a lab if one is given. Out: findings in the order of the file, and
//! the job when it could be read. Wrong input is a finding, never an error.

pub mod devices;
pub mod fix;
pub mod format;
pub mod lab;
mod lkp;
pub mod local;
pub mod messages;
pub mod source;

use std::path::Path;

use job_schema::finding::Edit;
use job_schema::yaml::{self, Node};
use job_schema::{Finding, Job, Severity, Span};

use crate::inventory::device_type::Library;
use lab::Lab;
use messages::Exchange;

/// The code of a file that is neither a job nor a test definition.
pub const NEITHER: &str = "J048";

/// What to check beside the file itself.
#[derive(Debug, Default, Clone, Copy)]
pub struct Options<'a> {
    /// The lab whose devices the job must find.
    pub lab: Option<&'a Lab>,
    /// The device types whose variables a context may set; without them those of the lab, or those that come with
    /// `dispatch`.
    pub types: Option<&'a Library>,
    /// Codes whose errors do not refuse a job.
    pub allow: &'a [&'static str],
    /// The folder that paths in the job are relative to; without it only definitions in the job itself are read.
    pub base: Option<&'a Path>,
}

/// The folder that paths in a job file are relative to.
#[must_use]
pub fn base_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What the roles of a job say to each other.
#[must_use]
pub fn exchange(job: &Job, text: &str, base: Option<&Path>) -> Exchange {
    match base {
        Some(base) => messages::read(job, text, &mut local::load_local(base)),
        None => messages::read(job, text, &mut |_| None),
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A job; also what is neither.
    Job,
    /// A test definition in a file of its own.
    TestDefinition,
}

/// A file that was looked at.
#[derive(Debug)]
pub struct Checked {
    /// What it is.
    pub kind: Kind,
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// The job, if it is one and could be read; findings may be errors all the same.
    pub job: Option<Job>,
}

impl Checked {
    /// Findings that refuse the file; with `strict` warnings too, save those whose code is allowed.
    pub fn refusing(&self, strict: bool, allow: &[&str]) -> impl Iterator<Item = &Finding> {
        let refuses = move |finding: &&Finding| match finding.severity {
            Severity::Error => true,
            Severity::Warning => strict && !allow.contains(&finding.code),
        };
        self.findings.iter().filter(refuses)
    }

    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.refusing(false, &[]).count()
    }
}

/// Checks a file. `name` is only a name for messages.
#[must_use]
pub fn check_file(name: &str, text: &str, options: &Options<'_>) -> Checked {
    let mut checked = match sort_of(text) {
        Sort::Is(kind) => read(kind, name, text, options),
        Sort::Neither(finding) => {
            return Checked {
                kind: Kind::Job,
                findings: vec![*finding],
                job: None,
            };
        }
    };
    if let Some(job) = &checked.job {
        checked
            .findings
            .extend(beyond_the_words(job, text, options));
        checked
            .findings
            .sort_by_key(|finding| (finding.span.start, finding.code));
    }
    keep_aliases(&mut checked.findings, text);
    checked
}

/// Takes back corrections of aliases: whether the alias is wrong or the word that it stands for is not certain.
fn keep_aliases(findings: &mut [Finding], text: &str) {
    let is_alias = |edit: &Edit| {
        text.get(edit.span.start..)
            .is_some_and(|at| at.starts_with('*'))
    };
    for finding in findings {
        finding.fix.take_if(|fix| fix.edits.iter().any(is_alias));
    }
}

fn read(kind: Kind, name: &str, text: &str, options: &Options<'_>) -> Checked {
    match kind {
        Kind::Job => {
            let shipped = Library::new(None);
            let types = options.types.or(options.lab.map(Lab::types));
            let types = types.unwrap_or(&shipped);
            let parsed = job_schema::parse_job_for(name, text, &|of| types.for_jobs(of));
            Checked {
                kind,
                findings: parsed.findings,
                job: parsed.job,
            }
        }
        Kind::TestDefinition => Checked {
            kind,
            findings: job_schema::parse_test_definition(name, text).findings,
            job: None,
        },
    }
}

/// Checks that need more than the words of the job: each gets the job and adds what it finds.
fn beyond_the_words(job: &Job, text: &str, options: &Options<'_>) -> Vec<Finding> {
    let mut findings = exchange(job, text, options.base).findings();
    if let Some(base) = options.base {
        findings.extend(lkp::check(job, base));
    }
    if let Some(lab) = options.lab {
        findings.extend(lab.check(job, text));
    }
    findings
}

/// Turns errors that are allowed into warnings that say so, and says where it cannot be done.
pub fn allow(checked: &mut Checked, codes: &[&str]) {
    let readable = checked.job.is_some();
    let allowed = |f: &&mut Finding| f.severity == Severity::Error && codes.contains(&f.code);
    for finding in checked.findings.iter_mut().filter(allowed) {
        if readable {
            finding.severity = Severity::Warning;
            finding.message.push_str(" (an error that is allowed)");
        } else {
            let useless = format!(
                "`--allow {}` cannot help: errors keep the file from being read",
                finding.code
            );
            let help = match finding.help.take() {
                Some(help) => format!("{help}; {useless}"),
                None => useless,
            };
            finding.help(help);
        }
    }
}

enum Sort {
    Is(Kind),
    Neither(Box<Finding>),
}

/// What a text is. A job has `actions`, so most are known without being read a second time.
fn sort_of(text: &str) -> Sort {
    let text_of_first = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text_of_first
        .lines()
        .any(|line| line.starts_with("actions:"))
    {
        return Sort::Is(Kind::Job);
    }
    // What is wrong with a text that is no mapping is told by the reader of jobs.
    match yaml::load(text) {
        Ok(document) => sort_of_mapping(&document.root),
        Err(_) => Sort::Is(Kind::Job),
    }
}

fn sort_of_mapping(root: &Node) -> Sort {
    const JOB: &[&str] = &[
        "actions",
        "job_name",
        "visibility",
        "timeouts",
        "device_type",
        "protocols",
        "priority",
    ];
    const DEFINITION: &[&str] = &["run", "install"];
    const FORMAT: &str = "Lava-Test Test Definition";
    let Some(entries) = root.as_map() else {
        return Sort::Is(Kind::Job);
    };
    let has = |keys: &[&str]| keys.iter().any(|key| root.entry(key).is_some());
    let format = root.at(&["metadata", "format"]).and_then(Node::as_str);
    if has(JOB) {
        Sort::Is(Kind::Job)
    } else if has(DEFINITION) || format.is_some_and(|format| format.starts_with(FORMAT)) {
        Sort::Is(Kind::TestDefinition)
    } else {
        let span = entries.first().map_or(root.span, |entry| entry.key.span);
        Sort::Neither(Box::new(neither(span)))
    }
}

fn neither(span: Span) -> Finding {
    let message = "this is neither a job nor a test definition";
    let mut finding = Finding::new(NEITHER, Severity::Error, "", span, message);
    finding.help(
        "a job has `job_name`, `timeouts` and `actions`; a test definition has `metadata` and `run`",
    );
    finding
}
