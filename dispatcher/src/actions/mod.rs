//! The methods: per method one file with its plan (pure) and its run (async) side by side.

pub mod boot;
pub mod command;
pub mod deploy;
pub mod finalize;
pub mod shown;
pub mod test;
pub mod tool;

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::inventory::Device;
use crate::plan::{Step, StepKind};

/// Does what a step itself does; its children are the engine's.
///
/// # Errors
/// Whatever went wrong, with its class.
pub async fn run(step: &Step, node: &mut NodeRun) -> Result<(), Failure> {
    match &step.kind {
        StepKind::Group => Ok(()),
        StepKind::NotRunnable(_) => Err(Failure::new(
            crate::failure::Class::Bug,
            format!(
                "{} was planned as not runnable and run all the same",
                step.name
            ),
        )),
        StepKind::Deploy(what) => deploy::run(what, step, node).await,
        StepKind::Boot(what) => boot::run(what, step, node).await,
        StepKind::Test(what) => test::run(what, step, node).await,
        StepKind::Tool(what) => tool::run(what, step, node).await,
        StepKind::Command(what) => command::run(what, step, node).await,
        StepKind::Finalize(what) => finalize::run(what, step, node).await,
    }
}

/// The programs of the dispatcher's machine that a step starts, as far as they are known before it runs.
#[must_use]
pub fn programs(step: &Step, device: &Device) -> Vec<String> {
    let commands = match &step.kind {
        StepKind::Tool(what) => what.commands(device),
        StepKind::Command(what) => what.commands().cloned().collect(),
        StepKind::Finalize(what) => what.commands(device),
        StepKind::Group
        | StepKind::NotRunnable(_)
        | StepKind::Deploy(_)
        | StepKind::Boot(_)
        | StepKind::Test(_) => Vec::new(),
    };
    let programs = commands
        .into_iter()
        .filter_map(|argv| argv.into_iter().next());
    programs.filter(|program| !program.contains('{')).collect()
}

/// What it means when a step runs out of time, where the method knows more than that.
#[must_use]
pub fn hint(step: &Step, node: &NodeRun) -> Option<String> {
    match &step.kind {
        StepKind::Boot(what) => boot::hint(what, node),
        StepKind::Group
        | StepKind::NotRunnable(_)
        | StepKind::Deploy(_)
        | StepKind::Test(_)
        | StepKind::Tool(_)
        | StepKind::Command(_)
        | StepKind::Finalize(_) => None,
    }
}
