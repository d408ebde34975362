//! `test:`: running tests on a node that has a shell.

pub mod bus_calls;
pub mod lkp;
pub mod results;
pub mod shell;

use job_schema::Block;
use job_schema::test::Test;

use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::plan::draft::Draft;
use crate::plan::node::{Context, overlay_namespace};
use crate::plan::{StepKind, not_yet};

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

/// Whether this version has steps for a test block.
///
/// # Errors
/// Class job: it has none.
pub fn runnable(form: &Test, block: &Block) -> Result<(), Failure> {
    match form {
        Test::Definitions(form) if form.docker.is_some() => Err(not_yet("test", "docker", block)),
        Test::Definitions(_) | Test::Lkp(_) => Ok(()),
        Test::Interactive(_) | Test::Monitors(_) | Test::Services(_) => {
            Err(not_yet("test", form.word(), block))
        }
    }
}

/// `lava-test-retry*[lava-test-shell]`; with a role `multinode-test`, which LAVA never retries. LKP's jobs are `lkp-test`.
///
/// # Errors
/// Bug: a block was not collected before.
pub fn plan(form: &Test, stage: usize, context: &Context<'_>) -> Result<Draft, Failure> {
    if let Test::Lkp(_) = form {
        return lkp::plan(stage, context);
    }
    let namespace = overlay_namespace(context.block).to_owned();
    let kind = StepKind::Test(Step::Shell { stage, namespace });
    Ok(if context.block.roles.is_empty() {
        let shell = Draft::new("lava-test-shell", kind).blames(Class::Test);
        Draft::group("lava-test-retry", vec![shell])
            .blames(Class::Test)
            .retrying()
    } else {
        Draft::new("multinode-test", kind).blames(Class::Test)
    })
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
