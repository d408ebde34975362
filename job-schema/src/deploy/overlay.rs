//! `deploy: {to: overlay}`: the overlay of the tests alone.

use job_schema_derive::Keys;
use schemars::JsonSchema;

/// `deploy: {to: overlay}`: the overlay of the tests alone, for a system that is there and gets it while booting
/// (`transfer_overlay`).
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Overlay {}
