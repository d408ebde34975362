//! JSON Schema (2020-12) of the job language, made from its types.
//!
//! It says what is wrong by itself: what a check of `structure` says, except for what depends on other keys of the job.

mod blocks;
mod strict;
mod tidy;
mod together;

use schemars::generate::SchemaSettings;
use schemars::transform::Transform as _;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

pub(crate) use blocks::{Method, Methods, methods_of};

/// A language that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Job files.
    Job,
    /// Test definitions.
    TestDefinition,
}

impl Language {
    /// The file under `job-schema/` that holds its schema.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Job => "job.schema.json",
            Self::TestDefinition => "test-definition.schema.json",
        }
    }
}

/// The schema of a language.
#[must_use]
pub fn schema(language: Language) -> Value {
    match language {
        Language::Job => of::<crate::job::Job>("job", "A job of dispatch"),
        Language::TestDefinition => of::<crate::testdef::DefinitionFile>(
            "test-definition",
            "A test definition of dispatch, in a file of its own",
        ),
    }
}

/// The schema of a type. `name` is the last part of its `$id`; an absent key is not null, and keys that the type has
/// not are refused.
#[must_use]
pub fn of<T: JsonSchema>(name: &str, title: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    strict::Strict.transform(&mut schema);
    together::Together.transform(&mut schema);
    named(&mut schema, name, title);
    let mut schema = schema.to_value();
    tidy::definitions(&mut schema);
    schema
}

/// A committed schema's text.
#[must_use]
pub fn text(schema: &Value) -> String {
    let mut text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text.push('\n');
    text
}

fn named(schema: &mut Schema, name: &str, title: &str) {
    schema.insert("title".to_owned(), title.into());
    schema.insert(
        "$id".to_owned(),
        format!("urn:dispatch:schema:{name}").into(),
    );
}
