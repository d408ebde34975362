//! Commands of the lab: whether their programs are there. Only `power_status` is run.
//!
//! They are read as the steps that run them do: words, and no shell.

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Answer, Trouble, program};
use crate::actions::tool::power::Power;
use crate::actions::tool::program::{Programs, find};
use crate::actions::tool::split::split;
use crate::inventory::Device;

/// Looks for the programs of a device's commands, and asks for the state of its power.
pub(super) async fn all(device: &Device, programs: &Programs) -> Vec<Answer> {
    let mut answers: Vec<Answer> = looked_for(device)
        .into_iter()
        .filter_map(|(path, line)| program_of(line, &path))
        .collect();
    for line in lines(device.config.at(&["commands", "power_status"])) {
        answers.push(status(line, programs).await);
    }
    answers
}

/// What steps may run on this machine, with where it is; `soft_reboot` is typed on the device.
fn looked_for(device: &Device) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut add = |keys: &[&str]| {
        let all = lines(device.config.at(keys));
        found.extend(all.into_iter().map(|line| (keys.join("."), line)));
    };
    for power in Power::ALL {
        add(&["commands", power.word()]);
    }
    if let Some(Value::Map(users)) = device.config.at(&["commands", "users"]) {
        for name in users.keys() {
            add(&["commands", "users", name, "do"]);
            add(&["commands", "users", name, "undo"]);
        }
    }
    found
}

/// A command, or a list of them; what is neither is told by the check of the files.
fn lines(value: Option<&Value>) -> Vec<&str> {
    let all = match value {
        Some(Value::Seq(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = all.iter().filter_map(|value| match value {
        Value::Str(line) => Some(line.as_str()),
        _ => None,
    });
    texts.filter(|line| !line.trim().is_empty()).collect()
}

/// `None`: it cannot be split into words, which the check of the files tells.
fn program_of(line: &str, path: &str) -> Option<Answer> {
    let words = split(line).ok()?;
    let word = words.first()?;
    Some(match find(word) {
        Some(_) => Ok(word.clone()),
        None => Err(program::missing(word, path)),
    })
}

/// Only the name of the program is told: its arguments may be secret.
async fn status(line: &str, programs: &Programs) -> Answer {
    const PATH: &str = "commands.power_status";
    let trouble = |why: String| {
        Trouble::new(
            "D043",
            Severity::Warning,
            PATH,
            format!("`power_status` {why}"),
        )
        .help("run it by hand; it ends with 0 when the power can be asked")
    };
    let words = split(line).map_err(|e| trouble(format!("cannot be run: {e}")))?;
    match program::run(&words, programs).await {
        Ok(status) if status.success() => Ok(format!("power_status by {}", words[0])),
        Ok(status) => Err(trouble(format!("failed: {status}"))),
        Err(why) => Err(trouble(why)),
    }
}
