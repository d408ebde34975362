//! The last step of every pipeline. It runs however the pipeline ended.

use crate::actions::test::lkp;
use crate::actions::tool::power::{self, Power};
use crate::engine::context::Farewell;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::inventory::Device;
use crate::journal::event::NoteLevel;
use crate::overlay::scripts::quote;
use crate::plan::StepKind;
use crate::plan::draft::Draft;
use crate::transport::ssh::Link;

/// What its steps do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// `finalize`: each of its steps runs, however the others ended.
    All,
    /// `power-off`: runs `commands.power_off` of the device, if it has it.
    PowerOff,
    /// `read-feedback`: say goodbye on every connection of the node.
    ReadFeedback,
}

impl Step {
    /// What it runs on the dispatcher's machine.
    pub(super) fn commands(self, device: &Device) -> Vec<Vec<String>> {
        match self {
            Self::PowerOff => Power::PowerOff.commands(device),
            Self::All | Self::ReadFeedback => Vec::new(),
        }
    }
}

/// `finalize[power-off, read-feedback]`
#[must_use]
pub fn plan() -> Draft {
    let off = Draft::new("power-off", StepKind::Finalize(Step::PowerOff));
    Draft::new("finalize", StepKind::Finalize(Step::All)).with(vec![
        off.blames(Class::Infrastructure),
        Draft::new("read-feedback", StepKind::Finalize(Step::ReadFeedback)),
    ])
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    match what {
        Step::All => Ok(()),
        Step::PowerOff => {
            let device = &node.plan.spec.device.config.rendered;
            if power::commands(device, Power::PowerOff.word())?.is_empty() {
                return Ok(());
            }
            // A machine without power cannot be asked to forget anything.
            say_goodbyes(node).await;
            power::run(Power::PowerOff, step.class, node).await
        }
        Step::ReadFeedback => {
            say_goodbyes(node).await;
            Ok(())
        }
    }
}

/// On every connection that is left.
async fn say_goodbyes(node: &mut NodeRun) {
    lkp::stop_unfinished(node).await;
    for (namespace, link, authorized) in node.state.disconnect().await {
        say_goodbye(&namespace, link, authorized, node).await;
    }
}

/// Secrets do not stay on a machine that outlives the run: neither as files nor in the tarballs that brought them. The key
/// of guests is taken back when all nodes have ended.
async fn say_goodbye(namespace: &str, link: Link, authorized: bool, node: &NodeRun) {
    let root = node.plan.results_dir(namespace);
    let spec = &node.plan.spec;
    if !authorized && spec.secrets.is_empty() {
        return link.close().await;
    }
    let mut command = format!(
        "rm -f {0}/lava {0}/secrets {0}/overlay-*.tar.gz /{1}-overlay-*.tar.gz",
        quote(&root),
        spec.job_id
    );
    if authorized {
        let key = quote(&node.run.guest_key.public);
        // On a full disk the user's own keys must survive: nothing is replaced by less than it should be.
        command.push_str(&format!(
            "; umask 077; f=~/.ssh/authorized_keys; n=$f.{}; \
             {{ grep -vxF {key} \"$f\" > \"$n\" || [ $? = 1 ]; }} && cat \"$n\" > \"$f\"; rm -f \"$n\"",
            spec.job_id
        ));
        let farewells = &node.run.farewells;
        let mut farewells = farewells.lock().expect("nobody panics with this lock held");
        return farewells.push(Farewell { link, command });
    }
    if let Err(failure) = (Farewell { link, command }).say().await {
        let message = format!("the job's secrets may be left in {root}/secrets: {failure}");
        node.note(NoteLevel::Warning, message);
    }
}
