//! What to compare the results of a job with.

use std::borrow::Cow;

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Read, Report};

/// What to compare the results with.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Compare {
    /// Test cases to leave out.
    #[keys(default)]
    #[schemars(default)]
    pub blacklist: Vec<String>,
    /// The jobs to compare with: a stored query by `username` and `name`, or an `entity` and `conditions`.
    pub query: Option<Query>,
}

/// The jobs to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// A stored query.
    Stored(Stored),
    /// A query written here.
    Written(Written),
}

/// A stored query.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Stored {
    /// Whose query it is.
    pub username: String,
    /// Its name.
    pub name: String,
}

/// A query written here.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Written {
    /// What is looked for, for example `testjob`.
    pub entity: String,
    /// What it must be like.
    #[keys(default)]
    #[schemars(default)]
    pub conditions: IndexMap<String, String>,
}

impl JsonSchema for Query {
    fn schema_name() -> Cow<'static, str> {
        "Query".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let stored = generator.subschema_for::<Stored>();
        let written = generator.subschema_for::<Written>();
        json_schema!({
            "description": "The jobs to compare with: a stored query, or one written here.",
            "type": "object",
            "if": {"anyOf": [
                {"required": ["username"]},
                {"required": ["name"], "not": {"required": ["entity"]}},
            ]},
            "then": stored,
            "else": written,
        })
    }
}

impl Read for Query {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let has = |key| place.node.get(key).is_some();
        if has("username") || has("name") && !has("entity") {
            Stored::read(place, report).map(Self::Stored)
        } else {
            Written::read(place, report).map(Self::Written)
        }
    }
}
