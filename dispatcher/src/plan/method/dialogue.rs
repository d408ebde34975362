//! `dialogue:` of a step: where each part of a talk with a boot loader is written, and the talk that this makes.
//!
//! In: paths into block and device. Out: the [`Dialogue`] with all words filled in that are known before anything runs;
//! those of files and addresses on the dispatcher's machine stay.

use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::condition::truth;
use super::scope::Scope;
use super::words::Known;
use crate::inventory::yaml_text::of_json;
use crate::plan::dialogue::{Dialogue, Interrupt, Talk};

/// A talk as a step list describes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TalkItem {
    /// The boot loader, by its name among the device's boot methods: what its words stand for.
    loader: Option<Source>,
    /// How it is kept from booting by itself.
    interrupt: Option<InterruptItem>,
    /// What it prints when it awaits a line.
    prompt: Option<Source>,
    /// The lines to type: a list.
    commands: Option<Source>,
    /// The one line to type, where there is no list.
    line: Option<Source>,
    /// What is awaited after the last line. Default: nothing.
    final_message: Option<Source>,
    /// What means failure when it is printed: a list.
    errors: Option<Source>,
}

/// How a boot loader is kept from booting by itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InterruptItem {
    /// What it prints while it can be interrupted.
    prompt: Source,
    /// What is typed then.
    character: Option<Source>,
    /// Whether a line end follows. Default `false`.
    newline: Option<Source>,
    /// Letters to type with the control key held, instead of `character`: a list.
    ctrl: Option<Source>,
}

/// Where a part of a talk is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "this is no source: one is a path, {value: …}, or a list of these (docs/methods.md, `dialogue`)"
)]
enum Source {
    /// At a path.
    Path(String),
    /// At the first of these that is there.
    First(Vec<Source>),
    /// Here.
    Value {
        /// The value.
        value: serde_json::Value,
    },
}

impl Source {
    /// What is written there; with `filled`, only what is not empty.
    fn find(&self, scope: &Scope<'_>, filled: bool) -> Option<Value> {
        match self {
            Self::Path(path) => {
                let found = scope.get(path)?;
                let counts = !matches!(found, Value::Null) && (!filled || truth(found));
                counts.then(|| found.clone())
            }
            Self::First(sources) => sources.iter().find_map(|s| s.find(scope, filled)),
            Self::Value { value } => Some(of_json(value)),
        }
    }

    /// The paths at which it may be written.
    fn paths(&self) -> Vec<&str> {
        match self {
            Self::Path(path) => vec![path],
            Self::First(sources) => sources.iter().flat_map(Self::paths).collect(),
            Self::Value { .. } => Vec::new(),
        }
    }

    /// Where it should be written.
    fn place(&self) -> String {
        match self {
            Self::Path(path) => path.clone(),
            Self::First(sources) => sources.last().map_or_else(String::new, Self::place),
            Self::Value { value } => value.to_string(),
        }
    }
}

impl TalkItem {
    /// Where its lines should be written, when there is no list of them.
    pub(super) fn without_lines(&self, scope: &Scope<'_>) -> Vec<&str> {
        let lines = value(self.commands.as_ref(), scope);
        let source = self.commands.iter();
        match lines {
            Some(Value::Seq(_)) => Vec::new(),
            _ => source.flat_map(Source::paths).collect(),
        }
    }

    /// The talk of a block.
    pub(super) fn resolve(&self, scope: &Scope<'_>, known: &Known<'_>) -> Talk {
        let mut missing = Vec::new();
        let mut needed = |source: &Source| {
            let found = source.find(scope, false).and_then(|v| v.as_shell_text());
            if found.is_none() {
                let path = scope.spelled(&source.place());
                missing.push(path.strip_prefix("device.").unwrap_or(&path).to_owned());
            }
            found
        };
        let interrupt = self.interrupt.as_ref().and_then(|how| {
            Some(Interrupt {
                prompt: needed(&how.prompt)?,
                character: text(how.character.as_ref(), scope).unwrap_or_default(),
                newline: value(how.newline.as_ref(), scope).is_some_and(|v| truth(&v)),
                ctrl: texts(how.ctrl.as_ref(), scope)
                    .iter()
                    .filter_map(|letter| letter.chars().next())
                    .collect(),
            })
        });
        let prompt = self.prompt.as_ref().and_then(&mut needed);
        let line = self.line.as_ref().and_then(&mut needed);
        let mut commands = texts(self.commands.as_ref(), scope);
        commands.extend(line);
        let loader = text(self.loader.as_ref(), scope);
        let last = self.final_message.as_ref();
        Talk {
            dialogue: Dialogue {
                interrupt,
                prompt,
                commands: known.of(loader.as_deref()).fill(commands),
                final_message: last
                    .and_then(|s| s.find(scope, true))
                    .and_then(|v| v.as_shell_text()),
                errors: texts(self.errors.as_ref(), scope),
            },
            missing,
        }
    }
}

fn value(source: Option<&Source>, scope: &Scope<'_>) -> Option<Value> {
    source?.find(scope, false)
}

fn text(source: Option<&Source>, scope: &Scope<'_>) -> Option<String> {
    value(source, scope)?.as_shell_text()
}

/// The texts of a list; anything else has none.
fn texts(source: Option<&Source>, scope: &Scope<'_>) -> Vec<String> {
    match value(source, scope) {
        Some(Value::Seq(list)) => list.iter().filter_map(Value::as_shell_text).collect(),
        _ => Vec::new(),
    }
}
