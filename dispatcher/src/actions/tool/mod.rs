//! The kinds of step that methods of boards are made of, each written once.
//!
//! In: data, read from a step list after its templates are filled in. Texts may still hold `{NAME}` words, which stand
//! for what earlier steps left ([`words`]). Out: the thing done on the dispatcher's machine, or a failure of the step's
//! class.

pub mod copy;
pub mod host;
pub mod mount;
mod output;
pub mod power;
pub mod program;
pub(crate) mod split;
pub mod wait;
pub mod words;

use serde::Deserialize;

use crate::engine::node::NodeRun;
use crate::failure::Failure;
use crate::inventory::Device;

/// What a step of a method does. The name of a variant is its key in a step list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Runs commands on the dispatcher's machine.
    Host(host::Commands),
    /// Runs a power command of the device.
    Power(power::Power),
    /// Waits for a device to be there.
    Wait(wait::Wait),
    /// Mounts a block device.
    Mount(mount::MountDevice),
    /// Copies files onto a block device.
    Copy(copy::Copy),
    /// Unmounts what a `mount` step of this name mounted.
    Unmount(String),
}

impl Step {
    /// Its key in a step list.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Host(_) => "host",
            Self::Power(_) => "power",
            Self::Wait(_) => "wait",
            Self::Mount(_) => "mount",
            Self::Copy(_) => "copy",
            Self::Unmount(_) => "unmount",
        }
    }

    /// What it runs on the dispatcher's machine.
    pub(crate) fn commands(&self, device: &Device) -> Vec<Vec<String>> {
        match self {
            Self::Host(host::Commands(commands)) => commands.clone(),
            Self::Power(power) => power.commands(device),
            Self::Wait(_) | Self::Mount(_) | Self::Copy(_) | Self::Unmount(_) => Vec::new(),
        }
    }

    /// What it needs and will never have, where `known` says what is downloaded until then: it would do nothing, or fail in
    /// the middle of a job.
    pub(crate) fn lacking(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        match self {
            Self::Host(host::Commands(commands)) if commands.is_empty() => {
                Some("there is no command to run".to_owned())
            }
            Self::Host(host::Commands(commands)) if commands.iter().any(Vec::is_empty) => {
                Some("a command to run is empty".to_owned())
            }
            Self::Copy(copy) if copy.files.is_empty() => {
                Some("there is no file to copy".to_owned())
            }
            Self::Copy(copy) => {
                let mut keys = copy.files.iter().filter_map(|file| match &file.content {
                    copy::Content::Download(key) => Some(key),
                    copy::Content::Text(_) => None,
                });
                let missing = keys.find(|key| !known(key))?;
                Some(format!("no deploy block up to here downloads {missing}"))
            }
            Self::Host(_) | Self::Power(_) | Self::Wait(_) | Self::Mount(_) | Self::Unmount(_) => {
                None
            }
        }
    }
}

/// Runs a step.
///
/// # Errors
/// Of the step's class, saying what was tried and what came back.
pub(super) async fn run(
    what: &Step,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    match what {
        Step::Host(commands) => host::run(commands, step, node).await,
        Step::Power(power) => power::run(*power, step.class, node).await,
        Step::Wait(wait) => wait::run(wait, step, node).await,
        Step::Mount(mount) => mount::run(mount, step, node).await,
        Step::Copy(copy) => copy::run(copy, step, node).await,
        Step::Unmount(name) => mount::unmount(name, step, node).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_step_list_says_the_kind() {
        let read = |value: serde_json::Value| serde_json::from_value::<Step>(value).unwrap();
        assert_eq!(
            read(serde_json::json!({"power": "hard_reset"})),
            Step::Power(power::Power::HardReset)
        );
        assert_eq!(
            read(serde_json::json!({"unmount": "fw"})),
            Step::Unmount("fw".to_owned())
        );
        let mount = read(serde_json::json!({"mount": {"device": "/dev/sdb1", "as": "fw"}}));
        assert_eq!(mount.word(), "mount");
        let host = read(serde_json::json!({"host": [["dfu-util", "-l"], ["sync"]]}));
        assert!(matches!(host, Step::Host(host::Commands(list)) if list.len() == 2));
    }
}
