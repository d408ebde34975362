//! `deploy: {to: ssh}`: the machine keeps its system; only the overlay is made. Boot copies it.
//!
//! A guest learns its host's address here: its block hangs a `lava-wait` on `prepare-scp-overlay`.

use super::overlay;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;

/// What its own steps do.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// `prepare-scp-overlay`: the bus call that hangs on it has just brought the address.
    Prepare,
}

/// `scp-overlay[lava-overlay, prepare-scp-overlay[extract-rootfs, extract-modules], deploy-device-env]`
pub(super) fn plan(context: &Context<'_>) -> Draft {
    let prepare = StepKind::Deploy(super::Step::Ssh(Step::Prepare));
    // The two children have nothing to do for a machine that keeps its system; LAVA has them and jobs may name them.
    let nothing = |name| Draft::group(name, Vec::new()).blames(Class::Infrastructure);
    let prepare = Draft::new("prepare-scp-overlay", prepare)
        .with(vec![nothing("extract-rootfs"), nothing("extract-modules")]);
    let steps = vec![
        overlay::plan(context),
        prepare,
        Draft::group("deploy-device-env", Vec::new()),
    ];
    Draft::group("scp-overlay", steps)
}

/// Runs a step.
pub(super) fn run(what: Step, _: &crate::plan::Step, node: &mut NodeRun) -> Result<(), Failure> {
    match what {
        Step::Prepare => {
            if node.plan.spec.host.is_some() && node.state.learned.is_empty() {
                return Err(Failure::new(
                    Class::Job,
                    "a guest does not know its host's address: its deploy block needs, under `protocols: \
                     lava-multinode`, an entry for the action prepare-scp-overlay with `request: lava-wait`, a \
                     messageID and a message such as `ipaddr: $ipaddr`",
                ));
            }
            Ok(())
        }
    }
}
