//! `boot: {method: recovery}`: switch a machine into its recovery mode, or out of it.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

/// `boot: {method: recovery}`: switches a machine into its recovery mode, or out of it.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Recovery {
    /// Into the mode or out of it.
    pub commands: Mode,
}

/// Into the recovery mode or out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Mode {
    /// Off, into the recovery mode, on again.
    Recovery,
    /// Off, out of the recovery mode, on again.
    Exit,
}
