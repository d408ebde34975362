//! The last step of every pipeline. It runs however the pipeline ended.

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::plan::StepKind;
use crate::plan::draft::Draft;

/// What its steps do.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// `power-off`: nothing to switch off on devices without power commands.
    PowerOff,
    /// `read-feedback`: say goodbye on every connection of the node.
    ReadFeedback,
}

/// `finalize[power-off, read-feedback]`
#[must_use]
pub fn plan() -> Draft {
    Draft::group(
        "finalize",
        vec![
            Draft::new("power-off", StepKind::Finalize(Step::PowerOff)),
            Draft::new("read-feedback", StepKind::Finalize(Step::ReadFeedback)),
        ],
    )
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    _: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    match what {
        Step::PowerOff => Ok(()),
        Step::ReadFeedback => {
            node.state.disconnect().await;
            Ok(())
        }
    }
}
