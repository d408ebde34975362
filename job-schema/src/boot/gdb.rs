//! `boot: {method: gdb}`: a machine loaded and started by a debugger.

use job_schema_derive::Keys;
use schemars::JsonSchema;

/// `boot: {method: gdb}`: a machine loaded and started by a debugger.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Gdb {
    /// The name of a command set of the device, for example `flash`.
    pub commands: String,
    /// The container image to run the debugger in, when the device runs it in one. Default: the device's.
    pub container: Option<String>,
}
