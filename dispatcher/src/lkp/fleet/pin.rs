//! The pin: which lkp-tests the fleet runs. A small file in the state folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{Class, Failure};

/// What `dispatch lkp init` has pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Where it was fetched from: a git URL, a path, a tar. `$NAME`s are as the user wrote them.
    pub source: String,
    /// The branch, tag or commit that was asked for.
    #[serde(default)]
    pub revision: Option<String>,
    /// The commit that it was, for git.
    #[serde(default)]
    pub commit: Option<String>,
    /// SHA-256 of the tree's paths and contents; the name of its folder.
    pub digest: String,
    /// When it was fetched.
    pub fetched: Timestamp,
}

impl Pin {
    /// What is pinned; none when nothing is.
    ///
    /// # Errors
    /// Configuration: the file cannot be read, or is not one that we wrote.
    pub fn load(state: &Path) -> Result<Option<Self>, Failure> {
        let path = path(state);
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|e| unusable(&path, &e.to_string()))?,
        };
        let pin: Self = serde_yaml::from_str(&text).map_err(|e| unusable(&path, &e.to_string()))?;
        let is_digest = pin.digest.len() == 64 && pin.digest.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_digest {
            return Err(unusable(&path, "`digest` is not a SHA-256"));
        }
        Ok(Some(pin))
    }

    /// Moves the pin here. Whoever reads it at the same time sees the old one or this one.
    ///
    /// # Errors
    /// Configuration: the state folder cannot be written.
    pub fn save(&self, state: &Path) -> Result<(), Failure> {
        let path = path(state);
        let text = serde_yaml::to_string(self).map_err(|e| unusable(&path, &e.to_string()))?;
        let written = || {
            fs::create_dir_all(folder(state))?;
            let mut draft = tempfile::NamedTempFile::new_in(folder(state))?;
            draft.write_all(text.as_bytes())?;
            draft.persist(&path).map_err(|e| e.error)
        };
        let written: std::io::Result<fs::File> = written();
        written.map_err(|e| unusable(&path, &e.to_string()))?;
        Ok(())
    }

    /// The folder of the tree.
    #[must_use]
    pub fn tree(&self, state: &Path) -> PathBuf {
        trees(state).join(&self.digest)
    }

    /// Whether LKP's own programs are in Ruby, so that it needs Ruby where it runs.
    #[must_use]
    pub fn is_ruby(&self, state: &Path) -> bool {
        // Upstream's `bin/lkp` is a shell script that starts the others.
        ["bin/lkp", "sbin/split-job"].iter().any(|program| {
            let text = fs::read(self.tree(state).join(program)).unwrap_or_default();
            let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
            String::from_utf8_lossy(first).contains("ruby")
        })
    }

    /// The commit, or the beginning of the digest where there is none: for people.
    #[must_use]
    pub fn version(&self) -> String {
        match &self.commit {
            Some(commit) => format!("commit {}", commit.get(..12).unwrap_or(commit)),
            None => format!("digest {}", &self.digest[..12]),
        }
    }
}

/// What LKP has of the state folder.
pub(super) fn folder(state: &Path) -> PathBuf {
    state.join("lkp")
}

/// The folder of all trees.
pub(super) fn trees(state: &Path) -> PathBuf {
    folder(state).join("trees")
}

fn path(state: &Path) -> PathBuf {
    folder(state).join("source.yaml")
}

fn unusable(path: &Path, why: &str) -> Failure {
    Failure::new(
        Class::Configuration,
        format!(
            "cannot use {}: {why}; `dispatch lkp init` writes it anew",
            path.display()
        ),
    )
}
