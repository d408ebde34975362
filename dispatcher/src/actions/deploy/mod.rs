//! `deploy:`: getting files ready for a node.

pub(crate) mod download;
pub mod overlay;
pub mod ssh;

use job_schema::deploy::{Deploy, To};

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::method::{self, Section};

/// What the steps of deploy blocks do.
#[derive(Debug, Clone)]
pub enum Step {
    /// Building the overlay.
    Overlay(overlay::Step),
    /// `to: ssh`.
    Ssh(ssh::Step),
}

/// Plans a deploy block.
///
/// # Errors
/// See [`method::plan`].
pub(crate) fn plan(deploy: &Deploy, context: &Context<'_>) -> Result<Draft, Failure> {
    match &deploy.to {
        To::Ssh(_) => {
            method::needs(Section::Deploy, "ssh", &context.spec.device)?;
            Ok(ssh::plan(context))
        }
        other => method::plan(Section::Deploy, other.word(), context),
    }
}

/// Runs a step of a deploy block.
///
/// # Errors
/// See the methods.
pub async fn run(what: &Step, step: &crate::plan::Step, node: &mut NodeRun) -> Result<(), Failure> {
    match what {
        Step::Overlay(what) => overlay::run(what, step, node).await,
        Step::Ssh(what) => ssh::run(*what, step, node),
    }
}
