//! `test: {definitions: […]}`: test definitions run by the test shell on the node.

mod sources;

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::name;
use crate::deploy::download::Docker;
use crate::read::{FromKeys, Keys, Place, Read, Report};
use crate::schema::methods_of;
use crate::timeout::{self, Timeout};
use crate::yaml::Spanned;

pub use sources::From;
use sources::Source;

/// `test: {definitions: […]}`: test definitions run by the test shell on the node, or in a container beside it.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct Definitions {
    /// The test definitions, run in this order.
    #[schemars(with = "Vec<AnyDefinition>")]
    pub definitions: Vec<Definition>,
    /// Run them in a container on the dispatcher, with the node's console and devices at hand.
    pub docker: Option<Docker>,
    /// The namespace whose downloads the container sees under `/lava-downloads`. Only with `docker`.
    #[schemars(rename = "downloads-namespace")]
    pub downloads_namespace: Option<String>,
    /// Close the console first, so that the container can open it. Only with `docker`. Default `false`.
    pub disconnect_connection: Option<bool>,
}

impl FromKeys for Definitions {
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let definitions = keys.require("definitions", report);
        let with_docker = keys.peek("docker").is_some();
        let docker = keys.read("docker", report);
        let (mut downloads_namespace, mut disconnect_connection) = (None, None);
        if with_docker {
            downloads_namespace = keys.read("downloads-namespace", report);
            disconnect_connection = keys.read("disconnect_connection", report);
        } else {
            for key in ["downloads-namespace", "disconnect_connection"] {
                if let Some(place) = keys.get(key) {
                    warn_unused(&place, "it belongs beside `docker`", report);
                }
            }
        }
        Some(Self {
            definitions: definitions?,
            docker,
            downloads_namespace,
            disconnect_connection,
        })
    }
}

/// One entry of `definitions:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// `name`: letters, digits, `_`, `-`; unique in its namespace; not `lava`.
    pub name: Spanned<String>,
    /// `path`: the YAML file inside the repository (for `inline`: the file to make).
    pub path: String,
    /// `parameters` and `params`, in that order, later wins: set before the steps run.
    pub parameters: IndexMap<String, String>,
    /// `skip_install`: parts of `install` to leave out (`keys sources deps steps git-repos all`).
    pub skip_install: Vec<String>,
    /// `lava-signal: kmsg`: signals go through the kernel log.
    pub kmsg: bool,
    /// `expected`: test cases that must be reported; the job's list wins over the definition's.
    pub expected: Option<Vec<String>>,
    /// `from`, and what belongs to it.
    pub from: From,
}

/// The keys that every definition has.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
struct Common {
    /// What the test is called in the results: letters, digits, `_` and `-`; not `lava`. Each name once in a namespace.
    #[keys(with = name::definition)]
    #[schemars(regex(pattern = r"^[-_a-zA-Z0-9.]+$"))]
    name: Spanned<String>,
    /// The YAML file inside the repository; for `from: inline` the file to make.
    path: String,
    /// Parts of the definition's `install` to leave out.
    #[keys(default)]
    #[schemars(default)]
    skip_install: Vec<InstallPart>,
    /// How test results reach the dispatcher. Default `stdout`.
    #[schemars(rename = "lava-signal")]
    lava_signal: Option<Signal>,
    /// The test cases that must be reported: missing ones fail, and others too. Counts before the definition's own list.
    expected: Option<Vec<String>>,
    /// Has no effect.
    #[keys(with = timeout)]
    #[schemars(skip)]
    timeout: Option<Timeout>,
}

/// A part of `install`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "kebab-case")]
enum InstallPart {
    /// Package signing keys.
    Keys,
    /// Package sources.
    Sources,
    /// Packages.
    Deps,
    /// Shell commands.
    Steps,
    /// Cloned repositories.
    GitRepos,
    /// All of it.
    All,
}

/// How test results reach the dispatcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
enum Signal {
    /// Through the kernel's log.
    Kmsg,
    /// Through the console.
    Stdout,
}

impl Read for Definition {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut keys = place.keys(report)?;
        let parameters = parameters(&keys, report);
        let common = Common::from_keys(&mut keys, report);
        let source = Source::from_keys(&mut keys, report);
        if source.is_none() && !keys.knows("repository") {
            // Whatever it comes from, it comes from there.
            keys.need("repository");
        }
        keys.done(report);
        let common = common?;
        Some(Self {
            name: common.name,
            path: common.path,
            parameters,
            skip_install: common
                .skip_install
                .iter()
                .map(|part| part.as_str().to_owned())
                .collect(),
            kmsg: common.lava_signal == Some(Signal::Kmsg),
            expected: common.expected,
            from: source?.into(),
        })
    }
}

/// What the shell sees of `parameters` and `params`.
fn parameters(keys: &Keys<'_>, report: &mut Report) -> IndexMap<String, String> {
    let mut parameters = IndexMap::new();
    for key in ["parameters", "params"] {
        if let Some(place) = keys.peek(key).filter(|place| place.node.as_map().is_some()) {
            parameters.extend(place.shell_texts(report).unwrap_or_default());
        }
    }
    parameters
}

/// LAVA's server looks at the `timeout` of a definition, and nothing uses it.
fn timeout(place: &Place<'_>, report: &mut Report) -> Option<Timeout> {
    warn_unused(place, "the `timeout` of the block counts", report);
    timeout::of_any_size(place, report)
}

fn warn_unused(place: &Place<'_>, help: &str, report: &mut Report) {
    let path = place.path();
    let key = path.rsplit('.').next().unwrap_or_default();
    let message = format!("unknown key `{key}` here: it has no effect");
    let span = place.key_span().unwrap_or_else(|| place.span());
    report.warning("J006", &path, span, message).help(help);
}

/// For the schema: one entry of `definitions`.
pub(crate) struct AnyDefinition;

impl JsonSchema for AnyDefinition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "definition".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let what = "A test definition and where it comes from.";
        methods_of::<Common, Source>("definition", what, Vec::new(), generator)
    }
}
