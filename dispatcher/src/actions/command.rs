//! `command:`: a command of the device, run on the dispatcher's machine.
//!
//! Built in are the names of LAVA (`hard_reset`, `power_on`, …); others are the device's own, under `commands: users`. What
//! `undo` says runs when the job is over, if `do` was begun.

use job_schema::command::Command;
use job_schema::yaml::Value;

use super::tool::host;
use super::tool::power::{self, Power, entry, lines};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::NoteLevel;
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;

/// What a block's one step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Name of the command.
    name: String,
    /// Programs with their arguments, in order.
    run: Vec<Vec<String>>,
    /// The same, for the end of the job.
    undo: Vec<Vec<String>>,
}

/// `user-command`. A device that has no such command makes it a step that cannot be run.
///
/// # Errors
/// Configuration: what the device has under that name is no command.
pub fn plan(command: &Command, context: &Context<'_>) -> Result<Draft, Failure> {
    let device = &context.spec.device;
    let kind = match find(&command.name, &device.config.rendered)? {
        Ok(step) => StepKind::Command(step),
        Err(why) => {
            let line = command.name.span.line;
            let why = format!("line {line}: device {} {why}", device.name);
            StepKind::NotRunnable(why.into())
        }
    };
    Ok(Draft::new("user-command", kind).blames(Class::Infrastructure))
}

/// The command of this name; the inner error says why there is none.
fn find(name: &str, device: &Value) -> Result<Result<Step, String>, Failure> {
    let step = |run, undo| Step {
        name: name.to_owned(),
        run,
        undo,
    };
    if Power::ALL.iter().any(|power| power.word() == name) {
        let run = power::commands(device, name)?;
        return Ok(match run.is_empty() {
            true => Err(unknown(name, device)),
            false => Ok(step(run, Vec::new())),
        });
    }
    match name {
        // LAVA writes it as one command in a list of words.
        "usbg_ms_commands_disable" => {
            let path = ["actions", "deploy", "methods", "usbg-ms", "disable"];
            let disable = path.iter().try_fold(device, |at, key| entry(Some(at), key));
            Ok(match disable {
                None | Some(Value::Null) => Err(unknown(name, device)),
                Some(Value::Seq(list)) => {
                    let words = list.iter().map(|word| match word {
                        Value::Str(word) => Ok(word.as_str()),
                        _ => Err(Failure::new(
                            Class::Configuration,
                            format!("the device's `{}` must be texts", path.join(".")),
                        )),
                    });
                    let line = words.collect::<Result<Vec<_>, _>>()?.join(" ");
                    let run = lines(&Value::Str(line), &path.join("."))?;
                    Ok(step(run, Vec::new()))
                }
                Some(line) => Ok(step(lines(line, &path.join("."))?, Vec::new())),
            })
        }
        "stop_test_services" => Ok(Err(
            "has no test services: this version of dispatch cannot run `test: services` yet"
                .to_owned(),
        )),
        _ => {
            let Some(own) = entry(entry(entry(Some(device), "commands"), "users"), name) else {
                return Ok(Err(unknown(name, device)));
            };
            let part = |key: &str| match entry(Some(own), key) {
                None | Some(Value::Null) => Ok(Vec::new()),
                Some(value) => lines(value, &format!("commands.users.{name}.{key}")),
            };
            let run = part("do")?;
            if run.is_empty() {
                let message = format!("the device's `commands.users.{name}` has no `do`");
                return Err(Failure::new(Class::Configuration, message));
            }
            Ok(Ok(step(run, part("undo")?)))
        }
    }
}

/// Names what there is instead.
fn unknown(name: &str, device: &Value) -> String {
    let commands = entry(Some(device), "commands");
    let built_in = Power::ALL.iter().map(|power| power.word());
    let mut there: Vec<&str> = built_in
        .filter(|word| power::commands(device, word).is_ok_and(|argvs| !argvs.is_empty()))
        .collect();
    if let Some(Value::Map(users)) = entry(commands, "users") {
        there.extend(users.keys().map(String::as_str));
    }
    let there = match there[..] {
        [] => "it has none".to_owned(),
        _ => format!("it has: {}", there.join(", ")),
    };
    format!("has no command {}; {there}", crate::text::name(name))
}

/// Runs a step.
pub(super) async fn run(
    what: &Step,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    // Before the first word of it: a `do` that stops half-way is undone too.
    if !what.undo.is_empty() {
        node.state.undo.push(what.clone());
    }
    for argv in &what.run {
        host::call(argv, step.class, node).await?;
    }
    Ok(())
}

impl Step {
    /// What it runs, now and at the end.
    pub(super) fn commands(&self) -> impl Iterator<Item = &Vec<String>> {
        self.run.iter().chain(&self.undo)
    }

    /// Name of the command.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Undoes what a command did.
pub(crate) async fn undo(step: &Step, node: &NodeRun) {
    node.note(NoteLevel::Info, format!("undoing command {}", step.name));
    for argv in &step.undo {
        if let Err(failure) = host::call(argv, Class::Infrastructure, node).await {
            let message = format!("command {} is not undone: {failure}", step.name);
            node.note(NoteLevel::Warning, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> Value {
        let text = "
commands:
  hard_reset: pdu reboot
  power_on: ''
  users:
    to_usb: {do: [relay 1 on, sleep 1], undo: relay 1 off}
    broken: {undo: relay 1 off}
    odd: {do: {a: b}}
actions: {deploy: {methods: {usbg-ms: {disable: [ssh, pi, 'gadget off']}}}}
";
        job_schema::yaml::load(text).unwrap().root.to_value()
    }

    #[test]
    fn commands_are_found_by_name() {
        let device = device();
        let found = |name: &str| find(name, &device).unwrap().unwrap();
        assert_eq!(found("hard_reset").run, [["pdu", "reboot"]]);
        let to_usb = found("to_usb");
        assert_eq!(to_usb.run, [vec!["relay", "1", "on"], vec!["sleep", "1"]]);
        assert_eq!(to_usb.undo, [["relay", "1", "off"]]);
        assert_eq!(
            found("usbg_ms_commands_disable").run,
            [["ssh", "pi", "gadget", "off"]]
        );
    }

    #[test]
    fn unknown_names_are_told_with_those_there_are() {
        let device = device();
        let missing = |name: &str| find(name, &device).unwrap().unwrap_err();
        assert_eq!(
            missing("to_sd"),
            "has no command to_sd; it has: hard_reset, to_usb, broken, odd"
        );
        assert!(missing("power_on").starts_with("has no command power_on; "));
        assert!(missing("stop_test_services").contains("services"));
        let nothing = find("x", &Value::Null).unwrap().unwrap_err();
        assert_eq!(nothing, "has no command x; it has none");
    }

    #[test]
    fn what_is_no_command_is_the_labs_fault() {
        for name in ["broken", "odd"] {
            let failure = find(name, &device()).unwrap_err();
            assert_eq!(failure.class, Class::Configuration);
            assert!(failure.message.contains(name), "{failure}");
        }
    }
}
