//! `test:`: running tests on a node that has a shell.

pub mod bus_calls;
mod docker;
pub mod lkp;
pub mod results;
mod services;
pub mod shell;

use job_schema::test::Test;

use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::stages::overlay_namespace;

/// What its steps do.
#[derive(Debug, Clone)]
pub enum Step {
    /// `lava-test-shell`, or in a multinode job `multinode-test`: the definitions of one block.
    Shell {
        /// Which test block of the namespace, from 0.
        stage: usize,
        /// The namespace whose console and overlay are used.
        namespace: String,
    },
    /// The steps of `lkp-test`.
    Lkp(lkp::Step),
}

/// Plans a test block. In a job of several nodes a block with a role is a `multinode-test`, which LAVA never retries.
///
/// # Errors
/// Bug: a block was not collected before.
pub fn plan(form: &Test, stage: usize, context: &Context<'_>) -> Result<Draft, Failure> {
    let in_group = context.is_multinode() && !context.block.roles.is_empty();
    Ok(match form {
        Test::Lkp(_) => lkp::plan(stage, context)?,
        Test::Definitions(form) if form.docker.is_some() => docker::plan(form, context),
        Test::Definitions(_) if in_group => shell("multinode-test", stage, context),
        Test::Definitions(_) => {
            retried("lava-test-retry", shell("lava-test-shell", stage, context))
        }
        Test::Interactive(_) => retried(
            "lava-test-interactive-retry",
            Draft::not_runnable("lava-test-interactive", "consoles are not talked to yet")
                .blames(Class::Test),
        ),
        Test::Monitors(_) => retried(
            "lava-test-monitor-retry",
            Draft::not_runnable("lava-test-monitor", "consoles are not watched yet")
                .blames(Class::Test),
        ),
        // LAVA takes services of several nodes for tests without definitions.
        Test::Services(_) if in_group => Draft::not_runnable(
            "multinode-test",
            "services are not started beside the node yet",
        )
        .blames(Class::Test),
        Test::Services(form) => services::plan(form),
    })
}

/// The runner on the node, and its definitions.
fn shell(name: &'static str, stage: usize, context: &Context<'_>) -> Draft {
    let namespace = overlay_namespace(context.block).to_owned();
    let kind = StepKind::Test(Step::Shell { stage, namespace });
    Draft::new(name, kind).blames(Class::Test)
}

fn retried(name: &'static str, test: Draft) -> Draft {
    Draft::group(name, vec![test])
        .blames(Class::Test)
        .retrying()
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    planned: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    match what {
        Step::Shell { stage, namespace } => shell::run(*stage, namespace, node).await,
        Step::Lkp(step) => lkp::run(step, planned, node).await,
    }
}
