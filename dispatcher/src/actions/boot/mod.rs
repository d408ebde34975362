//! `boot:`: from a deployed node to a shell.

pub mod ssh;

use job_schema::boot::{Boot, Method};

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::method::{self, Section};

/// What the steps of boot blocks do.
#[derive(Debug, Clone)]
pub enum Step {
    /// `method: ssh`.
    Ssh(ssh::Step),
    /// `export-device-env`, the same for all methods: variables that the device has for its shell.
    ExportDeviceEnv,
}

/// Plans a boot block.
///
/// # Errors
/// See [`method::plan`].
pub(crate) fn plan(boot: &Boot, context: &Context<'_>) -> Result<Draft, Failure> {
    match &boot.method {
        Method::Ssh(_) => {
            method::needs(Section::Boot, "ssh", &context.spec.device)?;
            Ok(ssh::plan(boot))
        }
        other => method::plan(Section::Boot, other.word(), context),
    }
}

/// Runs a step of a boot block.
///
/// # Errors
/// See the methods.
pub async fn run(what: &Step, step: &crate::plan::Step, node: &mut NodeRun) -> Result<(), Failure> {
    match what {
        Step::Ssh(what) => ssh::run(what, step, node).await,
        // No device of this version has variables that are only known at run time (LAVA's `dynamic_data`).
        Step::ExportDeviceEnv => Ok(()),
    }
}

/// What a timeout of this step means.
#[must_use]
pub(super) fn hint(what: &Step, node: &NodeRun) -> Option<String> {
    match what {
        Step::Ssh(what) => ssh::hint(what, node),
        Step::ExportDeviceEnv => None,
    }
}
