//! What cannot be planned: forms that this version has no steps for, and methods that a device does not have.
//!
//! In: a job, a block, a device. Out: failures of the class job that say where and what instead.

use job_schema::{Action, Block, Job};

use crate::actions::test;
use crate::failure::{Class, Failure};
use crate::inventory::Device;

/// Whether this version has steps for every block of a job, whatever its devices can do.
///
/// # Errors
/// Class job: the first block that it has none for.
pub fn runnable(job: &Job) -> Result<(), Failure> {
    job.actions
        .iter()
        .try_for_each(|block| match &block.action {
            Action::Deploy(_) | Action::Boot(_) => Ok(()),
            Action::Test(form) => test::runnable(form, block),
            // Whether there is such a command, its device knows.
            Action::Command(_) => Ok(()),
        })
}

/// A form of the job language that is read and checked, and that this version has no steps for.
pub(crate) fn not_yet(what: &str, method: &str, block: &Block) -> Failure {
    Failure::new(
        Class::Job,
        format!(
            "line {}: this version of dispatch cannot run `{what}: {method}` yet",
            block.span.line
        ),
    )
}

/// A method that the device does not have.
pub(crate) fn unsupported<'a>(
    what: &str,
    method: &str,
    device: &Device,
    can: impl Iterator<Item = &'a String>,
) -> Failure {
    let can: Vec<&str> = can.map(String::as_str).collect();
    Failure::new(
        Class::Job,
        format!(
            "device {} of type {} cannot `{what}: {method}`; it can: {}",
            device.name,
            device.device_type,
            if can.is_empty() {
                "nothing of the kind".to_owned()
            } else {
                can.join(", ")
            }
        ),
    )
}
