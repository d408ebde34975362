//! Commands of the lab: whether their programs are there. Only `power_status` is run.

use std::process::Stdio;

use job_schema::Severity;
use job_schema::yaml::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Answer, LIMIT, Trouble, program};
use crate::inventory::Device;

/// Run on this machine by steps; `soft_reboot` is typed on the device.
const ON_THIS_MACHINE: [&str; 7] = [
    "hard_reset",
    "power_on",
    "power_off",
    "pre_power_command",
    "pre_os_command",
    "recovery_mode",
    "recovery_exit",
];
/// Words that a shell knows by itself.
const BUILTINS: &[&str] = &[
    "!", "(", ".", ":", "[", "[[", "cd", "command", "echo", "eval", "exec", "exit", "export",
    "false", "for", "if", "printf", "set", "test", "true", "ulimit", "umask", "unset", "until",
    "wait", "while", "{",
];

/// Looks for the programs of a device's commands, and asks for the state of its power.
pub(super) async fn all(device: &Device) -> Vec<Answer> {
    let mut answers = Vec::new();
    for name in ON_THIS_MACHINE {
        let path = format!("commands.{name}");
        for command in commands(device, name) {
            answers.extend(program_of(command, &path));
        }
    }
    for command in commands(device, "power_status") {
        answers.push(status(command).await);
    }
    answers
}

fn commands<'d>(device: &'d Device, name: &str) -> Vec<&'d str> {
    let all = match device.config.at(&["commands", name]) {
        Some(Value::Seq(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = all.iter().filter_map(|value| match value {
        Value::Str(command) => Some(command.as_str()),
        _ => None,
    });
    texts.filter(|command| !command.trim().is_empty()).collect()
}

/// `None`: which program it is cannot be told.
fn program_of(command: &str, path: &str) -> Option<Answer> {
    let words = shlex::split(command)?;
    let sets = |word: &&String| word.contains('=') && !word.starts_with('/');
    let word = words.iter().find(|word| !sets(word))?;
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-+/".contains(c));
    if !plain || BUILTINS.contains(&word.as_str()) {
        return None;
    }
    Some(match program::find(word) {
        Some(_) => Ok(word.clone()),
        None => Err(program::missing(word, path)),
    })
}

async fn status(command: &str) -> Answer {
    let trouble = |message: String| {
        Trouble::new("D043", Severity::Warning, "commands.power_status", message)
            .help("run it by hand; it ends with 0 when the power can be asked")
    };
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    match timeout(LIMIT, shell.status()).await {
        Ok(Ok(status)) if status.success() => Ok("power_status".to_owned()),
        Ok(Ok(status)) => Err(trouble(format!("`power_status` failed: {status}"))),
        Ok(Err(e)) => Err(trouble(format!("cannot start `power_status`: {e}"))),
        Err(_) => Err(trouble(format!(
            "`power_status` does not end within {} seconds",
            LIMIT.as_secs()
        ))),
    }
}
