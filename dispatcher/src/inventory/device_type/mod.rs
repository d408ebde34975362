//! Device types: YAML merged along `extends:`, with handlebars inside its scalars.
//!
//! In: files of a lab's `device-types/` and those that come with `dispatch`. Out: for a device and a job's `context`, the
//! rendered device in LAVA's shape, and where each of its values is written. Merging is done on data and before rendering,
//! so an expression can never break the YAML around it. Child wins, lists replace, and `+key` appends to the parent's list.

mod embedded;
mod expression;
mod fill;
mod helpers;
mod load;
mod render;
#[cfg(test)]
mod tests;
mod tree;
mod unread;
mod variables;

use indexmap::IndexMap;
use job_schema::yaml::{Node, Value};

pub use fill::{Own, Source};
pub(crate) use load::{DEEPEST, source};
pub use load::{Library, is_base, names};
pub use render::Origin;
pub use variables::Variable;
pub(crate) use variables::listed;

use crate::failure::{Class, Failure};
use expression::Engine;
pub(crate) use expression::reads;
use fill::Sources;
use tree::Tree;

/// A device type with its parents merged in, not rendered yet.
#[derive(Debug, Clone)]
pub struct DeviceType {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence; may be empty.
    pub about: String,
    /// The types that it extends, nearest first.
    pub extends: Vec<String>,
    /// What devices of the type may set.
    pub variables: IndexMap<String, Variable>,
    template: Tree,
    /// The files that it was read from.
    files: Vec<String>,
}

/// Why a key of a job's `context` has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The type has no such variable.
    Unknown,
    /// The type has it, for devices alone.
    NotForJobs,
    /// The devices of the type are as LAVA has rendered them, and are not rendered again.
    Rendered,
}

impl Refusal {
    /// `the device type x does not use y`.
    #[must_use]
    pub fn words(self, device_type: &str, key: &str) -> String {
        match self {
            Self::Unknown => format!("the device type `{device_type}` does not use `{key}`"),
            Self::NotForJobs => {
                format!("the device type `{device_type}` does not let a job set `{key}`")
            }
            Self::Rendered => format!(
                "a device of type `{device_type}` is as LAVA has rendered it: `{key}` has no effect"
            ),
        }
    }
}

impl DeviceType {
    /// Whether a job's `context` may set a variable.
    ///
    /// # Errors
    /// Why not.
    pub fn allows(&self, variable: &str) -> Result<(), Refusal> {
        match self.variables.get(variable) {
            None => Err(Refusal::Unknown),
            Some(variable) if variable.context => Ok(()),
            Some(_) => Err(Refusal::NotForJobs),
        }
    }

    /// Names of the variables that a job's `context` may set.
    pub fn for_jobs(&self) -> impl Iterator<Item = &str> + Clone {
        let allowed = self.variables.iter().filter(|(_, it)| it.context);
        allowed.map(|(name, _)| name.as_str())
    }

    /// Checks what a device file sets: a variable that the type never reads is a typing error, and silence would hide it.
    ///
    /// # Errors
    /// The first that is wrong: its node, for the place, and why.
    pub fn check<'n>(&self, own: &'n IndexMap<String, Node>) -> Result<(), (&'n Node, String)> {
        for (name, node) in own {
            let Some(variable) = self.variables.get(name) else {
                let known = variables::known(&self.variables, name);
                let of = &self.name;
                let what = format!(
                    "a device of type {of} has no key `{name}`; {known} (and device_type, tags, count)"
                );
                return Err((node, what));
            };
            if variable.keys.is_empty() {
                continue;
            }
            let Some(entries) = node.as_map() else {
                return Err((node, format!("`{name}` is a mapping, not {}", node.kind())));
            };
            for entry in entries {
                let key = entry.key.key_text();
                if !variable.keys.contains_key(&key) {
                    let known = variables::known(&variable.keys, &key);
                    return Err((&entry.key, format!("`{name}` has no key `{key}`; {known}")));
                }
            }
        }
        Ok(())
    }

    /// The rendered device: variables of its file, and of the job's `context` those that the type lets jobs set (they win).
    ///
    /// # Errors
    /// Configuration: a variable that the type needs and the device does not set, or an expression that cannot be filled in.
    pub fn render(
        &self,
        device: &str,
        own: &Own,
        context: &IndexMap<String, Value>,
    ) -> Result<Value, Failure> {
        let engine = Engine::new(&self.files);
        fill::fill(&self.variables, own, context, &engine)
            .and_then(|data| render::value(&self.template, &engine, &data))
            .map_err(|why| configuration(format!("device {device}: {why}")))
    }

    /// As [`DeviceType::render`], with the origins of the scalars and empty collections in the order of writing.
    ///
    /// # Errors
    /// As [`DeviceType::render`].
    pub fn render_with_origins(
        &self,
        device: &str,
        own: &Own,
        context: &IndexMap<String, Value>,
    ) -> Result<(Value, Vec<Origin>), Failure> {
        let engine = Engine::new(&self.files);
        let sources = Sources {
            engine: &engine,
            variables: &self.variables,
            own,
            context,
        };
        fill::fill(&self.variables, own, context, &engine)
            .and_then(|data| render::with_origins(&self.template, &engine, &data, &sources))
            .map_err(|why| configuration(format!("device {device}: {why}")))
    }
}

fn configuration(message: String) -> Failure {
    Failure::new(Class::Configuration, message)
}
