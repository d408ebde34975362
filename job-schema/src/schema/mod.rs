//! JSON Schema (2020-12) of the job language, made from its types.
//!
//! It says what is wrong by itself: what a check of `structure` says, except for what depends on other keys of the job.

mod blocks;
mod strict;

use schemars::generate::SchemaSettings;
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
    let schema = match language {
        Language::Job => root::<crate::job::Job>("dispatch job"),
        Language::TestDefinition => {
            root::<crate::testdef::DefinitionFile>("dispatch test definition")
        }
    };
    let mut schema = schema.to_value();
    if let Some(object) = schema.as_object_mut() {
        let id = format!("https://dispatch.invalid/{}", language.file());
        object.insert("$id".to_owned(), id.into());
    }
    schema
}

fn root<T: JsonSchema>(title: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(strict::Strict);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema
}
