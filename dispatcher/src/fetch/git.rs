//! Cloning with the `git` command: mirrors, credentials, submodules and LFS then work as they do for the user.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::Checkout;
use crate::console::printable;
use crate::failure::{Class, Failure};

/// What to clone.
#[derive(Debug, Clone)]
pub struct Clone {
    /// URL or path.
    pub url: String,
    /// Branch.
    pub branch: Option<String>,
    /// Commit or tag; with it the clone is not shallow.
    pub revision: Option<String>,
    /// Without history, when there is no revision.
    pub shallow: bool,
    /// Keep `.git`.
    pub history: bool,
    /// With submodules.
    pub recursive: bool,
}

impl Clone {
    /// For messages; `written` is the URL as the job has it, without secrets.
    #[must_use]
    pub fn words(&self, written: &str) -> String {
        let mut words = written.to_owned();
        if let Some(branch) = &self.branch {
            words.push_str(&format!(" branch {branch}"));
        }
        if let Some(revision) = &self.revision {
            words.push_str(&format!(" revision {revision}"));
        }
        words
    }
}

/// Clones into `folder`.
///
/// # Errors
/// Infrastructure, with what git said.
pub async fn clone(what: &Clone, folder: &Path) -> Result<Checkout, Failure> {
    let mut command = git();
    command.arg("clone").arg("--quiet");
    if what.shallow && what.revision.is_none() {
        // git ignores --depth for plain paths and warns; a file:// URL is what it wants.
        if !Path::new(&what.url).is_absolute() {
            command.args(["--depth", "1"]);
        }
    }
    if let Some(branch) = &what.branch {
        command.args(["--branch", branch]);
    }
    if what.recursive {
        command.arg("--recurse-submodules");
    }
    command.arg("--").arg(&what.url).arg(folder);
    run(command).await?;
    if let Some(revision) = &what.revision {
        let mut command = git();
        command
            .arg("-C")
            .arg(folder)
            .args(["checkout", "--quiet", "--detach", revision]);
        run(command).await?;
        if what.recursive {
            let mut command = git();
            command.arg("-C").arg(folder).args([
                "submodule",
                "update",
                "--quiet",
                "--init",
                "--recursive",
            ]);
            run(command).await?;
        }
    }
    let mut command = git();
    command.arg("-C").arg(folder).args(["rev-parse", "HEAD"]);
    let commit = run(command).await?.trim().to_owned();
    if !what.history {
        tokio::fs::remove_dir_all(folder.join(".git"))
            .await
            .map_err(|e| Failure::new(Class::Infrastructure, format!("cannot remove .git: {e}")))?;
    }
    Ok(Checkout {
        folder: folder.to_owned(),
        commit: Some(commit),
    })
}

fn git() -> Command {
    let mut command = Command::new("git");
    // A question on the terminal would hang the run: what needs an answer fails and says so.
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env(
            "GIT_SSH_COMMAND",
            std::env::var("GIT_SSH_COMMAND").unwrap_or("ssh -o BatchMode=yes".to_owned()),
        )
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> Result<String, Failure> {
    let failed = |reason: String| {
        Failure::new(
            Class::Infrastructure,
            "git could not get a test definition; its words are below",
        )
        .with_text(reason)
    };
    let output = command
        .output()
        .await
        .map_err(|e| failed(format!("git cannot be started: {e}; install git")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(printable(&output.stderr, 2000)))
}
