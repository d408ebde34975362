//! The job language of `dispatch`: text in, a typed [`Job`] and [`Finding`]s out.
//!
//! ```
//! let parsed = job_schema::parse_job("job.yaml", "job_name: hello\n");
//! assert!(parsed.job.is_none(), "visibility, timeouts and actions are missing");
//! assert!(parsed.findings.iter().any(|f| f.code == "J003"));
//! ```
//!
//! # The way of a text
//!
//! 1. [`yaml`] makes a tree of it as PyYAML would, in which every value knows its line and column.
//! 2. `read` takes the tree into the types, key by key: [`job`], [`action`] with [`deploy`], [`boot`],
//!    [`test`](mod@test) and [`command`], [`multinode`], [`context`], [`notify`], [`timeout`]; [`testdef`] for test
//!    definitions. What is wrong with one value or key is found here, with LAVA's severity: its server refuses it, or
//!    its strict schema alone.
//! 3. [`check`] has the rules across keys, blocks and roles. It looks at an outline of the tree and not at the types,
//!    so that a block that cannot be read silences no rule about another. [`steps`] knows what steps blocks have.
//! 4. [`finding`] is what both tell: a code of [`codes`], a place, other places, help, and perhaps an edit that
//!    repairs it; [`suggest`] says which word was meant, [`lines`] turns offsets into lines and columns.
//!
//! # What else comes from the types
//!
//! A type is a struct with a documented field for each key. `job-schema-derive` makes its reader from the fields (see
//! there for `#[keys(…)]`), and [`schema`] makes JSON Schema from the same fields and their doc comments, so reader,
//! schema and reference cannot differ. To add a key is to add a field.
//!
//! Nothing here does I/O, waits or reads a clock. What needs a lab, other files or the scripts of tests is checked by
//! the dispatcher, with findings of the same form.

pub mod action;
pub mod boot;
pub mod check;
pub mod codes;
pub mod command;
pub mod context;
pub mod deploy;
pub mod describe;
pub mod finding;
pub mod job;
pub mod lines;
pub mod multinode;
mod node_job;
pub mod notify;
mod read;
pub mod schema;
pub mod steps;
pub mod suggest;
pub mod test;
pub mod testdef;
pub mod timeout;
pub mod yaml;

pub use action::{Action, Block};
pub use finding::{Finding, Severity, Span};
pub use job::Job;
pub use read::{Anything, AtLeast, Integer, NonEmpty, OneOrMany, OrNull};

use read::{Place, Read, Report};
use testdef::TestDefinition;
use yaml::Value;

/// What [`parse_job`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The job; present when every part of it could be read, even if rules across its parts found errors. Only a job
    /// without an error among [`findings`](Self::findings) can run: see [`has_errors`](Self::has_errors).
    pub job: Option<Job>,
    /// In the order of the file.
    pub findings: Vec<Finding>,
}

impl Parsed {
    /// Whether a finding is an error: the job cannot run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }
}

/// What [`parse_test_definition`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedDefinition {
    /// The test definition; absent exactly when a finding is an error.
    pub definition: Option<TestDefinition>,
    /// The definition as written; null when the file is not YAML.
    pub source: Value,
    /// In the order of the file.
    pub findings: Vec<Finding>,
}

/// The context variables that a device type lets jobs set, by its name.
pub type Allows<'a> = &'a dyn Fn(&str) -> Vec<String>;

/// Reads and checks a job. `file` is only a name for messages. Its context may set LAVA's variables.
#[must_use]
pub fn parse_job(file: &str, text: &str) -> Parsed {
    parse_job_for(file, text, &|_| Vec::new())
}

/// As [`parse_job`], of a job whose context may set what its device types allow too.
#[must_use]
pub fn parse_job_for(file: &str, text: &str, allows: Allows<'_>) -> Parsed {
    let (root, mut report) = match read_yaml(text) {
        Ok(read) => read,
        Err(findings) => {
            return Parsed {
                job: None,
                findings,
            };
        }
    };
    if !is_mapping(&root, file, "a job", &mut report) {
        return Parsed {
            job: None,
            findings: in_order(report),
        };
    }
    report.variables = context::beyond_lava(&root, allows);
    let job = Job::read(&Place::root(&root), &mut report);
    let job = job.filter(|_| !report.has_errors());
    check::check(&root, &mut report);
    Parsed {
        job,
        findings: in_order(report),
    }
}

/// Reads a job as LAVA's worker would, which gets jobs that its server has passed: also the part of one node that the
/// server has cut out of a multinode job. That part is a job with one role, whose blocks are all blocks of the file. What
/// the server would have refused is a warning here; errors are left when the worker could not read it either.
#[must_use]
pub fn parse_node_job(file: &str, text: &str) -> Parsed {
    parse_node_job_for(file, text, &|_| Vec::new())
}

/// As [`parse_node_job`], of a job whose context may set what its device types allow too.
#[must_use]
pub fn parse_node_job_for(file: &str, text: &str, allows: Allows<'_>) -> Parsed {
    node_job::parse(file, text, allows)
}

/// Reads a test definition in a file of its own. `file` is only a name for messages.
#[must_use]
pub fn parse_test_definition(file: &str, text: &str) -> ParsedDefinition {
    let (root, mut report) = match read_yaml(text) {
        Ok(read) => read,
        Err(findings) => {
            return ParsedDefinition {
                definition: None,
                source: Value::Null,
                findings,
            };
        }
    };
    let definition = if is_mapping(&root, file, "a test definition", &mut report) {
        testdef::read(&Place::root(&root), &mut report)
    } else {
        None
    };
    ParsedDefinition {
        definition: definition.filter(|_| !report.has_errors()),
        source: root.to_value(),
        findings: in_order(report),
    }
}

/// Reads any YAML file as plain data; [`yaml::load`] gives the places too.
///
/// # Errors
/// One finding when the text is not YAML, is not plain data, or passes a limit.
pub fn parse_value(text: &str) -> Result<Value, Box<Finding>> {
    Ok(yaml::load(text)?.root.to_value())
}

fn read_yaml(text: &str) -> Result<(yaml::Node, Report), Vec<Finding>> {
    match yaml::load(text) {
        Ok(document) => Ok((document.root, Report::new(document.findings))),
        Err(finding) => Err(vec![*finding]),
    }
}

fn is_mapping(root: &yaml::Node, file: &str, what: &str, report: &mut Report) -> bool {
    if root.as_map().is_some() {
        return true;
    }
    let message = format!(
        "{file} holds {}; {what} is a mapping of keys and values",
        root.kind()
    );
    report.error("J004", "", root.span, message);
    false
}

fn in_order(report: Report) -> Vec<Finding> {
    let mut findings = report.findings;
    findings.sort_by_key(|finding| (finding.span.start, finding.code));
    findings
}
