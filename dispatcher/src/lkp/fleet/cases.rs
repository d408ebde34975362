//! Pushed cases: the user's own, kept beside the trees and laid over them by every later run.
//!
//! In: files and folders. Out: a folder per case in the state folder. A run takes the folders of its nodes.

mod draft;

pub use draft::Draft;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::{names, pin};
use crate::failure::{Class, Failure};

/// The test definition that proves that a node has got a case.
const TAKE: &str = "take.yaml";

/// A case that is kept.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// Its name: `--remove` and `lkp run` call it by this.
    pub name: String,
    /// Whom it is for.
    pub nodes: Nodes,
    folder: PathBuf,
}

/// Whom a case is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodes {
    /// The lab's folder; none for the embedded lab. Of no meaning when it is for all.
    #[serde(default)]
    pub lab: Option<PathBuf>,
    /// Names of devices; none: all nodes of all labs.
    #[serde(default)]
    pub only: Option<Vec<String>>,
}

impl Nodes {
    /// Whether a device of a lab is among them.
    #[must_use]
    pub fn include(&self, lab: Option<&Path>, device: &str) -> bool {
        match &self.only {
            None => true,
            Some(only) => self.lab.as_deref() == lab && only.iter().any(|name| name == device),
        }
    }

    /// `all`, or their names.
    #[must_use]
    pub fn words(&self) -> String {
        self.only
            .as_ref()
            .map_or_else(|| "all".to_owned(), |only| only.join(", "))
    }
}

impl Pushed {
    /// The folder with LKP's layout, to be laid over a tree.
    #[must_use]
    pub fn layer(&self) -> PathBuf {
        self.folder.join("layer")
    }

    /// The folder that has the test definition [`Pushed::proof`].
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the test definition that compares what a node has got with what was pushed.
    #[must_use]
    pub fn proof(&self) -> &'static str {
        TAKE
    }

    /// Whether it brings this case, as `lkp run` names it.
    #[must_use]
    pub fn has(&self, case: &str) -> bool {
        let case = case.strip_suffix(".yaml").unwrap_or(case);
        let jobs = self.layer().join("jobs");
        names::case(case).is_ok()
            && (jobs.join(format!("{case}.yaml")).is_file()
                || jobs.join(case).join(format!("{case}.yaml")).is_file())
    }
}

/// All cases that are kept, by name.
///
/// # Errors
/// Configuration: one cannot be read.
pub fn list(state: &Path) -> Result<Vec<Pushed>, Failure> {
    let cases = folder_of(state);
    let mut all = Vec::new();
    for entry in fs::read_dir(&cases).into_iter().flatten().flatten() {
        let Some(case) = entry
            .file_name()
            .to_str()
            .filter(|n| names::pushed(n).is_ok())
            .map(ToOwned::to_owned)
        else {
            continue;
        };
        if !entry.path().is_dir() {
            continue;
        }
        let file = entry.path().join("nodes.yaml");
        let nodes = fs::read_to_string(&file).map_err(|e| e.to_string());
        let nodes = nodes.and_then(|text| serde_yaml::from_str(&text).map_err(|e| e.to_string()));
        let nodes = nodes.map_err(|e| {
            Failure::new(
                Class::Configuration,
                format!(
                    "cannot read {}: {e}; `dispatch lkp push --remove {case}` forgets the case",
                    file.display()
                ),
            )
        })?;
        all.push(Pushed {
            name: case,
            nodes,
            folder: entry.path(),
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// Forgets a case.
///
/// # Errors
/// Job: there is none of that name. Configuration: it cannot be removed.
pub fn remove(state: &Path, case: &str) -> Result<(), Failure> {
    let case = names::pushed(case.strip_suffix(".yaml").unwrap_or(case))?;
    let cases = folder_of(state);
    if !cases.join(case).is_dir() {
        return Err(Failure::new(
            Class::Job,
            format!(
                "no case `{case}` has been pushed; `dispatch lkp push --list` shows those there are"
            ),
        ));
    }
    let gone = lock(&cases).and_then(|_lock| {
        let away = tempfile::Builder::new()
            .prefix(".old-")
            .tempdir_in(&cases)?;
        fs::rename(cases.join(case), away.path().join(case))
    });
    gone.map_err(|e| {
        Failure::new(
            Class::Configuration,
            format!("cannot remove the case {case}: {e}"),
        )
    })
}

fn folder_of(state: &Path) -> PathBuf {
    pin::folder(state).join("cases")
}

/// Held while cases are changed; let go when dropped.
fn lock(cases: &Path) -> io::Result<fs::File> {
    let lock = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(cases.join(".lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    Ok(lock)
}

#[cfg(test)]
mod tests;
