//! Programs of this machine: whether they are there and run.

use std::path::Path;
use std::process::ExitStatus;

use job_schema::Severity;
use job_schema::yaml::Value;
use tokio::time::timeout;

use super::{Answer, LIMIT, Trouble};
use crate::actions::tool::program::{Programs, find};
use crate::inventory::Device;

/// A program that is not there.
pub(super) fn missing(word: &str, path: &str) -> Trouble {
    let trouble = |message: String| Trouble::new("D041", Severity::Error, path, message);
    // What is behind the sign may be a password.
    if let Some((name, _)) = word.split_once('=') {
        return trouble(format!(
            "the command begins with the variable `{name}`, and no shell sets it"
        ))
        .help(format!("write `env {name}=… PROGRAM`"));
    }
    let message = match Path::new(word).exists() && word.contains('/') {
        true => format!("`{word}` may not be executed"),
        false if word.contains('/') => format!("there is no program {word}"),
        false => format!("there is no program `{word}` on PATH"),
    };
    trouble(message).help("install it on this machine, or write its whole path; no shell reads it")
}

/// Those that start the machines of a device: emulators and container engines.
pub(super) async fn of_methods(device: &Device, programs: &Programs) -> Vec<Answer> {
    let methods = ["actions", "boot", "methods"];
    let mut wanted = Vec::new();
    if device.config.boot_methods.contains("docker") {
        wanted.push((
            "docker".to_owned(),
            "actions.boot.methods.docker".to_owned(),
        ));
    }
    for method in ["qemu", "qemu-nfs"] {
        let path = [&methods[..], &[method, "parameters", "command"]].concat();
        if let Some(Value::Str(command)) = device.config.at(&path) {
            let word = command.split_whitespace().next().unwrap_or(command);
            wanted.push((
                word.to_owned(),
                [&methods[..], &[method]].concat().join("."),
            ));
        }
    }
    let mut answers = Vec::new();
    for (word, path) in wanted {
        answers.push(version(word, &path, programs).await);
    }
    answers
}

/// A script in the place of an emulator may not know `--version`, and start the machine: it is only looked for.
fn knows_version(program: &Path) -> bool {
    let name = program.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name == "docker" || name.starts_with("qemu-system-"))
}

async fn version(word: String, path: &str, programs: &Programs) -> Answer {
    let program = find(&word).ok_or_else(|| missing(&word, path))?;
    if !knows_version(&program) {
        return Ok(word);
    }
    let trouble = |why: String| {
        let message = format!("`{word} --version` {why}");
        Trouble::new("D041", Severity::Error, path, message)
    };
    let words = [program.display().to_string(), "--version".to_owned()];
    match run(&words, programs).await {
        Ok(status) if status.success() => Ok(word),
        Ok(status) => Err(trouble(format!("failed: {status}"))),
        Err(why) => Err(trouble(why)),
    }
}

/// Runs a program that changes nothing; one that does not end in time is ended with all that it has started.
///
/// # Errors
/// Why there is no status, in words that follow what was run.
pub(super) async fn run(words: &[String], programs: &Programs) -> Result<ExitStatus, String> {
    let ran = timeout(LIMIT, programs.run(words, &[], |_| {})).await;
    match ran {
        Ok(status) => status.map_err(|e| format!("cannot be started: {e}")),
        Err(_) => {
            programs.ended().await;
            Err(format!("does not end within {} seconds", LIMIT.as_secs()))
        }
    }
}
