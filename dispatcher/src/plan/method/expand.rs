//! From a step list to drafts: conditions asked, parts put in, `each` unrolled.

use std::collections::HashSet;
use std::time::Duration;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::Section;
use super::embedded;
use super::fill;
use super::item::{Argument, Item, Kind, StepItem, What};
use super::named;
use super::scope::{self, Scope};
use super::words::Known;
use crate::actions::deploy;
use crate::actions::tool::words::OF_RUNS;
use crate::failure::{Class, Failure};
use crate::inventory::yaml_text::of_json;
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;

/// Why no talk is held.
const NO_CONSOLE: &str = "consoles are not connected yet";

/// Parts may use parts, so deep at most.
pub(super) const DEEPEST: usize = 16;

/// Expands the step lists of one block.
pub(super) struct Expander<'a> {
    section: Section,
    method: &'a str,
    context: &'a Context<'a>,
    depth: usize,
    /// What is downloaded in the block's namespace, up to the block itself.
    files: HashSet<String>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(section: Section, method: &'a str, context: &'a Context<'a>) -> Self {
        Self {
            section,
            method,
            context,
            depth: 0,
            files: scope::files(context),
        }
    }

    /// Whether a word in single braces stands for something when a step of this block runs.
    fn knows(&self, word: &str) -> bool {
        OF_RUNS.contains(&word) || self.files.contains(word)
    }

    /// The drafts of a list.
    pub(super) fn items(
        &mut self,
        items: &[Item],
        scope: &Scope<'_>,
    ) -> Result<Vec<Draft>, Failure> {
        let mut drafts = Vec::new();
        for item in items {
            match &item.each {
                None => self.item(item, scope, &mut drafts)?,
                Some(each) => {
                    for scope in each.scopes(scope) {
                        self.item(item, &scope, &mut drafts)?;
                    }
                }
            }
        }
        Ok(drafts)
    }

    fn item(
        &mut self,
        item: &Item,
        scope: &Scope<'_>,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), Failure> {
        if item.when.as_ref().is_some_and(|c| !c.holds(scope)) {
            return Ok(());
        }
        match &item.what {
            What::Step(step) => drafts.push(self.step(step, scope)?),
            What::Several(items) => drafts.extend(self.items(items, scope)?),
            What::Use(part, with) => {
                let with = with
                    .iter()
                    .map(|(name, argument)| (name.clone(), value(argument, scope)))
                    .collect();
                drafts.extend(self.part(part, with, scope)?);
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &StepItem, scope: &Scope<'_>) -> Result<Draft, Failure> {
        let children = self.items(&step.steps, scope)?;
        let name = step.name.clone();
        let not_yet = step.not_yet.iter().find(|case| case.when.holds(scope));
        let mut draft = match &step.kind {
            Some(kind) if let Some(why) = self.wrong_name(step, kind, scope) => {
                Draft::calling_nothing(name, why).with(children)
            }
            Some(_) if let Some(case) = not_yet => {
                Draft::not_runnable(name, case.why.clone()).with(children)
            }
            None | Some(Kind::Nothing) => Draft::group(name, children),
            Some(Kind::Dialogue(talk)) => Draft::not_runnable(name, NO_CONSOLE)
                .talking(talk.resolve(scope, &Known::new(self.context)))
                .with(children),
            Some(Kind::Later(why)) => Draft::not_runnable(name, why.clone()).with(children),
            Some(Kind::Tool(key, data)) => match fill::step(key, data, scope, &|w| self.knows(w)) {
                Ok(tool) => Draft::new(name, StepKind::Tool(tool)),
                Err(why) => Draft::not_runnable(name, why),
            }
            .with(children),
        };
        if step.retries {
            draft = draft.retrying();
        }
        if let Some(class) = step.blames {
            draft = draft.blames(class);
        }
        if let Some(seconds) = step.lasting {
            draft = draft.lasting(Duration::from_secs(seconds));
        }
        Ok(draft.limiting(&step.timeouts))
    }

    /// Why a name by which the block calls a list of the device is none.
    fn wrong_name(&self, step: &StepItem, kind: &Kind, scope: &Scope<'_>) -> Option<String> {
        let of_talk = match kind {
            Kind::Dialogue(talk) => talk.without_lines(scope),
            Kind::Nothing | Kind::Later(_) | Kind::Tool(..) => Vec::new(),
        };
        let mut paths = step.named.as_deref().into_iter().chain(of_talk);
        let device = &self.context.spec.device.name;
        paths.find_map(|path| named::wrong(path, scope, device, self.method))
    }

    /// A part that Rust makes, or one of `parts.yaml`.
    fn part(
        &mut self,
        part: &str,
        with: IndexMap<String, Value>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Draft>, Failure> {
        match part {
            "overlay" => return Ok(vec![deploy::overlay::plan(self.context)]),
            "download" => return Ok(vec![deploy::download::plan(&with, self.context)?]),
            _ => {}
        }
        let unknown = || {
            Failure::new(
                Class::Configuration,
                format!(
                    "the step list of `{}: {}` uses `{part}`, which there is not, or which uses itself",
                    self.section.word(),
                    self.method
                ),
            )
        };
        let items = embedded::part(part).filter(|_| self.depth < DEEPEST);
        let items = items.ok_or_else(unknown)??;
        self.depth += 1;
        let drafts = self.items(items, &scope.with("with", Value::Map(with)));
        self.depth -= 1;
        drafts
    }
}

fn value(argument: &Argument, scope: &Scope<'_>) -> Value {
    match argument {
        Argument::Path { path } => scope.get(path).cloned().unwrap_or_default(),
        Argument::Value(value) => of_json(value),
    }
}
