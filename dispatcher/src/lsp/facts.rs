//! What a text says: findings, the tree, the job, the messages. Worked out once per change.

use std::collections::HashSet;
use std::path::PathBuf;

use job_schema::describe::Describer;
use job_schema::schema::Language;
use job_schema::yaml::{self, Node};
use job_schema::{Finding, Job, Severity, Span};
use lsp_types::Uri;

use super::document::LONGEST;
use super::ids::Ids;
use super::roles;
use crate::check::local::load_local;
use crate::check::messages::{self, Exchange};
use crate::check::{self, Kind, Options};

/// Definitions of other files that are read for one check.
const LOADED: usize = 32;

/// What a text says.
#[derive(Debug)]
pub(super) struct Facts {
    /// What is wrong, in the order of the file.
    pub(super) findings: Vec<Finding>,
    /// It is YAML of another kind, which is none of our business.
    pub(super) foreign: bool,
    /// The tree, when the text is YAML.
    pub(super) root: Option<Node>,
    /// The job, when it can be read.
    pub(super) job: Option<Job>,
    /// The roles of the last text that was YAML.
    pub(super) roles: Vec<String>,
    /// The messages of the job, or of the last text that was one.
    pub(super) ids: Ids,
}

impl Facts {
    /// Looks at a text.
    pub(super) fn new(uri: &Uri, text: &str) -> Self {
        let mut facts = Self {
            findings: Vec::new(),
            foreign: !has_own_key(text),
            root: None,
            job: None,
            roles: Vec::new(),
            ids: Ids::default(),
        };
        facts.look(uri, text);
        facts
    }

    /// Looks at a text that was changed. Message ids outlive a text that cannot be read: they move with the change.
    pub(super) fn update(&mut self, uri: &Uri, before: &str, after: &str) {
        self.ids.follow(before, after);
        self.look(uri, after);
    }

    fn look(&mut self, uri: &Uri, text: &str) {
        if text.len() > LONGEST {
            self.findings = vec![too_long()];
            (self.root, self.job) = (None, None);
            return;
        }
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default();
        let checked = check::check_file(name, text, &Options::default());
        self.findings = checked.findings;
        self.job = checked.job;
        self.root = yaml::load(text).ok().map(|document| document.root);
        if let Some(root) = &self.root {
            self.roles = roles::names(root);
            self.foreign =
                self.findings.iter().any(|f| f.code == check::NEITHER) && !is_begun(root);
        }
        if self.foreign {
            self.findings.clear();
        }
        match (&self.job, &self.root) {
            (Some(job), Some(root)) => {
                let exchange = exchange(uri, job, text);
                tell(&mut self.findings, exchange.findings());
                self.ids = Ids::new(exchange, root, text);
            }
            _ if checked.kind == Kind::TestDefinition => self.ids = Ids::default(),
            _ => {}
        }
    }
}

/// Adds findings that are not there yet.
fn tell(findings: &mut Vec<Finding>, more: Vec<Finding>) {
    let key = |finding: &Finding| (finding.code, finding.span.start, finding.message.clone());
    let known: HashSet<_> = findings.iter().map(key).collect();
    findings.extend(more.into_iter().filter(|f| !known.contains(&key(f))));
    findings.sort_by_key(|finding| (finding.span.start, finding.code));
}

/// Whether a text that cannot be read has a key that tells a job or a test definition from other YAML.
fn has_own_key(text: &str) -> bool {
    const OWN: [&str; 8] = [
        "actions:",
        "job_name:",
        "device_type:",
        "timeouts:",
        "protocols:",
        "visibility:",
        "run:",
        "install:",
    ];
    text.lines()
        .any(|line| OWN.iter().any(|key| line.starts_with(key)))
}

/// Whether a mapping may become a job or a test definition: all its keys are keys of one.
fn is_begun(root: &Node) -> bool {
    let keys = |language| Describer::new(language).keys(root, &[]);
    let mut known = keys(Language::Job);
    known.extend(keys(Language::TestDefinition));
    let mut written = root.as_map().unwrap_or_default().iter();
    written.all(|entry| {
        let name = entry.key.key_text();
        known.iter().any(|key| key.name == name)
    })
}

/// What may stand in a document with this tree.
pub(super) fn describer(root: &Node) -> Describer<'static> {
    let has = |key| root.get(key).is_some();
    let definition = has("run") || has("install") || root.at(&["metadata", "format"]).is_some();
    Describer::new(if definition && !has("actions") {
        Language::TestDefinition
    } else {
        Language::Job
    })
}

/// The messages of a job; definitions beside the document are read, none for a document that is in no file.
fn exchange(uri: &Uri, job: &Job, text: &str) -> Exchange {
    let Some(folder) = folder(uri) else {
        return messages::read(job, text, &mut |_| None);
    };
    let mut load = load_local(&folder);
    let mut left = LOADED;
    messages::read(job, text, &mut |definition| {
        left = left.checked_sub(1)?;
        load(definition)
    })
}

/// The folder that a document is in.
fn folder(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri
        .scheme()
        .is_some_and(|scheme| scheme.eq_lowercase("file"));
    let path = uri.path().as_estr().decode().into_string().ok()?;
    let path = PathBuf::from(path.into_owned());
    is_file.then(|| path.parent().map(PathBuf::from))?
}

fn too_long() -> Finding {
    let message = format!("longer than {} MiB: it is not checked", LONGEST >> 20);
    let mut finding = Finding::new("J000", Severity::Error, "", Span::default(), message);
    finding.help("no job is that long: is it the right file?");
    finding
}
