//! `boot:`: from a deployed node to a shell.

pub mod grub;
pub mod ssh;

use job_schema::Block;
use job_schema::boot::{Boot, Method};

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::plan::draft::Draft;
use crate::plan::node::Context;
use crate::plan::{not_yet, unsupported};

/// What the steps of boot blocks do.
#[derive(Debug, Clone)]
pub enum Step {
    /// `method: ssh`.
    Ssh(ssh::Step),
    /// `export-device-env`, the same for all methods: variables that the device has for its shell.
    ExportDeviceEnv,
}

/// What plans a boot block, and the name that devices know it by.
type Planner = (&'static str, fn(&Boot, &Context<'_>) -> Draft);

fn planner(boot: &Boot, block: &Block) -> Result<Planner, Failure> {
    match &boot.method {
        Method::Ssh(_) => Ok(("ssh", ssh::plan)),
        Method::GrubEfi(_) => Ok(("grub-efi", grub::plan)),
        other => Err(not_yet("boot: method", other.word(), block)),
    }
}

/// Whether this version has steps for a boot block.
///
/// # Errors
/// Class job: it has none.
pub fn runnable(boot: &Boot, block: &Block) -> Result<(), Failure> {
    planner(boot, block).map(drop)
}

/// Plans a boot block.
///
/// # Errors
/// Class job: the device has no such boot method.
pub fn plan(boot: &Boot, context: &Context<'_>) -> Result<Draft, Failure> {
    let (method, draft) = planner(boot, context.block)?;
    let can = &context.spec.device.config.boot_methods;
    if !can.contains(method) {
        return Err(unsupported(
            "boot: method",
            method,
            &context.spec.device,
            can.iter(),
        ));
    }
    Ok(draft(boot, context))
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
