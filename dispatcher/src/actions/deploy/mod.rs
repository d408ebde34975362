//! `deploy:`: getting files ready for a node.

pub(crate) mod download;
pub mod overlay;
pub mod ssh;
pub mod tftp;

use job_schema::Block;
use job_schema::deploy::{Deploy, To};

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::plan::draft::Draft;
use crate::plan::node::Context;
use crate::plan::{not_yet, unsupported};

/// What the steps of deploy blocks do.
#[derive(Debug, Clone)]
pub enum Step {
    /// Building the overlay.
    Overlay(overlay::Step),
    /// `to: ssh`.
    Ssh(ssh::Step),
}

/// What plans a deploy block, and the name that devices know it by.
type Planner = (&'static str, fn(&Deploy, &Context<'_>) -> Draft);

fn planner(deploy: &Deploy, block: &Block) -> Result<Planner, Failure> {
    match &deploy.to {
        To::Ssh(_) => Ok(("ssh", ssh::plan)),
        To::Tftp(_) => Ok(("tftp", tftp::plan)),
        other => Err(not_yet("deploy: to", other.word(), block)),
    }
}

/// Whether this version has steps for a deploy block.
///
/// # Errors
/// Class job: it has none.
pub fn runnable(deploy: &Deploy, block: &Block) -> Result<(), Failure> {
    planner(deploy, block).map(drop)
}

/// Plans a deploy block.
///
/// # Errors
/// Class job: the device has no such deploy method.
pub fn plan(deploy: &Deploy, context: &Context<'_>) -> Result<Draft, Failure> {
    let (method, draft) = planner(deploy, context.block)?;
    let can = &context.spec.device.config.deploy_methods;
    if !can.contains(method) {
        return Err(unsupported(
            "deploy: to",
            method,
            &context.spec.device,
            can.iter(),
        ));
    }
    Ok(draft(deploy, context))
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
