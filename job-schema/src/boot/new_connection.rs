//! `boot: {method: new_connection}`: another console of a machine that is up.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;

/// `boot: {method: new_connection}`: another console of a machine that is up, in a namespace of its own.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct NewConnection {
    /// The name of the console in the device's `commands: {connections: …}`, for example `uart1`.
    pub connection: String,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
}
