//! Boot methods whose commands the device defines: a job says nothing about them.

use job_schema_derive::Keys;
use schemars::JsonSchema;

/// A boot method without keys of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Plain {}
