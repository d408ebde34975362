//! `boot: {method: musca}`: a Musca board of Arm.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;

/// `boot: {method: musca}`: starts what was copied to a Musca board of Arm.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Musca {
    /// Regular expressions: one of them ends the wait for the program, for example `['Starting']`.
    pub prompts: Option<Prompts>,
}
