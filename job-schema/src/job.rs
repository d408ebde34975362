//! The top level of a job file.

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::action::{self, Block};
use crate::context::{self, Context};
use crate::multinode::Multinode;
use crate::notify::Notify;
use crate::read::{Anything, Integer, Keys, Place, Read, Report, nearest, one_of};
use crate::timeout::{self, ByStepOfJob, Timeout};
use crate::yaml::{Data, Spanned, Value};

/// A job: what to deploy, boot and test, and on which kind of machine.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed, check = split)]
pub struct Job {
    /// What the job is called: 1 to 200 characters.
    #[keys(with = name)]
    #[schemars(rename = "job_name", length(min = 1, max = 200))]
    pub name: Spanned<String>,
    /// Who may see the job: `public`, `personal`, or `{group: [name, …]}`. Kept as written; `dispatch` has no accounts.
    #[keys(with = visibility)]
    #[schemars(with = "Visibility")]
    pub visibility: Value,
    /// How long things may take.
    pub timeouts: JobTimeouts,
    /// How urgent the job is: `high` (100), `medium` (50), `low` (0), or a number from 0 to 100. Default `medium`.
    #[keys(with = priority)]
    #[schemars(with = "Option<PriorityWord>")]
    pub priority: Option<Priority>,
    /// The kind of machine, for example `qemu`. A multinode job names it per role instead.
    #[keys(with = name)]
    #[schemars(length(min = 1, max = 200))]
    pub device_type: Option<Spanned<String>>,
    /// One certain machine, by name. Default: any free one of the device type.
    #[keys(with = name)]
    #[schemars(length(min = 1, max = 200))]
    pub device: Option<Spanned<String>>,
    /// One certain worker of LAVA, by name. Has no effect here: there is one dispatcher.
    #[keys(with = name)]
    #[schemars(length(min = 1, max = 200))]
    pub worker: Option<Spanned<String>>,
    /// What the machine must be tagged with, for example `[hdmi]`.
    #[keys(default)]
    #[schemars(default)]
    pub tags: Vec<Spanned<String>>,
    /// What the job sets in its device type, for example `{arch: arm64, memory: 1024}`.
    #[keys(default, with = context::read)]
    #[schemars(with = "Option<Context>")]
    pub context: IndexMap<String, Value>,
    /// Variables of the tests' environment, for example `{LANG: C}`.
    #[keys(default, with = free)]
    #[schemars(with = "Option<Anything>")]
    pub environment: IndexMap<String, Value>,
    /// Anything to keep with the results, for example `{build: 1234}`. It is not interpreted.
    #[keys(default, with = metadata)]
    #[schemars(with = "Option<Anything>")]
    pub metadata: IndexMap<String, Value>,
    /// Values that tests need and nobody may see, for example `{TOKEN: …}`: masked wherever they would be shown.
    #[keys(default)]
    #[schemars(default)]
    pub secrets: IndexMap<String, String>,
    /// What joins several machines: the roles of a multinode job.
    #[keys(default)]
    #[schemars(default)]
    pub protocols: Protocols,
    /// Whom to tell how the job went.
    pub notify: Option<Notify>,
    /// A leftover of old Android jobs. It has no effect, in LAVA neither.
    pub reboot_to_fastboot: Option<bool>,
    /// What to do, in order: `deploy`, `boot`, `test` and `command` blocks.
    #[keys(with = actions)]
    #[schemars(with = "Vec<crate::action::AnyBlock>")]
    pub actions: Vec<Block>,
}

impl Job {
    /// The roles; absent in a single-node job.
    #[must_use]
    pub fn multinode(&self) -> Option<&Multinode> {
        self.protocols.multinode.as_ref()
    }
}

/// `timeouts` of a job: how long things may take. What a name or a block says counts before what is said here.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct JobTimeouts {
    /// The whole job.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Timeout")]
    pub job: Duration,
    /// Every step that has no limit of its own. Default 30 s.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub action: Option<Duration>,
    /// Every wait for a console that has no limit of its own. Default 30 s.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub connection: Option<Duration>,
    /// Steps by name, for example `{lava-test-shell: {minutes: 10}}`. `dispatch plan` shows the names.
    #[keys(default, with = timeout::by_step)]
    #[schemars(with = "Option<ByStepOfJob>")]
    pub actions: IndexMap<String, Duration>,
    /// Waits for a console, by the name of the step that waits.
    #[keys(default, with = timeout::by_step)]
    #[schemars(with = "Option<ByStepOfJob>")]
    pub connections: IndexMap<String, Duration>,
    /// How long LAVA's server may leave the job in its queue. Has no effect here.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub queue: Option<Duration>,
}

/// `protocols` of a job.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema, Keys)]
#[keys(closed)]
pub struct Protocols {
    /// The roles of a job for several machines.
    #[schemars(rename = "lava-multinode")]
    pub multinode: Option<Multinode>,
    /// A network block device that the dispatcher serves; for `deploy: {to: nbd}`.
    #[schemars(rename = "lava-xnbd")]
    pub xnbd: Option<Xnbd>,
}

/// `lava-xnbd`: a network block device that the dispatcher serves.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Xnbd {
    /// The port to serve on, or `auto`.
    pub port: Port,
    /// How long the server may take.
    #[keys(with = timeout::lenient)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
}

/// How urgent a job is: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(pub u8);

impl Default for Priority {
    fn default() -> Self {
        Self(50)
    }
}

/// A mapping of anything.
pub(crate) fn free(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Value>> {
    Anything::read(place, report).map(|anything| anything.0)
}

/// LAVA's server cuts a job into one per node; those are for its workers only.
fn split(keys: &mut Keys<'_>, report: &mut Report) {
    const TOP: [&str; 2] = ["connection", "host_role"];
    for key in TOP {
        if let Some(place) = keys.get(key) {
            of_split_job(&place, report);
        }
    }
}

/// Keys that only a node's part of a job has.
pub(crate) fn of_split_job(place: &Place<'_>, report: &mut Report) {
    let message = "this is the part of one node, cut out of a multinode job by LAVA's server";
    let span = place.key_span().unwrap_or(place.node.span);
    report
        .error("J042", place.path(), span, message)
        .help("give the job that was submitted to LAVA: it has `protocols: lava-multinode: roles`");
}

fn name(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let name = place.text(report)?;
    let length = name.chars().count();
    if !(1..=200).contains(&length) {
        let message = format!("expected 1 to 200 characters, found {length}");
        report.error("J005", place.path(), name.span, message);
    }
    Some(name)
}

fn visibility(place: &Place<'_>, report: &mut Report) -> Option<Value> {
    if place.node.as_map().is_some() {
        let mut keys = place.keys(report)?.closed();
        keys.read::<Vec<String>>("group", report);
        keys.done(report);
    } else {
        place.word(&["public", "personal"], report)?;
    }
    Some(place.node.to_value())
}

/// For the schema: the values of `visibility`.
struct Visibility;

impl JsonSchema for Visibility {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Visibility".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"oneOf": [
                {"const": "public", "description": "Everybody."},
                {"const": "personal", "description": "Who submitted it."},
            ]},
            {
                "type": "object",
                "properties": {"group": {
                    "description": "The groups whose members may see the job.",
                    "type": "array",
                    "items": {"type": "string"},
                }},
                "additionalProperties": false,
            },
        ]})
    }
}

const PRIORITIES: &[&str] = &["high", "medium", "low"];

fn priority(place: &Place<'_>, report: &mut Report) -> Option<Priority> {
    let Some(word) = place.node.as_str() else {
        let number = Integer::read(place, report)?.0;
        let priority = u8::try_from(number).ok().filter(|p| *p <= 100);
        if priority.is_none() {
            let message = format!("expected a priority from 0 to 100, found {number}");
            report.error("J005", place.path(), place.node.span, message);
        }
        return priority.map(Priority);
    };
    match word {
        "high" => Some(Priority(100)),
        "medium" => Some(Priority(50)),
        "low" => Some(Priority(0)),
        _ => {
            let message = format!(
                "expected {} or a number from 0 to 100, found `{}`",
                one_of(PRIORITIES),
                word.escape_debug()
            );
            let finding = report.error("J005", place.path(), place.node.span, message);
            if let Some(near) = nearest(word, PRIORITIES.iter().copied()) {
                finding.help(format!("did you mean `{near}`?"));
            }
            None
        }
    }
}

/// For the schema: the values of `priority`.
struct PriorityWord;

impl JsonSchema for PriorityWord {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Priority".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"oneOf": [
                {"const": "high", "description": "100"},
                {"const": "medium", "description": "50"},
                {"const": "low", "description": "0"},
            ]},
            {"type": "integer", "minimum": 0, "maximum": 100},
        ]})
    }
}

/// The port of a network block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// `auto`: any free one.
    Auto,
    /// This one.
    Number(i64),
}

impl Read for Port {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_str().is_some() {
            return place.word(&["auto"], report).map(|_| Self::Auto);
        }
        Integer::read(place, report).map(|number| Self::Number(number.0))
    }
}

impl JsonSchema for Port {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Port".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"const": "auto"}, {"type": "integer"}]})
    }
}

/// Keys are texts, or numbers.
fn metadata(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Value>> {
    let metadata = free(place, report)?;
    for entry in place.node.as_map().unwrap_or_default() {
        let message = format!("the key is {}, not a text", entry.key.kind());
        let path = place.under(entry).path();
        match entry.key.data() {
            Data::Str(_) => {}
            Data::Int(_) | Data::BigInt(_) | Data::Bool(_) => {
                report
                    .warning("J006", path, entry.key.span, message)
                    .help("put the key in quotes");
            }
            _ => {
                report.error("J006", path, entry.key.span, message);
            }
        }
    }
    Some(metadata)
}

fn actions(place: &Place<'_>, report: &mut Report) -> Option<Vec<Block>> {
    let items: Vec<_> = place.items(report)?.collect();
    if items.is_empty() {
        report
            .warning("J015", place.path(), place.span(), "there is no action")
            .help("a job deploys, boots and tests: write `- deploy:`, `- boot:`, `- test:`");
    }
    let mut blocks = Vec::with_capacity(items.len());
    let mut whole = true;
    for item in &items {
        whole &= action::read(item, &mut blocks, report);
    }
    whole.then_some(blocks)
}
