//! `test:`: running tests on a node that has a shell.

pub mod bus_calls;
pub mod results;
pub mod shell;

use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::plan::StepKind;
use crate::plan::draft::Draft;
use crate::plan::node::{Context, overlay_namespace};

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
}

/// `lava-test-retry*[lava-test-shell]`; with a role `multinode-test`, which LAVA never retries.
#[must_use]
pub fn plan(stage: usize, context: &Context<'_>) -> Draft {
    let namespace = overlay_namespace(context.block).to_owned();
    let kind = StepKind::Test(Step::Shell { stage, namespace });
    if context.block.roles.is_empty() {
        let shell = Draft::new("lava-test-shell", kind).blames(Class::Test);
        Draft::group("lava-test-retry", vec![shell])
            .blames(Class::Test)
            .retrying()
    } else {
        Draft::new("multinode-test", kind).blames(Class::Test)
    }
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    _: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let Step::Shell { stage, namespace } = what;
    shell::run(*stage, namespace, node).await
}
