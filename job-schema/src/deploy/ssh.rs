//! `deploy: {to: ssh}`: copy the overlay to a machine that is up and has an SSH server.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;

/// `deploy: {to: ssh}`. The machine keeps the system it has: LAVA documents the keys below and uses none of them.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema, Keys)]
pub struct Ssh {
    /// Has no effect, in LAVA neither.
    pub firmware: Option<Download>,
    /// Has no effect, in LAVA neither.
    pub kernel: Option<Download>,
    /// Has no effect, in LAVA neither.
    pub rootfs: Option<Download>,
    /// Has no effect, in LAVA neither.
    pub modules: Option<Download>,
}
