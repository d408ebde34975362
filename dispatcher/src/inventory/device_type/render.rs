//! A merged device type with its variables filled in.
//!
//! An expression that is a whole scalar keeps the type of its value. One that yields nothing (null) is left out with its key
//! or list item, and so is an item whose text comes out empty. A list in the place of an item is spliced in. A list or mapping
//! of which nothing is left is left out too, except where the key alone says something: below `methods` and `connections` it
//! becomes null.

use handlebars::Context;
use indexmap::IndexMap;
use job_schema::yaml::Value;
use serde_json::Value as Json;

use super::expression::{Engine, Expression};
use super::fill::{Source, Sources};
use super::tree::{At, Content, Tree};
use crate::inventory::yaml_text;

/// Where a value of a rendered device comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `FILE:LINE`.
    pub place: String,
    /// The variables that its text reads, and those that their defaults do.
    pub variables: Vec<Source>,
}

/// `device-types/base.yaml:12 (hard_reset: devices/b.yaml:3)`: of the variables those that somebody set.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.place)?;
        let mut before = " (";
        for source in self.variables.iter().filter(|source| source.set) {
            write!(f, "{before}{}: {}", source.variable, source.place)?;
            before = ", ";
        }
        f.write_str(if before == ", " { ")" } else { "" })
    }
}

/// A value without origins.
///
/// # Errors
/// An expression that cannot be filled in.
pub(super) fn value(
    tree: &Tree,
    engine: &Engine<'_>,
    variables: &Context,
) -> Result<Value, String> {
    let mut rendering = Rendering {
        engine,
        variables,
        origins: None,
    };
    Ok(rendering.tree(tree, false)?.unwrap_or_default())
}

/// A value, and the origins of its scalars and empty collections in the order in which they are written.
///
/// # Errors
/// An expression that cannot be filled in.
pub(super) fn with_origins(
    tree: &Tree,
    engine: &Engine<'_>,
    variables: &Context,
    sources: &Sources<'_>,
) -> Result<(Value, Vec<Origin>), String> {
    let mut rendering = Rendering {
        engine,
        variables,
        origins: Some((sources, Vec::new())),
    };
    let value = rendering.tree(tree, false)?.unwrap_or_default();
    let origins = rendering.origins.map(|(_, origins)| origins);
    Ok((value, origins.unwrap_or_default()))
}

struct Rendering<'a> {
    engine: &'a Engine<'a>,
    variables: &'a Context,
    origins: Option<(&'a Sources<'a>, Vec<Origin>)>,
}

impl Rendering<'_> {
    /// `None`: left out. `named`: the keys of this mapping say something by being there.
    fn tree(&mut self, tree: &Tree, named: bool) -> Result<Option<Value>, String> {
        match &tree.data {
            Content::Plain(value) => {
                self.note(tree, &[], 1);
                Ok(Some(value.clone()))
            }
            Content::Filled(expression) => {
                let value = self.filled(expression, tree.at)?;
                let value = (!value.is_null()).then(|| yaml_text::of_json(&value));
                if let Some(value) = &value {
                    self.note(tree, &expression.reads, leaves(value));
                }
                Ok(value)
            }
            Content::Seq(items) => self.list(tree, items),
            Content::Map(map) => self.map(tree, map, named),
        }
    }

    fn filled(&self, expression: &Expression, at: At) -> Result<Json, String> {
        let value = expression.value(self.engine, self.variables);
        value.map_err(|why| format!("{}: {why}", self.engine.place(at)))
    }

    fn list(&mut self, tree: &Tree, items: &[Tree]) -> Result<Option<Value>, String> {
        let mut list = Vec::with_capacity(items.len());
        self.items(items, &mut list)?;
        if list.is_empty() {
            if !items.is_empty() {
                return Ok(None);
            }
            self.note(tree, &[], 1);
        }
        Ok(Some(Value::Seq(list)))
    }

    fn items(&mut self, items: &[Tree], list: &mut Vec<Value>) -> Result<(), String> {
        for item in items {
            let Content::Filled(expression) = &item.data else {
                list.extend(self.tree(item, false)?);
                continue;
            };
            // The items of a list that a variable has by default know better where they are written.
            let known = self.origins.as_ref();
            if let Some(items) = known.and_then(|(it, _)| it.default_list(&expression.text)) {
                self.items(items, list)?;
                continue;
            }
            let before = list.len();
            match self.filled(expression, item.at)? {
                Json::Null => {}
                Json::String(text) if text.trim().is_empty() => {}
                Json::Array(more) => list.extend(more.iter().map(yaml_text::of_json)),
                one => list.push(yaml_text::of_json(&one)),
            }
            let count = list[before..].iter().map(leaves).sum();
            self.note(item, &expression.reads, count);
        }
        Ok(())
    }

    fn map(
        &mut self,
        tree: &Tree,
        map: &IndexMap<String, Tree>,
        named: bool,
    ) -> Result<Option<Value>, String> {
        let mut filled = IndexMap::with_capacity(map.len());
        for (key, value) in map {
            let below = key == "methods" || key == "connections";
            if let Some(value) = self.tree(value, below)? {
                filled.insert(key.clone(), value);
            } else if named && matches!(value.data, Content::Map(_)) {
                self.note(value, &[], 1);
                filled.insert(key.clone(), Value::Null);
            }
        }
        if filled.is_empty() {
            if !map.is_empty() {
                return Ok(None);
            }
            self.note(tree, &[], 1);
        }
        Ok(Some(Value::Map(filled)))
    }

    fn note(&mut self, tree: &Tree, reads: &[String], times: usize) {
        if let Some((sources, origins)) = &mut self.origins {
            let origin = Origin {
                place: sources.place(tree),
                variables: sources.of(reads),
            };
            origins.extend(std::iter::repeat_n(origin, times));
        }
    }
}

/// How many scalars and empty collections a value is written with.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Seq(items) if !items.is_empty() => items.iter().map(leaves).sum(),
        Value::Map(map) if !map.is_empty() => map.values().map(leaves).sum(),
        _ => 1,
    }
}
