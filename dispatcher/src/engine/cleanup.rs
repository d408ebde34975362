//! What is undone on the dispatcher's machine however a node's pipeline ended.

use std::time::Duration;

use super::node::NodeRun;
use crate::actions::command;
use crate::journal::event::NoteLevel;

/// What undoes one command may take so long.
const UNDO_BUDGET: Duration = Duration::from_secs(30);
/// What was written to a board's disk may take so long to get there.
const UNMOUNT_BUDGET: Duration = Duration::from_secs(30);

/// Before the last step, which may take the power away: programs of steps that were given up end, disks are unmounted.
pub(super) async fn before_last_step(node: &mut NodeRun) {
    node.state.programs.ended().await;
    for mount in node.state.take_mounts() {
        let unmounted = tokio::time::timeout(UNMOUNT_BUDGET, mount.unmount()).await;
        let why = match unmounted {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => why,
            Err(_) => "a disk was not written within its time".to_owned(),
        };
        node.note(NoteLevel::Warning, why);
    }
}

/// After the last step: what commands did is undone, and no program is left.
pub(super) async fn after_last_step(node: &mut NodeRun) {
    while let Some(step) = node.state.undo.pop() {
        let undone = tokio::time::timeout(UNDO_BUDGET, command::undo(&step, node)).await;
        if undone.is_err() {
            let (name, budget) = (step.name(), UNDO_BUDGET.as_secs());
            let message = format!("command {name} is not undone: it took more than {budget} s");
            node.note(NoteLevel::Warning, message);
        }
    }
    node.state.programs.ended().await;
}
