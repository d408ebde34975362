//! The values of variables for one device and one job.
//!
//! In: what the device file and the job's `context` set. Out: the data that expressions read. A job's value wins over the
//! device's where the type lets jobs set it, the device's over the default; a default may read other variables.

use std::collections::HashMap;

use handlebars::Context;
use indexmap::IndexMap;
use job_schema::yaml::{Node, Value};
use serde_json::{Map, Value as Json};

use super::expression::Engine;
use super::render;
use super::tree::{Content, Tree};
use super::variables::{self, Variable};

/// What a device file says besides its type: the variables that it sets.
#[derive(Debug, Default)]
pub struct Own {
    /// The device file, as it is shown.
    pub file: String,
    /// The variables, with their places.
    pub values: IndexMap<String, Node>,
    /// There is no such device: what it must set is taken for empty.
    pub imagined: bool,
}

/// A job's `context`.
pub(super) type Settings = IndexMap<String, Value>;

/// Fills in all variables.
///
/// # Errors
/// A variable that the device must set and does not, or defaults that read each other in a circle.
pub(super) fn fill(
    variables: &IndexMap<String, Variable>,
    own: &Own,
    context: &Settings,
    engine: &Engine<'_>,
) -> Result<Context, String> {
    // All names are known from the start, so that what is told of an unknown one does not depend on their order.
    let names = variables.keys().map(|name| (name.clone(), Json::Null));
    let data = Json::Object(names.collect());
    let mut filling = Filling {
        variables,
        own,
        context,
        engine,
        data: Context::wraps(data).map_err(|e| e.to_string())?,
        done: HashMap::new(),
        depth: 0,
    };
    for name in variables.keys() {
        filling.ensure(name)?;
    }
    Ok(filling.data)
}

struct Filling<'a> {
    variables: &'a IndexMap<String, Variable>,
    own: &'a Own,
    context: &'a Settings,
    engine: &'a Engine<'a>,
    data: Context,
    /// `false` while the variable is being filled in.
    done: HashMap<&'a str, bool>,
    /// How many are.
    depth: usize,
}

/// Defaults that read defaults: the types that come with `dispatch` have 5 in a row.
const DEEPEST: usize = 100;

impl<'a> Filling<'a> {
    fn ensure(&mut self, name: &str) -> Result<(), String> {
        let Some((name, variable)) = self.variables.get_key_value(name) else {
            return Ok(());
        };
        match self.done.get(name.as_str()) {
            Some(true) => return Ok(()),
            Some(false) => return Err(format!("the default of `{name}` reads itself in the end")),
            None => _ = self.done.insert(name, false),
        }
        if self.depth == DEEPEST {
            return Err(format!(
                "the default of `{name}` is read by more than {DEEPEST} others in a row"
            ));
        }
        self.depth += 1;
        let set = self.context.get(name).filter(|_| variable.context);
        let set = match set {
            Some(value) => Some(value.clone()),
            None => self.own.values.get(name).map(Node::to_value),
        };
        let value = self.value(name, variable, set)?;
        if let Json::Object(data) = self.data.data_mut() {
            data.insert(name.clone(), value);
        }
        self.done.insert(name, true);
        self.depth -= 1;
        Ok(())
    }

    fn value(
        &mut self,
        path: &str,
        variable: &'a Variable,
        set: Option<Value>,
    ) -> Result<Json, String> {
        if !variable.keys.is_empty() {
            let mut set = match set {
                Some(Value::Map(map)) => map,
                Some(Value::Null) | None => IndexMap::new(),
                Some(_) => return Err(format!("`{path}` is a mapping")),
            };
            // Those of the device file have been looked at; these are of a job's context.
            if let Some(key) = set.keys().find(|key| !variable.keys.contains_key(*key)) {
                let known = variables::known(&variable.keys, key);
                return Err(format!("`{path}` has no key `{key}`; {known}"));
            }
            let mut all = Map::new();
            for (key, of) in &variable.keys {
                let value = self.value(&format!("{path}.{key}"), of, set.shift_remove(key))?;
                all.insert(key.clone(), value);
            }
            return Ok(Json::Object(all));
        }
        if let Some(set) = set {
            return serde_json::to_value(set).map_err(|e| e.to_string());
        }
        if let Some(default) = &variable.default {
            return self.default(default);
        }
        match (variable.required, self.own.imagined) {
            (false, _) => Ok(Json::Null),
            (true, true) => Ok(Json::String(String::new())),
            (true, false) => Err(format!(
                "`{path}` is not set: {}; set it in the device file",
                variable.about.trim_end_matches('.')
            )),
        }
    }

    fn default(&mut self, tree: &'a Tree) -> Result<Json, String> {
        self.ensure_read(tree)?;
        let value = render::value(tree, self.engine, &self.data)?;
        serde_json::to_value(value).map_err(|e| e.to_string())
    }

    fn ensure_read(&mut self, tree: &'a Tree) -> Result<(), String> {
        match &tree.data {
            Content::Plain(_) => Ok(()),
            Content::Filled(expression) => expression
                .reads
                .iter()
                .try_for_each(|path| self.ensure(path.split('.').next().unwrap_or_default())),
            Content::Seq(items) => items.iter().try_for_each(|it| self.ensure_read(it)),
            Content::Map(map) => map.values().try_for_each(|it| self.ensure_read(it)),
        }
    }
}

/// Where the value of a variable comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The variable, for example `power.reset`.
    pub variable: String,
    /// `FILE:LINE`, or `context`.
    pub place: String,
    /// Somebody set it: it is not the default that its declaration has.
    pub set: bool,
}

/// Tells sources; made once for a device.
pub(super) struct Sources<'a> {
    pub(super) engine: &'a Engine<'a>,
    pub(super) variables: &'a IndexMap<String, Variable>,
    pub(super) own: &'a Own,
    pub(super) context: &'a Settings,
}

impl<'a> Sources<'a> {
    /// Those of what a text reads, and of what their defaults read; variables without a value are left out.
    pub(super) fn of(&self, reads: &[String]) -> Vec<Source> {
        let mut found = Vec::new();
        for path in reads {
            self.add(path, &mut found);
        }
        found
    }

    fn add(&self, path: &str, found: &mut Vec<Source>) {
        if found.iter().any(|source| source.variable == path) {
            return;
        }
        let mut segments = path.split('.');
        let name = segments.next().unwrap_or_default();
        let Some(mut variable) = self.variables.get(name) else {
            return;
        };
        let add = |place: String, set: bool, found: &mut Vec<Source>| {
            let variable = path.to_owned();
            found.push(Source {
                variable,
                place,
                set,
            });
        };
        if variable.context && self.context.contains_key(name) {
            return add("context".to_owned(), true, found);
        }
        let mut set = self.own.values.get(name);
        for key in segments {
            let Some(below) = variable.keys.get(key) else {
                break;
            };
            variable = below;
            set = set.and_then(|node| node.get(key));
        }
        if let Some(node) = set {
            return add(format!("{}:{}", self.own.file, node.span.line), true, found);
        }
        match &variable.default {
            Some(tree) if !matches!(tree.data, Content::Plain(Value::Null)) => {
                add(self.place(tree), variable.set, found);
                self.below(tree, found);
            }
            _ => {}
        }
    }

    /// The default list of a variable that nobody else sets, for `{{variable}}`.
    pub(super) fn default_list(&self, text: &str) -> Option<&'a [Tree]> {
        let name = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
        let variable = self.variables.get(name)?;
        let by_job = variable.context && self.context.contains_key(name);
        if by_job || self.own.values.contains_key(name) {
            return None;
        }
        match &variable.default.as_ref()?.data {
            Content::Seq(items) => Some(items),
            _ => None,
        }
    }

    fn below(&self, tree: &Tree, found: &mut Vec<Source>) {
        match &tree.data {
            Content::Plain(_) => {}
            Content::Filled(it) => it.reads.iter().for_each(|path| self.add(path, found)),
            Content::Seq(items) => items.iter().for_each(|it| self.below(it, found)),
            Content::Map(map) => map.values().for_each(|it| self.below(it, found)),
        }
    }

    /// `device-types/base.yaml:12`.
    pub(super) fn place(&self, tree: &Tree) -> String {
        self.engine.place(tree.at)
    }
}
