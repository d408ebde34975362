//! An entry of a step list.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::condition::Condition;
use super::dialogue::TalkItem;
use super::each::Each;
use crate::failure::Class;

/// An entry of a step list: a step, a part that several methods share, or several entries under one condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Raw")]
pub(super) struct Item {
    /// Only when this holds.
    pub(super) when: Option<Condition>,
    /// Once for each of these.
    pub(super) each: Option<Each>,
    /// What it is.
    pub(super) what: What,
}

/// What an entry is.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A step.
    Step(StepItem),
    /// A part of `parts.yaml`, or one that Rust makes.
    Use(String, IndexMap<String, Argument>),
    /// Entries in the same place.
    Several(Vec<Item>),
}

/// A step as a method file describes it.
#[derive(Debug, Clone)]
pub(super) struct StepItem {
    /// Its name.
    pub(super) name: String,
    /// One of LAVA's retry actions.
    pub(super) retries: bool,
    /// Class of its failures.
    pub(super) blames: Option<Class>,
    /// Built-in limit in seconds, when it is not 30.
    pub(super) lasting: Option<u64>,
    /// Limits in seconds of named steps below it, unless the block names them.
    pub(super) timeouts: IndexMap<String, u64>,
    /// What it does before its children.
    pub(super) kind: Option<Kind>,
    /// When this version cannot do that.
    pub(super) not_yet: Vec<NotYet>,
    /// Its children.
    pub(super) steps: Vec<Item>,
}

/// What a step does, with its arguments.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// There is nothing to do.
    Nothing,
    /// It talks to a boot loader.
    Dialogue(Box<TalkItem>),
    /// This version cannot do it: why.
    Later(String),
    /// One of the kinds that run, as it is written: its key and what is under it.
    Tool(&'static str, Value),
}

/// A case of what a step does that this version cannot do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotYet {
    /// When this holds.
    pub(super) when: Condition,
    /// What it cannot do.
    pub(super) why: String,
}

/// An argument of a part: a value, or the value that a path leads to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Argument {
    /// `{path: image.value}`
    Path {
        /// The path.
        path: String,
    },
    /// Anything else stands for itself.
    Value(Value),
}

/// An entry as it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StepItem")]
pub(super) struct Raw {
    /// The name of a step, for example `flash-jlink`. Jobs set time limits by it.
    step: Option<String>,
    /// The name of a part that several methods share, for example `connect-device`.
    r#use: Option<String>,
    /// What the part is given, by name: a value, or `{path: image.value}`.
    #[serde(default)]
    with: IndexMap<String, Argument>,
    /// Only when this holds.
    when: Option<Condition>,
    /// Once for each element of a list or mapping.
    each: Option<Each>,
    /// Of a step: `failure_retry` and `repeat` of the block are for it. Default `false`.
    #[serde(default)]
    retries: bool,
    /// Of a step: whose trouble its failure is. Default `job`.
    #[schemars(with = "Option<String>")]
    blames: Option<Class>,
    /// Of a step: its built-in limit in seconds. Default 30.
    lasting: Option<u64>,
    /// Of a step: limits in seconds of steps below it, by name, unless the block names them.
    #[serde(default)]
    timeouts: IndexMap<String, u64>,
    /// Of a step: why there is nothing to do.
    nothing: Option<String>,
    /// Of a step: what it says to a boot loader.
    dialogue: Option<Box<TalkItem>>,
    /// Of a step: what this version of dispatch cannot do yet; a job with such a step is planned and not run.
    later: Option<String>,
    /// Of a step: commands to run on the dispatcher's machine, each a text or a list of words.
    host: Option<Value>,
    /// Of a step: the power command of the device to run, for example `hard_reset`.
    power: Option<Value>,
    /// Of a step: the device to wait for: `{usb: {serial: "123"}}`, `{path: /dev/ttyACM0}`.
    wait: Option<Value>,
    /// Of a step: the disk of a board to mount: `{device: /dev/sdb1, as: fw}`.
    mount: Option<Value>,
    /// Of a step: the files to copy onto a disk: `{into: fw, files: [{download: image}]}`.
    copy: Option<Value>,
    /// Of a step: the name of the mounted disk to unmount.
    unmount: Option<Value>,
    /// Of a step that does something: when this version of dispatch cannot do it, and why.
    #[serde(default)]
    not_yet: Vec<NotYet>,
    /// The entries below.
    steps: Option<Vec<Item>>,
}

impl Raw {
    /// What the step does. At most one.
    fn kind(&mut self) -> Result<Option<Kind>, String> {
        let tools = [
            ("host", self.host.take()),
            ("power", self.power.take()),
            ("wait", self.wait.take()),
            ("mount", self.mount.take()),
            ("copy", self.copy.take()),
            ("unmount", self.unmount.take()),
        ];
        let tools = tools.into_iter();
        let mut kinds: Vec<Kind> = tools
            .filter_map(|(key, data)| Some(Kind::Tool(key, data?)))
            .collect();
        kinds.extend(self.nothing.take().map(|_| Kind::Nothing));
        kinds.extend(self.dialogue.take().map(Kind::Dialogue));
        kinds.extend(self.later.take().map(Kind::Later));
        let kind = kinds.pop();
        if kinds.is_empty() {
            Ok(kind)
        } else {
            Err("a step does one thing, this one has several kinds".to_owned())
        }
    }
}

/// A year: no step of a method takes longer, and what adds times up must not overflow.
const LONGEST: u64 = 365 * 86_400;

impl TryFrom<Raw> for Item {
    type Error = String;

    fn try_from(mut raw: Raw) -> Result<Self, String> {
        let mut limits = raw.lasting.iter().chain(raw.timeouts.values());
        if limits.any(|seconds| !(1..=LONGEST).contains(seconds)) {
            return Err(format!("a limit is 1 to {LONGEST} seconds"));
        }
        let kind = raw.kind()?;
        let what = match (raw.step, raw.r#use, raw.steps) {
            (Some(name), None, steps) => {
                if kind.is_none() && steps.is_none() {
                    return Err(format!(
                        "step {name} says neither what it does nor has steps"
                    ));
                }
                What::Step(StepItem {
                    name,
                    retries: raw.retries,
                    blames: raw.blames,
                    lasting: raw.lasting,
                    timeouts: raw.timeouts,
                    kind,
                    not_yet: raw.not_yet,
                    steps: steps.unwrap_or_default(),
                })
            }
            (None, Some(part), None) if kind.is_none() => What::Use(part, raw.with),
            (None, None, Some(steps)) if kind.is_none() => What::Several(steps),
            _ => {
                return Err(
                    "an entry has one of `step`, `use` and, without both, `steps`".to_owned(),
                );
            }
        };
        Ok(Self {
            when: raw.when,
            each: raw.each,
            what,
        })
    }
}

impl JsonSchema for Item {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Raw::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Raw::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_make_no_sense_say_why() {
        for (yaml, why) in [
            ("{step: a}", "says neither"),
            ("{step: a, power: power_on, nothing: x}", "several kinds"),
            ("{step: a, use: b}", "one of"),
            ("{use: a, nothing: x}", "one of"),
            ("{}", "one of"),
            (
                "{step: a, nothing: x, lasting: 18446744073709551615}",
                "a limit is",
            ),
            ("{step: a, nothing: x, timeouts: {b: 0}}", "a limit is"),
            ("{step: a, hosts: x}", "unknown field"),
        ] {
            let said = serde_yaml::from_str::<Item>(yaml).unwrap_err().to_string();
            assert!(said.contains(why), "{yaml}: {said}");
        }
    }
}
