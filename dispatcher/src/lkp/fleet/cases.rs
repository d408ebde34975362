//! Pushed cases: the user's own, kept beside the trees and laid over them by every later run.
//!
//! In: files and folders. Out: a folder per case in the state folder. A run takes the folders of its nodes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, RenameFlags, flock, renameat_with};
use serde::{Deserialize, Serialize};

use super::folder::{Item, Listing, file_digest};
use super::pin::{self, Pin};
use super::{names, read_case};
use crate::failure::{Class, Failure};
use crate::text::name;

/// A larger job was not written by a person.
const LARGEST: u64 = 1 << 20;

/// The test definition that proves that a node has got a case.
const TAKE: &str = "take.yaml";

/// A case that was looked at and can be kept.
#[derive(Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    from: PathBuf,
    /// Files below the layer; where each is now.
    files: Vec<(PathBuf, PathBuf)>,
}

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

impl Draft {
    /// Looks at a job's file, or at a folder with LKP's layout (`jobs/`, `programs/` …).
    ///
    /// # Errors
    /// Job: its name is refused, it is no job, or has files whose names are refused.
    pub fn read(state: &Path, path: &Path) -> Result<Self, Failure> {
        let shown = name(&path.display().to_string());
        let wrong =
            |why: String| Failure::new(Class::Job, format!("{shown}: {why}; nothing was pushed"));
        let about = fs::metadata(path).map_err(|e| wrong(e.to_string()))?;
        let last = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (case, files) = if about.is_dir() {
            (last, folder(path).map_err(wrong)?)
        } else if about.is_file() {
            let Some(stem) = last
                .strip_suffix(".yaml")
                .or_else(|| last.strip_suffix(".yml"))
            else {
                return Err(wrong(
                    "a case is a .yaml file, or a folder with LKP's layout (jobs/, programs/)"
                        .to_owned(),
                ));
            };
            let file = PathBuf::from(format!("jobs/{stem}.yaml"));
            (stem.to_owned(), vec![(file, path.to_owned())])
        } else {
            return Err(wrong("it is neither a file nor a folder".to_owned()));
        };
        names::pushed(&case)?;
        let tree = Pin::load(state)?.map(|pin| pin.tree(state));
        for (below, from) in &files {
            let is_job =
                below.starts_with("jobs") && below.extension().is_some_and(|e| e == "yaml");
            if !is_job {
                continue;
            }
            let about = fs::metadata(from).map_err(|e| wrong(e.to_string()))?;
            if about.len() > LARGEST {
                return Err(wrong(format!(
                    "{} is larger than {LARGEST} bytes",
                    below.display()
                )));
            }
            let text = fs::read_to_string(from).map_err(|e| wrong(e.to_string()))?;
            let own = |program: &Path| files.iter().any(|(file, _)| file.starts_with(program));
            let is_program = |key: &str| {
                // A key is the file's: only a plain name may become a path.
                names::pushed(key).is_ok_and(|key| {
                    let program = Path::new("programs").join(key);
                    own(&program)
                        || tree
                            .as_ref()
                            .is_some_and(|tree| tree.join(&program).is_dir())
                })
            };
            read_case::check(&text, &is_program).map_err(|why| {
                wrong(if files.len() == 1 {
                    why
                } else {
                    format!("{}: {why}", below.display())
                })
            })?;
        }
        Ok(Self {
            name: case,
            from: path.to_owned(),
            files,
        })
    }

    /// Keeps it; one with the same name is replaced.
    ///
    /// # Errors
    /// Configuration: the state folder cannot be written.
    pub fn keep(&self, state: &Path, nodes: &Nodes) -> Result<Pushed, Failure> {
        let cases = folder_of(state);
        let target = cases.join(&self.name);
        let kept = || -> io::Result<()> {
            fs::create_dir_all(&cases)?;
            let _lock = lock(&cases)?;
            let draft = tempfile::Builder::new()
                .prefix(".new-")
                .tempdir_in(&cases)?;
            let new = draft.path().join("case");
            let mut sums = String::new();
            for (below, from) in &self.files {
                let below = Path::new("layer").join(below);
                let to = new.join(&below);
                fs::create_dir_all(to.parent().unwrap_or(&new))?;
                fs::copy(from, &to)?;
                sums.push_str(&format!("{}  {}\n", file_digest(&to)?, below.display()));
            }
            fs::write(new.join("SHA256SUMS"), sums)?;
            fs::write(new.join(TAKE), take(&self.name))?;
            let nodes = serde_yaml::to_string(nodes).map_err(io::Error::other)?;
            fs::write(new.join("nodes.yaml"), nodes)?;
            // A run that begins now finds the old one or the new one, whole.
            match renameat_with(
                rustix::fs::CWD,
                &new,
                rustix::fs::CWD,
                &target,
                RenameFlags::EXCHANGE,
            ) {
                Err(rustix::io::Errno::NOENT) => fs::rename(&new, &target),
                result => Ok(result?),
            }
        };
        kept().map_err(|e| {
            Failure::new(
                Class::Configuration,
                format!(
                    "cannot keep {} in {}: {e}",
                    name(&self.from.display().to_string()),
                    cases.display()
                ),
            )
        })?;
        Ok(Pushed {
            name: self.name.clone(),
            nodes: nodes.clone(),
            folder: target,
        })
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

/// The files of a folder with LKP's layout.
fn folder(root: &Path) -> Result<Vec<(PathBuf, PathBuf)>, String> {
    let listing = Listing::of(root).map_err(|e| e.to_string())?;
    let mut files = Vec::new();
    for (path, item) in listing.items {
        let shown = path.to_string_lossy();
        names::case(&shown).map_err(|failure| failure.message)?;
        match item {
            Item::Folder => {}
            Item::File { .. } => files.push((path.clone(), root.join(&path))),
            Item::Link(_) => return Err(format!("{shown} is a link; put the file itself there")),
        }
    }
    let layout = |top: &str| files.iter().any(|(path, _)| path.starts_with(top));
    if layout("jobs") || layout("programs") {
        Ok(files)
    } else {
        Err("it has no jobs/ and no programs/; a folder of cases has LKP's layout".to_owned())
    }
}

/// The test definition that proves that a node has got a case. The name has passed [`names::pushed`].
fn take(case: &str) -> String {
    let step = format!("lava-test-case {case} --shell sha256sum -c SHA256SUMS");
    let definition = serde_json::json!({
        "metadata": {
            "format": "Lava-Test Test Definition 1.0",
            "name": format!("push {case}"),
            "description": "whether what was pushed came whole",
        },
        "run": {"steps": [step]},
    });
    crate::inventory::yaml_text::write(&crate::inventory::yaml_text::of_json(&definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_kept_replaced_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (state, file) = (folder.path().join("state"), folder.path().join("mine.yaml"));
        fs::write(&file, "suite: mine\n").unwrap();
        let nodes = Nodes {
            lab: None,
            only: Some(vec!["rack1".into()]),
        };
        Draft::read(&state, &file)
            .unwrap()
            .keep(&state, &nodes)
            .unwrap();
        fs::write(&file, "suite: mine\nn: 2\n").unwrap();
        let pushed = Draft::read(&state, &file)
            .unwrap()
            .keep(&state, &nodes)
            .unwrap();
        assert_eq!(
            fs::read_to_string(pushed.layer().join("jobs/mine.yaml")).unwrap(),
            "suite: mine\nn: 2\n"
        );
        let known = list(&state).unwrap();
        assert_eq!(known.len(), 1);
        assert!(known[0].has("mine") && known[0].has("mine.yaml") && !known[0].has("../mine"));
        assert!(known[0].nodes.include(None, "rack1"));
        assert!(
            !known[0].nodes.include(None, "rack2")
                && !known[0].nodes.include(Some(Path::new("/lab")), "rack1")
        );
        let left: Vec<_> = fs::read_dir(folder_of(&state))
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
            .collect();
        assert_eq!(left.len(), 2, "{left:?}");
        let text = fs::read_to_string(pushed.folder().join(pushed.proof())).unwrap();
        assert!(
            job_schema::parse_test_definition("take.yaml", &text)
                .findings
                .is_empty(),
            "{text}"
        );
        let checked = std::process::Command::new("sha256sum")
            .args(["-c", "SHA256SUMS"])
            .current_dir(pushed.folder())
            .output();
        assert!(checked.unwrap().status.success());
        remove(&state, "mine").unwrap();
        assert!(list(&state).unwrap().is_empty());
        assert!(
            remove(&state, "mine")
                .unwrap_err()
                .message
                .contains("no case `mine`")
        );
        assert!(remove(&state, "../../x").is_err());
    }

    #[test]
    fn bad_cases_are_refused_before_anything_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let said = |file: &str, text: &str| {
            let path = folder.path().join(file);
            fs::write(&path, text).unwrap();
            Draft::read(&state, &path).unwrap_err().message
        };
        assert!(said("a;reboot.yaml", "suite: x\n").contains("`;` is in no name"));
        assert!(said("a.txt", "suite: x\n").contains("a case is a .yaml file"));
        assert!(said("b.yaml", "# nothing\n").contains("there is nothing in it"));
        assert!(said("-b.yaml", "suite: x\n").contains("begins with `-`"));
        let tree = folder.path().join("tree");
        fs::create_dir_all(tree.join("jobs")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", tree.join("jobs/x.yaml")).unwrap();
        assert!(
            Draft::read(&state, &tree)
                .unwrap_err()
                .message
                .contains("is a link")
        );
        assert!(!state.exists());
    }

    #[test]
    fn a_folder_brings_its_programs() {
        let folder = tempfile::tempdir().unwrap();
        let (state, tree) = (folder.path().join("state"), folder.path().join("my-cases"));
        fs::create_dir_all(tree.join("jobs")).unwrap();
        fs::create_dir_all(tree.join("programs/mybench")).unwrap();
        fs::write(tree.join("jobs/mybench.yaml"), "mybench:\n").unwrap();
        fs::write(tree.join("programs/mybench/run"), "#!/bin/sh\n").unwrap();
        let draft = Draft::read(&state, &tree).unwrap();
        let pushed = draft
            .keep(
                &state,
                &Nodes {
                    lab: None,
                    only: None,
                },
            )
            .unwrap();
        assert!(pushed.layer().join("programs/mybench/run").is_file() && pushed.has("mybench"));
    }
}
