//! Programs of this machine: whether they are there and run.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use job_schema::Severity;
use job_schema::yaml::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::{Answer, LIMIT, Trouble};
use crate::inventory::Device;

/// The file that a shell would run for a word; `None` where there is none.
pub(super) fn find(word: &str) -> Option<PathBuf> {
    let runs = |path: &Path| {
        path.metadata()
            .is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    };
    if word.contains('/') {
        return Some(PathBuf::from(word)).filter(|path| runs(path));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(word))
        .find(|path| runs(path))
}

/// A program that is not there.
pub(super) fn missing(word: &str, path: &str) -> Trouble {
    let message = match Path::new(word).exists() && word.contains('/') {
        true => format!("`{word}` may not be executed"),
        false if word.contains('/') => format!("there is no program {word}"),
        false => format!("there is no program `{word}` on PATH"),
    };
    let help = "install it on this machine, or write its whole path";
    Trouble::new("D041", Severity::Error, path, message).help(help)
}

/// Those that start the machines of a device: emulators and container engines.
pub(super) async fn of_methods(device: &Device) -> Vec<Answer> {
    let boot = |rest: &[&str]| {
        device
            .config
            .at(&[&["actions", "boot", "methods"], rest].concat())
    };
    let mut programs = Vec::new();
    if device.config.boot_methods.contains("docker") {
        programs.push(("docker".to_owned(), "actions.boot.methods.docker"));
    }
    for (method, path) in [
        ("qemu", "actions.boot.methods.qemu"),
        ("qemu-nfs", "actions.boot.methods.qemu-nfs"),
    ] {
        if let Some(Value::Str(command)) = boot(&[method, "parameters", "command"]) {
            let word = command.split_whitespace().next().unwrap_or(command);
            programs.push((word.to_owned(), path));
        }
    }
    let mut answers = Vec::new();
    for (word, path) in programs {
        answers.push(version(&word, path).await);
    }
    answers
}

async fn version(word: &str, path: &str) -> Answer {
    let program = find(word).ok_or_else(|| missing(word, path))?;
    let trouble = |message: String| Trouble::new("D041", Severity::Error, path, message);
    let mut command = Command::new(&program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    match timeout(LIMIT, command.status()).await {
        Ok(Ok(status)) if status.success() => Ok(word.to_owned()),
        Ok(Ok(status)) => Err(trouble(format!("`{word} --version` failed: {status}"))),
        Ok(Err(e)) => Err(trouble(format!("cannot start `{word}`: {e}"))),
        Err(_) => Err(trouble(format!("`{word} --version` does not end"))),
    }
}
