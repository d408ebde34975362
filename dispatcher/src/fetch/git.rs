//! Cloning with the `git` command: mirrors, credentials, submodules and LFS then work as they do for the user.
//!
//! Command lines can be seen by everybody on the machine, and `.git/config` travels to the nodes. So where values were put
//! into a URL, git is given the URL as written, and the environment of git has the rest: `url.<real>.insteadOf`, and for
//! HTTP a credential helper, because git passes the real URL on to `git remote-https` on the command line. A secret in
//! the path of a URL can still be seen there while git runs.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::Checkout;
use super::location::{Location, UserInfo};
use crate::console::printable;
use crate::failure::{Class, Failure};

/// What to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clone {
    /// URL or path.
    pub url: Location,
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
    /// For messages.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = self.url.written().to_owned();
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
    let git = Git::new(what);
    let mut command = git.command();
    command.arg("clone").arg("--quiet");
    if what.shallow && what.revision.is_none() {
        // git ignores --depth for plain paths and warns; a file:// URL is what it wants.
        if !Path::new(what.url.real()).is_absolute() {
            command.args(["--depth", "1"]);
        }
    }
    if let Some(branch) = &what.branch {
        command.args(["--branch", branch]);
    }
    if what.recursive {
        command.arg("--recurse-submodules");
    }
    command.arg("--").arg(&git.argument).arg(folder);
    git.run(command).await?;
    if let Some(revision) = &what.revision {
        let mut command = git.command();
        command
            .arg("-C")
            .arg(folder)
            .args(["checkout", "--quiet", "--detach", revision]);
        git.run(command).await?;
        if what.recursive {
            let mut command = git.command();
            command.arg("-C").arg(folder).args([
                "submodule",
                "update",
                "--quiet",
                "--init",
                "--recursive",
            ]);
            git.run(command).await?;
        }
    }
    let mut command = git.command();
    command.arg("-C").arg(folder).args(["rev-parse", "HEAD"]);
    let commit = git.run(command).await?.trim().to_owned();
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

/// What stands before a location as written that git would not take for a URL. No such transport exists.
const PLACEHOLDER: &str = "dispatch://written/";

/// Answers git's question for a user and a password from its environment.
const HELPER: &str = r#"!f() { test "$1" != get || printf 'username=%s\npassword=%s\n' "$DISPATCH_GIT_USER" "$DISPATCH_GIT_PASSWORD"; }; f"#;

/// How git is called for one clone.
struct Git<'a> {
    what: &'a Clone,
    /// What git is told to clone.
    argument: String,
    environment: Vec<(String, String)>,
}

impl<'a> Git<'a> {
    fn new(what: &'a Clone) -> Self {
        let url = &what.url;
        let mut git = Self {
            what,
            argument: url.written().to_owned(),
            environment: Vec::new(),
        };
        if !url.has_values() {
            return git;
        }
        let (written, real) = url.heads();
        let mut config = Vec::new();
        let mut real = real.to_owned();
        if let Some(user) = UserInfo::of(&real).filter(|u| u.scheme.starts_with("http")) {
            let host = user.after.split('/').next().unwrap_or_default();
            let section = format!("credential.{}{host}", user.scheme);
            match user.password() {
                Some(password) => {
                    // The empty one takes away the user's own helpers, which would be asked first.
                    config.push((format!("{section}.helper"), String::new()));
                    config.push((format!("{section}.helper"), HELPER.to_owned()));
                    git.environment.extend([
                        ("DISPATCH_GIT_USER".to_owned(), user.user()),
                        ("DISPATCH_GIT_PASSWORD".to_owned(), password),
                    ]);
                }
                None => config.push((format!("{section}.username"), user.user())),
            }
            real = format!("{}{}", user.scheme, user.after);
        }
        let mut written = written.to_owned();
        if !url.written().contains(':') {
            git.argument.insert_str(0, PLACEHOLDER);
            written.insert_str(0, PLACEHOLDER);
        }
        // Submodules may be relative to it (`../other`): then what is in front of the last `/` matters.
        if written == git.argument
            && let (Some((written, _)), Some((real, _))) =
                (written.rsplit_once('/'), real.rsplit_once('/'))
        {
            config.push((format!("url.{real}/.insteadOf"), format!("{written}/")));
        }
        config.push((format!("url.{real}.insteadOf"), written));
        git.configure(config);
        git
    }

    /// Adds settings to those that the user's environment may already have.
    fn configure(&mut self, settings: Vec<(String, String)>) {
        let mut count = std::env::var("GIT_CONFIG_COUNT")
            .ok()
            .and_then(|count| count.parse::<usize>().ok())
            .unwrap_or(0);
        for (key, value) in settings {
            self.environment
                .push((format!("GIT_CONFIG_KEY_{count}"), key));
            self.environment
                .push((format!("GIT_CONFIG_VALUE_{count}"), value));
            count += 1;
        }
        self.environment
            .push(("GIT_CONFIG_COUNT".to_owned(), count.to_string()));
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        // A question on the terminal would hang the run: what needs an answer fails and says so.
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env(
                "GIT_SSH_COMMAND",
                std::env::var("GIT_SSH_COMMAND").unwrap_or("ssh -o BatchMode=yes".to_owned()),
            )
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, mut command: Command) -> Result<String, Failure> {
        let failed = |reason: String| {
            Failure::new(
                Class::Infrastructure,
                format!(
                    "git could not get {}; its words are below",
                    self.what.words()
                ),
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
        let said = String::from_utf8_lossy(&output.stderr);
        let said = self.what.url.mask(&said);
        Err(failed(printable(said.as_bytes(), 2000)))
    }
}

#[cfg(test)]
pub(super) mod tests;
