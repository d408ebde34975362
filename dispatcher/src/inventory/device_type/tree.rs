//! A device type as written: plain data and expressions, each with its file and line; a child merged over its parent.

use indexmap::IndexMap;
use job_schema::yaml::{Data, Node, Value};

use super::expression::Expression;

/// Where something is written: a file of the type's list, and a line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    /// Which of the files that the type was read from.
    pub(super) file: u16,
    /// Counted from 1.
    pub(super) line: u32,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) at: At,
    pub(super) data: Content,
}

/// What a [`Tree`] holds.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A scalar that stands for itself.
    Plain(Value),
    /// A text with expressions.
    Filled(Box<Expression>),
    Seq(Vec<Tree>),
    Map(IndexMap<String, Tree>),
}

impl Tree {
    /// Of one file's YAML, texts not compiled.
    pub(super) fn of(node: &Node, file: u16) -> Self {
        let data = match node.data() {
            Data::Seq(items) => Content::Seq(items.iter().map(|it| Self::of(it, file)).collect()),
            Data::Map(entries) => {
                let entry =
                    |e: &job_schema::yaml::Entry| (e.key.key_text(), Self::of(&e.value, file));
                Content::Map(entries.iter().map(entry).collect())
            }
            _ => Content::Plain(node.to_value()),
        };
        let line = node.span.line;
        Self {
            at: At { file, line },
            data,
        }
    }

    /// The entries of a mapping.
    pub(super) fn map(&self) -> Option<&IndexMap<String, Self>> {
        match &self.data {
            Content::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The text, if it is one without expressions.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Content::Plain(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// Takes a key out of a mapping.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        match &mut self.data {
            Content::Map(map) => map.shift_remove(key),
            _ => None,
        }
    }

    /// Lays a child over this: its values win, lists replace, `+key` appends to a list, `-key` takes a key away.
    pub(super) fn merge(&mut self, child: Self) {
        let Self { at, data } = child;
        match (&mut self.data, data) {
            (Content::Map(into), Content::Map(from)) => {
                for (key, value) in from {
                    put(into, key, value);
                }
            }
            (old, data) => {
                *old = match data {
                    // What it appends to or takes away is not there, but the signs must go.
                    Content::Map(from) => {
                        let mut into = IndexMap::new();
                        from.into_iter()
                            .for_each(|(key, value)| put(&mut into, key, value));
                        Content::Map(into)
                    }
                    data => data,
                };
                self.at = at;
            }
        }
    }

    /// Looks at the keys that take keys away: one with a value is a list item without its space.
    ///
    /// # Errors
    /// What is wrong, and its place.
    pub(super) fn check_signs(&self) -> Result<(), (At, String)> {
        match &self.data {
            Content::Plain(_) | Content::Filled(_) => Ok(()),
            Content::Seq(items) => items.iter().try_for_each(Self::check_signs),
            Content::Map(map) => map.iter().try_for_each(|(key, value)| {
                let is_nothing = matches!(value.data, Content::Plain(Value::Null));
                match key.strip_prefix('-') {
                    Some(name) if !name.is_empty() && !is_nothing => {
                        let what = format!("`{key}` takes the key `{name}` away and has no value; a list item has a space after `-`");
                        Err((value.at, what))
                    }
                    _ => value.check_signs(),
                }
            }),
        }
    }

    /// Compiles the texts that have expressions. `steps` of a method are left as they are: a run fills them in.
    ///
    /// # Errors
    /// What is wrong with an expression, and its place.
    pub(super) fn compile(&mut self, path: &mut Vec<String>) -> Result<(), (At, String)> {
        match &mut self.data {
            Content::Plain(Value::Str(text)) if text.contains("{{") => {
                let expression = Expression::compile(text).map_err(|why| (self.at, why))?;
                self.data = Content::Filled(Box::new(expression));
            }
            Content::Plain(_) | Content::Filled(_) => {}
            Content::Seq(items) => {
                for item in items {
                    item.compile(path)?;
                }
            }
            Content::Map(map) => {
                for (key, value) in map {
                    path.push(key.clone());
                    if !is_steps(path) {
                        value.compile(path)?;
                    }
                    path.pop();
                }
            }
        }
        Ok(())
    }
}

fn put(into: &mut IndexMap<String, Tree>, key: String, value: Tree) {
    if let Some(key) = key.strip_prefix('+') {
        match (into.get_mut(key).map(|old| &mut old.data), value.data) {
            (Some(Content::Seq(list)), Content::Seq(more)) => list.extend(more),
            // A list that an expression makes goes before as an item that is spliced in.
            (Some(old @ Content::Plain(Value::Str(_))), Content::Seq(mut more)) => {
                let data = std::mem::replace(old, Content::Seq(Vec::new()));
                more.insert(0, Tree { at: value.at, data });
                *old = Content::Seq(more);
            }
            (_, data) => _ = into.insert(key.to_owned(), Tree { at: value.at, data }),
        }
    } else if let Some(key) = key.strip_prefix('-') {
        into.shift_remove(key);
    } else if let Some(old) = into.get_mut(&key) {
        old.merge(value);
    } else {
        let data = Content::Plain(Value::Null);
        let mut fresh = Tree { at: value.at, data };
        fresh.merge(value);
        into.insert(key, fresh);
    }
}

/// `actions.boot.methods.jlink.steps`.
fn is_steps(path: &[String]) -> bool {
    matches!(path, [actions, _, methods, _, steps]
        if actions == "actions" && methods == "methods" && steps == "steps")
}
