//! `boot: {method: fastboot}`: a machine driven by `fastboot` over USB.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use crate::deploy::download::Docker;

/// `boot: {method: fastboot}`: a machine driven by `fastboot` over USB.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Fastboot {
    /// `fastboot` commands to run, without the program, for example `['oem select-display-panel hdmi']`.
    pub commands: Option<Vec<String>>,
    /// Has no effect here; LAVA's schema takes it.
    pub use_bootscript: Option<bool>,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Run `fastboot` in a container. Default: on the machine where `dispatch` runs.
    pub docker: Option<Docker>,
}
