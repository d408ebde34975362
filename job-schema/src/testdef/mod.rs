//! Test definitions: their own YAML format, inline in a job or in a repository.

mod install;

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use crate::read::{Anything, OrNull, Place, Read, Report};
use crate::yaml::Spanned;

pub use install::{GitRepo, Install};

/// A test definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestDefinition {
    /// `metadata: name`.
    pub name: Option<String>,
    /// `metadata`, as text, for the copy on the node: `os devices environment`.
    pub metadata: IndexMap<String, Vec<String>>,
    /// `params` then `parameters`: defaults, set before the steps run.
    pub parameters: IndexMap<String, String>,
    /// `install`; absent when the definition has none.
    pub install: Option<Install>,
    /// `run: steps`.
    pub steps: Vec<Spanned<String>>,
    /// `parse`.
    pub parse: Option<Parse>,
    /// `expected`.
    pub expected: Option<Vec<String>>,
}

/// A test definition written in a job.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub(crate) struct InlineDefinition {
    /// What the definition is called, and what it is for.
    metadata: Metadata,
    /// What to do before the tests.
    install: Option<Install>,
    /// What to do for the tests.
    run: Option<Run>,
    /// How to find results in plain output.
    parse: Option<Parse>,
}

/// A test definition in a file of its own.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(crate) struct DefinitionFile {
    /// What the definition is called, and what it is for.
    #[keys(with = softly)]
    metadata: Option<Metadata>,
    /// What to do before the tests.
    #[keys(with = present)]
    #[schemars(with = "Option<OrNull<Install>>")]
    install: Option<Install>,
    /// What to do for the tests.
    #[keys(with = present)]
    #[schemars(with = "Option<OrNull<Run>>")]
    run: Option<Run>,
    /// How to find results in plain output.
    parse: Option<Parse>,
    /// Variables of the tests and their defaults, for example `{RUNS: 1}`.
    #[keys(default, with = Place::shell_texts)]
    #[schemars(with = "Option<OrNull<Anything>>")]
    parameters: IndexMap<String, String>,
    /// The older name of `parameters`, which counts before it.
    #[keys(default, with = Place::shell_texts)]
    #[schemars(with = "Option<OrNull<Anything>>")]
    params: IndexMap<String, String>,
    /// The test cases that must be reported: missing ones fail, and others too.
    expected: Option<Vec<String>>,
}

/// `metadata`: what a definition is called, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub(crate) struct Metadata {
    /// `Lava-Test Test Definition 1.0`
    #[allow(dead_code)]
    format: Format,
    /// The name of the definition.
    name: String,
    /// What it tests.
    #[allow(dead_code)]
    description: Option<String>,
    /// Where it runs, for example `[lava-test-shell]`.
    environment: Option<Vec<String>>,
    /// What it runs on, for example `[qemu]`.
    devices: Option<Vec<String>>,
    /// Whom to ask.
    #[allow(dead_code)]
    maintainer: Option<Vec<String>>,
    /// What it is about, for example `[functional]`.
    #[allow(dead_code)]
    scope: Option<Vec<String>>,
    /// Distributions it runs on, for example `[debian]`.
    os: Option<Vec<String>>,
}

/// The one format there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
pub(crate) enum Format {
    /// The one format there is.
    #[schemars(rename = "Lava-Test Test Definition 1.0")]
    One,
}

/// `run:` of a test definition.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub(crate) struct Run {
    /// Shell commands, one after the other in one shell; `lava-test-case` reports results.
    #[keys(with = steps)]
    #[schemars(with = "Vec<String>")]
    steps: Vec<Spanned<String>>,
}

/// `parse:` of a test definition: results from plain output.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Parse {
    /// A regular expression with the groups `test_case_id`, `result`, `measurement`, `units`.
    pub pattern: Option<String>,
    /// What the pattern's words mean, for example `{PASSED: pass}`.
    #[keys(default)]
    #[schemars(default)]
    pub fixupdict: IndexMap<String, Verdict>,
}

/// A result of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Verdict {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It was left out.
    Skip,
    /// Nobody can say.
    Unknown,
}

/// Reads a definition inside a job.
pub(crate) fn read_inline(place: &Place<'_>, report: &mut Report) -> Option<TestDefinition> {
    let read = InlineDefinition::read(place, report)?;
    Some(TestDefinition {
        name: Some(read.metadata.name.clone()),
        metadata: read.metadata.lists(),
        parameters: IndexMap::new(),
        install: read.install,
        steps: read.run.map(|run| run.steps).unwrap_or_default(),
        parse: read.parse,
        expected: None,
    })
}

/// Reads a definition in a file of its own. LAVA's dispatcher looks at less of it than at one inside a job: what it
/// does not look at is a warning.
pub(crate) fn read(place: &Place<'_>, report: &mut Report) -> Option<TestDefinition> {
    if place.node.get("metadata").is_none() {
        report
            .warning(
                "J051",
                "metadata",
                place.span(),
                "the test definition has no `metadata`",
            )
            .help("LAVA wants `metadata: {format: Lava-Test Test Definition 1.0, name: …}`");
    }
    let read = DefinitionFile::read(place, report)?;
    let mut parameters = read.params;
    parameters.extend(read.parameters);
    let metadata = read.metadata;
    Some(TestDefinition {
        name: metadata.as_ref().map(|metadata| metadata.name.clone()),
        metadata: metadata.map(Metadata::lists).unwrap_or_default(),
        parameters,
        install: read.install,
        steps: read.run.map(|run| run.steps).unwrap_or_default(),
        parse: read.parse,
        expected: read.expected,
    })
}

impl Metadata {
    fn lists(self) -> IndexMap<String, Vec<String>> {
        [
            ("os", self.os),
            ("devices", self.devices),
            ("environment", self.environment),
        ]
        .into_iter()
        .filter_map(|(key, list)| Some((key.to_owned(), list?)))
        .collect()
    }
}

fn softly(place: &Place<'_>, report: &mut Report) -> Option<Metadata> {
    report.softly(|report| Metadata::read(place, report))
}

/// Nothing at all is an absent key.
fn present<T: Read>(place: &Place<'_>, report: &mut Report) -> Option<T> {
    if place.node.is_null() {
        return None;
    }
    T::read(place, report)
}

/// `steps:` of `run` and `install`.
fn steps(place: &Place<'_>, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    let mut steps = Vec::new();
    let mut whole = true;
    for item in place.items(report)? {
        if item.node.as_map().is_some() {
            let message = "expected a shell command, found a mapping";
            report
                .error("J004", item.path(), item.span(), message)
                .help(
                    "put a command that contains `: ` in quotes, or write it as a block after `|`",
                );
            whole = false;
            continue;
        }
        match item.text(report) {
            Some(step) => steps.push(step),
            None => whole = false,
        }
    }
    whole.then_some(steps)
}
