//! What may stand at a place of a document, and what it means: for `dispatch explain`, the reference and editors.
//!
//! In: the schema of a language, and for a document its located text, which may be incomplete or wrong. Out: keys, words
//! and documentation. The document's own `to:`, `method:`, `from:` and form keys decide on what is offered; where they are
//! not written yet, everything is that may come.

mod facets;
mod fits;
mod meaning;
mod path;
mod tour;
mod words;

use std::sync::LazyLock;

use serde_json::Value;

use crate::schema::{self, Language};
use crate::yaml::Node;
use facets::{Facet, facets};

pub use meaning::Meaning;
pub use path::{Segment, parse_path};
pub use tour::Lost;

static JOB: LazyLock<Value> = LazyLock::new(|| schema::schema(Language::Job));
static TEST_DEFINITION: LazyLock<Value> =
    LazyLock::new(|| schema::schema(Language::TestDefinition));

/// Describes the places of a language.
#[derive(Debug, Clone, Copy)]
pub struct Describer<'s> {
    root: &'s Value,
}

/// A key that may stand in a mapping.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Key {
    /// The key.
    pub name: String,
    /// It must be there.
    pub required: bool,
    /// It is there.
    pub present: bool,
    /// What it means.
    pub doc: String,
    /// What it takes, in words: `a list of texts`.
    pub kind: String,
}

/// A word that a value may be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// The word.
    pub word: String,
    /// What it means.
    pub doc: String,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Description {
    /// The key path: `actions[1].deploy.to`.
    pub path: String,
    /// What it takes, in words.
    pub kind: String,
    /// The mapping around it needs it.
    pub required: bool,
    /// What it means.
    pub doc: String,
    /// The words that it may be.
    pub choices: Vec<Choice>,
    /// The keys that may stand in it.
    pub keys: Vec<Key>,
    /// The method that it belongs to: `deploy: {to: tftp}`.
    pub method: Option<String>,
}

/// A place: the schemas that hold there, and what is written.
struct Spot<'s, 'n> {
    facets: Vec<Facet<'s>>,
    node: Option<&'n Node>,
    required: bool,
    method: Option<&'s str>,
}

impl Describer<'static> {
    /// Describes a language. The schema is made once in a process.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            root: match language {
                Language::Job => &JOB,
                Language::TestDefinition => &TEST_DEFINITION,
            },
        }
    }
}

impl<'s> Describer<'s> {
    /// Describes another schema that [`schema::of`] made.
    #[must_use]
    pub fn of(root: &'s Value) -> Self {
        Self { root }
    }

    /// The keys that may stand in the mapping at a path, needed ones first.
    #[must_use]
    pub fn keys(&self, root: &Node, path: &[Segment]) -> Vec<Key> {
        self.spot(root, path)
            .map(|spot| self.keys_of(&spot.facets, spot.node))
            .unwrap_or_default()
    }

    /// The words that the value at a path may be. The value itself does not narrow them.
    #[must_use]
    pub fn values(&self, root: &Node, path: &[Segment]) -> Vec<Choice> {
        self.spot(root, path)
            .map(|spot| choices(&spot.facets))
            .unwrap_or_default()
    }

    /// What stands at a path, or may; `None` where the language has nothing.
    #[must_use]
    pub fn describe(&self, root: &Node, path: &[Segment]) -> Option<Description> {
        let spot = self.spot(root, path)?;
        let whole = spot.facets.first()?.schema;
        Some(Description {
            path: path::Shown(path).to_string(),
            kind: words::kind(whole, self.root),
            required: spot.required,
            doc: doc(&spot.facets),
            choices: choices(&spot.facets),
            keys: self.keys_of(&spot.facets, spot.node),
            method: spot.method.map(str::to_owned),
        })
    }

    fn spot<'n>(&self, root: &'n Node, path: &[Segment]) -> Option<Spot<'s, 'n>> {
        let mut spot = Spot {
            facets: facets(self.root, Some(root), self.root),
            node: Some(root),
            required: true,
            method: None,
        };
        for segment in path {
            let node = spot.node.and_then(|node| match segment {
                Segment::Key(key) => node.get(key),
                Segment::Index(index) => node.as_seq()?.get(*index),
            });
            let below: Vec<(Facet<'s>, &'s Value)> = spot
                .facets
                .iter()
                .filter_map(|facet| Some((*facet, below(facet.schema, segment)?)))
                .collect();
            let required = match segment {
                Segment::Key(key) => spot.facets.iter().any(|facet| requires(facet, key)),
                Segment::Index(_) => false,
            };
            // Of several methods that are certain the innermost one counts: it knows all keys.
            let (last, _) = below.last()?;
            let method = last.method.or(spot.method);
            let mut next: Vec<Facet<'s>> = Vec::new();
            for (_, schema) in below {
                for facet in facets(schema, node, self.root) {
                    if !next.iter().any(|known| known.schema == facet.schema) {
                        next.push(facet);
                    }
                }
            }
            spot = Spot {
                facets: next,
                node,
                required,
                method,
            };
        }
        Some(spot)
    }

    fn keys_of(&self, facets: &[Facet<'s>], node: Option<&Node>) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for facet in facets {
            for (name, schema) in properties(facet.schema) {
                let required = requires(facet, name);
                if let Some(known) = keys.iter_mut().find(|key| key.name == *name) {
                    known.required |= required;
                    if known.kind == "anything" {
                        known.kind = words::kind(schema, self.root);
                    }
                    continue;
                }
                keys.push(Key {
                    name: name.clone(),
                    required,
                    present: node.is_some_and(|node| node.get(name).is_some()),
                    doc: doc(&self::facets::facets(schema, None, self.root)),
                    kind: words::kind(schema, self.root),
                });
            }
        }
        keys.sort_by(|a, b| (!a.required, &a.name).cmp(&(!b.required, &b.name)));
        keys
    }
}

/// The keys of a mapping. What only restricts a key (a rule of an `if`) has no documentation and is no key.
fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema.get("description").is_some())
}

fn requires(facet: &Facet<'_>, key: &str) -> bool {
    facet.certain
        && fits::list(&facet.schema["required"])
            .iter()
            .any(|k| k == key)
}

/// The schema of a value inside.
fn below<'s>(schema: &'s Value, segment: &Segment) -> Option<&'s Value> {
    match segment {
        Segment::Index(_) => schema.get("items"),
        Segment::Key(key) => {
            let named = properties(schema).find(|(name, _)| *name == key);
            if let Some((_, schema)) = named {
                return Some(schema);
            }
            let patterns = schema.get("patternProperties").and_then(Value::as_object);
            let pattern = patterns.into_iter().flatten().find(|(pattern, _)| {
                // All patterns of ours are a beginning and `.+`.
                let start = pattern.trim_start_matches('^').trim_end_matches(".+");
                key.len() > start.len() && key.starts_with(start)
            });
            pattern
                .map(|(_, schema)| schema)
                .or_else(|| schema.get("additionalProperties").filter(|s| s.is_object()))
        }
    }
}

/// The first documentation: what is said where a type is used comes before what the type says.
fn doc(facets: &[Facet<'_>]) -> String {
    let mut docs = facets
        .iter()
        .filter_map(|facet| facet.schema["description"].as_str());
    docs.next().unwrap_or_default().to_owned()
}

fn choices(facets: &[Facet<'_>]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut add = |word: String, doc: String| {
        if !choices.iter().any(|choice| choice.word == word) {
            choices.push(Choice { word, doc });
        }
    };
    // A method's own definition knows its own word only; where all words are, they are what may be written.
    for facet in facets {
        for (word, doc) in words::choices_of(facet.schema) {
            add(word, doc);
        }
    }
    for facet in facets {
        if let Some(Value::String(word)) = facet.schema.get("const") {
            add(word.clone(), doc(&[*facet]));
        }
        if facet.schema["type"] == "boolean" {
            add("true".to_owned(), String::new());
            add("false".to_owned(), String::new());
        }
    }
    choices
}

#[cfg(test)]
mod tests;
