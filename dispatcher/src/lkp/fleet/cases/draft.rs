//! A case on its way in. In: a job's file, or a folder with LKP's layout. Out: a folder in the state folder, whole or not at
//! all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{RenameFlags, renameat_with};

use super::{Nodes, Pushed, TAKE, folder_of, lock};
use crate::failure::{Class, Failure};
use crate::lkp::fleet::folder::{Item, Listing, file_digest};
use crate::lkp::fleet::pin::Pin;
use crate::lkp::fleet::{names, read_case};
use crate::text::name;

/// A larger job was not written by a person.
const LARGEST: u64 = 1 << 20;

/// A case that was looked at and can be kept.
#[derive(Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    from: PathBuf,
    /// Files below the layer; where each is now.
    files: Vec<(PathBuf, PathBuf)>,
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
