//! Jobs for a fleet: devices, cases and options in, the text of a job file out.
//!
//! Every device is a role of its own, of its own name: so results go by device, and a device that fails ends nobody else.
//! The text is written by [`yaml_text`], which both YAML 1.1 and 1.2 read the same: a device `on` or a value `1:14` stays.

use std::path::PathBuf;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use crate::inventory::lab::Entry;
use crate::inventory::yaml_text;

/// The key of a job's `metadata` that tells the commands of `dispatch lkp` their own runs.
pub const METADATA: &str = "dispatch-lkp";

/// How long a job of a fleet may take in all. Each run of a case has a limit of its own.
const LONGEST: (&str, i64) = ("hours", 24);

/// How long its tests may: an hour is left for the devices to come up.
const LONGEST_TEST: (&str, i64) = ("hours", 23);

/// A job for some devices.
#[derive(Debug)]
pub struct FleetJob<'a> {
    /// `job_name`
    pub name: String,
    /// The command that made it: `run`, `push` …
    pub what: String,
    /// The devices, each a role.
    pub devices: Vec<&'a Entry>,
    /// What is tested, and where.
    pub blocks: Vec<Block>,
}

/// A test block.
#[derive(Debug)]
pub struct Block {
    /// Names of devices.
    pub roles: Vec<String>,
    /// What it does.
    pub form: Form,
}

/// What a test block does.
#[derive(Debug)]
pub enum Form {
    /// `definitions:`
    Definitions(Vec<Value>),
    /// `lkp:`
    Lkp(Box<LkpBlock>),
}

/// `test: lkp:`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LkpBlock {
    /// The tree.
    pub source: PathBuf,
    /// Folders laid over it.
    pub cases: Vec<PathBuf>,
    /// What is run.
    pub jobs: Vec<String>,
    /// `set`: values of parameters.
    pub set: IndexMap<String, Value>,
    /// Packages that the node or the image must have.
    pub packages: Vec<String>,
    /// How often each atomic job is run; none: once.
    pub repeat: Option<u32>,
    /// Containers per node.
    pub count: Option<u32>,
    /// The engine.
    pub runtime: Option<String>,
    /// The image.
    pub image: Option<String>,
    /// Minutes that one run of one atomic job may take.
    pub minutes: Option<u32>,
}

impl FleetJob<'_> {
    /// The text of the job file.
    #[must_use]
    pub fn text(&self) -> String {
        let names: Vec<String> = self
            .devices
            .iter()
            .map(|entry| entry.name.clone())
            .collect();
        let roles = self
            .devices
            .iter()
            .map(|entry| (entry.name.clone(), role(entry)));
        let connect = |more: (&str, &str)| {
            map([
                ("role", list(&names)),
                (more.0, text(more.1)),
                ("timeout", map([("minutes", Value::Int(10))])),
            ])
        };
        let mut actions = vec![
            map([("deploy", connect(("to", "ssh")))]),
            map([("boot", connect(("method", "ssh")))]),
        ];
        actions.extend(
            self.blocks
                .iter()
                .map(|block| map([("test", block.value())])),
        );
        let multinode = map([("roles", Value::Map(roles.collect()))]);
        let job = map([
            ("job_name", text(&self.name)),
            ("visibility", text("public")),
            (
                "timeouts",
                map([
                    ("job", map([(LONGEST.0, Value::Int(LONGEST.1))])),
                    ("action", map([("minutes", Value::Int(10))])),
                    ("connection", map([("minutes", Value::Int(5))])),
                ]),
            ),
            ("metadata", map([(METADATA, text(&self.what))])),
            ("protocols", map([("lava-multinode", multinode)])),
            ("actions", Value::Seq(actions)),
        ]);
        yaml_text::write(&job)
    }
}

fn role(entry: &Entry) -> Value {
    map([
        ("device_type", text(&entry.device_type)),
        ("device", text(&entry.name)),
        ("count", Value::Int(1)),
    ])
}

impl Block {
    fn value(&self) -> Value {
        let (key, form) = match &self.form {
            Form::Definitions(definitions) => ("definitions", Value::Seq(definitions.clone())),
            Form::Lkp(lkp) => ("lkp", lkp.value()),
        };
        let limit = map([(LONGEST_TEST.0, Value::Int(LONGEST_TEST.1))]);
        map([("role", list(&self.roles)), ("timeout", limit), (key, form)])
    }
}

impl LkpBlock {
    fn value(&self) -> Value {
        let path = |path: &PathBuf| Value::Str(path.display().to_string());
        let number = |number: Option<u32>| number.map(|n| Value::Int(n.into()));
        let containers = given([
            ("count", number(self.count)),
            ("runtime", self.runtime.as_deref().map(text)),
            ("image", self.image.as_deref().map(text)),
        ]);
        given([
            ("source", Some(path(&self.source))),
            (
                "cases",
                some(Value::Seq(self.cases.iter().map(path).collect())),
            ),
            ("jobs", Some(list(&self.jobs))),
            ("set", some(Value::Map(self.set.clone()))),
            ("packages", some(list(&self.packages))),
            ("repeat", number(self.repeat)),
            ("containers", some(containers)),
            (
                "timeout",
                number(self.minutes).map(|minutes| map([("minutes", minutes)])),
            ),
        ])
    }
}

/// A definition that came with a folder on this machine.
#[must_use]
pub fn definition(name: &str, folder: &std::path::Path, path: &str) -> Value {
    map([
        ("from", text("path")),
        ("name", text(name)),
        ("repository", Value::Str(folder.display().to_string())),
        ("path", text(path)),
    ])
}

pub(super) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(
        entries
            .map(|(key, value)| (key.to_owned(), value))
            .into_iter()
            .collect(),
    )
}

fn given<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let there = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Map(there.collect())
}

/// Nothing instead of an empty list or mapping.
fn some(value: Value) -> Option<Value> {
    let empty = match &value {
        Value::Seq(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    };
    (!empty).then_some(value)
}

fn list(words: &[String]) -> Value {
    Value::Seq(words.iter().map(|word| text(word)).collect())
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

#[cfg(test)]
mod tests;
