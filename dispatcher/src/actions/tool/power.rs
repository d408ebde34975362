//! `power`: a command of the device's `commands`, run on the dispatcher's machine.

use job_schema::yaml::Value;
use serde::Deserialize;

use super::host;
use super::split::split;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::inventory::Device;
use crate::journal::event::NoteLevel;

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Off and on again.
    HardReset,
    /// On, after `pre_power_command`.
    PowerOn,
    /// Off.
    PowerOff,
    /// What must be done before power comes, for example to switch a USB port.
    PrePowerCommand,
    /// What must be done before the system starts.
    PreOsCommand,
    /// Into recovery mode.
    RecoveryMode,
    /// Out of recovery mode.
    RecoveryExit,
}

impl Power {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PrePowerCommand,
        Self::PreOsCommand,
        Self::HardReset,
        Self::PowerOn,
        Self::PowerOff,
        Self::RecoveryMode,
        Self::RecoveryExit,
    ];

    /// Its key in `commands`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HardReset => "hard_reset",
            Self::PowerOn => "power_on",
            Self::PowerOff => "power_off",
            Self::PrePowerCommand => "pre_power_command",
            Self::PreOsCommand => "pre_os_command",
            Self::RecoveryMode => "recovery_mode",
            Self::RecoveryExit => "recovery_exit",
        }
    }

    /// Whether a device without it cannot do the step. LAVA goes on without the others.
    pub(in crate::actions) fn is_needed(self) -> bool {
        match self {
            Self::HardReset | Self::RecoveryMode | Self::RecoveryExit => true,
            Self::PowerOn | Self::PowerOff | Self::PrePowerCommand | Self::PreOsCommand => false,
        }
    }

    /// What it runs; nothing where the device's command is none, which is told when it runs.
    pub(in crate::actions) fn commands(self, device: &Device) -> Vec<Vec<String>> {
        let parts = self.parts().iter();
        parts
            .flat_map(|part| commands(&device.config.rendered, part.word()).unwrap_or_default())
            .collect()
    }

    /// What runs, in order.
    fn parts(self) -> &'static [Self] {
        match self {
            Self::PowerOn => &[Self::PrePowerCommand, Self::PowerOn],
            Self::HardReset => &[Self::HardReset],
            Self::PowerOff => &[Self::PowerOff],
            Self::PrePowerCommand => &[Self::PrePowerCommand],
            Self::PreOsCommand => &[Self::PreOsCommand],
            Self::RecoveryMode => &[Self::RecoveryMode],
            Self::RecoveryExit => &[Self::RecoveryExit],
        }
    }
}

/// The commands under a key of the device's `commands`; empty when it has none.
///
/// # Errors
/// Configuration: what is there is no command.
pub(in crate::actions) fn commands(
    device: &Value,
    name: &str,
) -> Result<Vec<Vec<String>>, Failure> {
    match entry(entry(Some(device), "commands"), name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Str(empty)) if empty.is_empty() => Ok(Vec::new()),
        Some(value) => lines(value, &format!("commands.{name}")),
    }
}

/// The value under a key of a mapping.
pub(in crate::actions) fn entry<'a>(value: Option<&'a Value>, key: &str) -> Option<&'a Value> {
    match value {
        Some(Value::Map(map)) => map.get(key),
        _ => None,
    }
}

/// A command line, or a list of them, as a device has it at `path`.
///
/// # Errors
/// Configuration: it is neither, or a line cannot be split into words.
pub(in crate::actions) fn lines(value: &Value, path: &str) -> Result<Vec<Vec<String>>, Failure> {
    let wrong = |why: String| {
        Failure::new(
            Class::Configuration,
            format!("the device's `{path}`: {why}"),
        )
    };
    let line = |value: &Value| match value {
        Value::Str(line) => split(line).map_err(|e| wrong(format!("`{line}` cannot be run: {e}"))),
        _ => Err(wrong(
            "it must be a command as text, or a list of them".to_owned(),
        )),
    };
    match value {
        Value::Seq(list) => list.iter().map(line).collect(),
        one => Ok(vec![line(one)?]),
    }
}

/// Runs a power command, as a failure of this class when it fails.
pub(in crate::actions) async fn run(
    power: Power,
    class: Class,
    node: &NodeRun,
) -> Result<(), Failure> {
    for part in power.parts() {
        let device = &node.plan.spec.device;
        let argvs = commands(&device.config.rendered, part.word())?;
        if argvs.is_empty() && part.is_needed() {
            let message = format!(
                "device {} has no `commands: {}`, which this step needs",
                device.name,
                part.word()
            );
            return Err(Failure::new(class, message));
        }
        if argvs.is_empty() && *part == power {
            let message = format!(
                "the device has no `commands: {}`; nothing to do",
                part.word()
            );
            node.note(NoteLevel::Info, message);
        }
        for argv in argvs {
            host::call(&argv, class, node).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(commands: &[(&str, Value)]) -> Value {
        let commands = commands.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        Value::Map([("commands".to_owned(), Value::Map(commands.collect()))].into())
    }

    fn text(text: &str) -> Value {
        Value::Str(text.to_owned())
    }

    #[test]
    fn a_text_and_a_list_of_texts_are_commands() {
        let device = device(&[
            ("hard_reset", text("pdu 'port 1' reboot")),
            (
                "power_off",
                Value::Seq(vec![text("pdu off"), text("sleep 10")]),
            ),
            ("power_on", text("")),
            ("pre_os_command", Value::Int(3)),
        ]);
        let of = |name| commands(&device, name);
        assert_eq!(of("hard_reset").unwrap(), [["pdu", "port 1", "reboot"]]);
        assert_eq!(of("power_off").unwrap(), [["pdu", "off"], ["sleep", "10"]]);
        assert!(of("power_on").unwrap().is_empty());
        assert!(of("recovery_mode").unwrap().is_empty());
        let failure = of("pre_os_command").unwrap_err();
        assert_eq!(failure.class, Class::Configuration);
        assert!(failure.message.contains("commands.pre_os_command"));
    }

    #[test]
    fn words_are_those_that_devices_use() {
        for power in Power::ALL {
            let read: Power = serde_yaml::from_str(power.word()).unwrap();
            assert_eq!(read, power);
        }
    }
}
