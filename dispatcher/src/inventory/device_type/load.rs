//! Reading device types: a lab's own, else those that come with `dispatch`; parents first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use job_schema::yaml;

use super::embedded::EMBEDDED;
use super::tree::{At, Content, Tree};
use super::{DeviceType, configuration, variables};
use crate::failure::Failure;
use crate::inventory::file;

/// Types that extend each other in a row; those that come with `dispatch` are 4.
pub(crate) const DEEPEST: usize = 32;

/// The device types of a lab, each read once.
#[derive(Debug, Default)]
pub struct Library {
    folder: Option<PathBuf>,
    read: Mutex<HashMap<String, Arc<DeviceType>>>,
}

impl Library {
    /// Of a lab folder; without one, those that come with `dispatch`.
    #[must_use]
    pub fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Path::to_owned),
            read: Mutex::default(),
        }
    }

    /// The lab folder.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The type `name`: from `device-types/` of the lab folder, else one that comes with `dispatch`.
    ///
    /// # Errors
    /// Configuration when there is no such type, its file is not YAML or says something that no type has, or `extends:` goes in
    /// a circle.
    pub fn get(&self, name: &str) -> Result<Arc<DeviceType>, Failure> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(name) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(load(name, self.folder.as_deref())?);
        read.insert(name.to_owned(), Arc::clone(&made));
        Ok(made)
    }

    /// The variables of a type that a job's `context` may set; none of a type that cannot be read.
    #[must_use]
    pub fn for_jobs(&self, name: &str) -> Vec<String> {
        let of = self.get(name);
        of.iter()
            .flat_map(|of| of.for_jobs())
            .map(str::to_owned)
            .collect()
    }
}

/// Names of all types that a lab knows, in order; see [`is_base`].
#[must_use]
pub fn names(lab: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = EMBEDDED.iter().map(|(n, _)| (*n).to_owned()).collect();
    let folder = lab.map(|l| l.join("device-types"));
    if let Some(entries) = folder.and_then(|f| std::fs::read_dir(f).ok()) {
        names.extend(entries.flatten().filter_map(|e| {
            let name = e.file_name().into_string().ok()?;
            Some(name.strip_suffix(".yaml")?.to_owned())
        }));
    }
    names.sort();
    names.dedup();
    names
}

/// Whether a type is there for others to extend: `base`, and those whose name begins with `base-`.
#[must_use]
pub fn is_base(name: &str) -> bool {
    name == "base" || name.starts_with("base-")
}

fn load(name: &str, lab: Option<&Path>) -> Result<DeviceType, Failure> {
    let mut chain = Chain {
        lab,
        names: Vec::new(),
        files: Vec::new(),
    };
    let mut tree = chain.merged(name)?;
    let Chain {
        mut names, files, ..
    } = chain;
    names.remove(0);
    let at_place = |(at, why): (At, String)| {
        let file = files.get(usize::from(at.file)).map_or("", String::as_str);
        configuration(format!("{file}:{}: {why}", at.line))
    };
    let about = tree.take("about");
    let mut parts = [tree.take("variables"), tree.take("defaults")];
    for part in parts.iter_mut().flatten() {
        part.compile(&mut Vec::new()).map_err(at_place)?;
    }
    tree.compile(&mut Vec::new()).map_err(at_place)?;
    let [declared, defaults] = parts;
    Ok(DeviceType {
        name: name.to_owned(),
        about: about
            .as_ref()
            .and_then(Tree::text)
            .unwrap_or_default()
            .to_owned(),
        extends: names,
        variables: variables::read(declared, defaults).map_err(at_place)?,
        template: tree,
        files,
    })
}

struct Chain<'a> {
    lab: Option<&'a Path>,
    names: Vec<String>,
    files: Vec<String>,
}

impl Chain<'_> {
    fn merged(&mut self, name: &str) -> Result<Tree, Failure> {
        let circle = self.names.iter().any(|seen| seen == name);
        self.names.push(name.to_owned());
        if circle {
            return Err(configuration(format!(
                "device types extend each other in a circle: {}",
                self.names.join(" → ")
            )));
        }
        if self.names.len() > DEEPEST {
            return Err(configuration(format!(
                "more than {DEEPEST} device types extend each other in a row, up to {name}"
            )));
        }
        let (file, text) = source(name, self.lab)?;
        let document = yaml::load(&text).map_err(|f| {
            configuration(format!(
                "{file}:{}:{}: {}",
                f.span.line, f.span.column, f.message
            ))
        })?;
        let number = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        self.files.push(file);
        let mut own = Tree::of(&document.root, number);
        let file = &self.files[usize::from(number)];
        if own.map().is_none() {
            return Err(configuration(format!("{file}: a device type is a mapping")));
        }
        own.check_signs()
            .map_err(|(at, why)| configuration(format!("{file}:{}: {why}", at.line)))?;
        let Some(parent) = own.take("extends") else {
            // Nothing is there to append to.
            let mut merged = Tree {
                at: own.at,
                data: Content::Map(indexmap::IndexMap::new()),
            };
            merged.merge(own);
            return Ok(merged);
        };
        let Some(parent) = parent.text() else {
            return Err(configuration(format!(
                "{file}:{}: `extends` is the name of one device type",
                parent.at.line
            )));
        };
        let mut merged = self.merged(parent)?;
        // What a parent is, its child is not.
        let _ = merged.take("about");
        merged.merge(own);
        Ok(merged)
    }
}

/// The name of the file of a type, as it is shown, and its text.
///
/// # Errors
/// Configuration: there is no such type, or its file cannot be read.
pub(crate) fn source(name: &str, lab: Option<&Path>) -> Result<(String, String), Failure> {
    let own = lab.map(|l| l.join("device-types").join(format!("{name}.yaml")));
    // A name is no path out of the folder.
    let own = own.filter(|_| !name.contains(['/', '\\']));
    if let Some(path) = own.filter(|p| p.is_file()) {
        let text = file::read(&path)?;
        return Ok((path.display().to_string(), text));
    }
    EMBEDDED
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(n, text)| (format!("device-types/{n}.yaml"), (*text).to_owned()))
        .ok_or_else(|| {
            configuration(format!(
                "there is no device type {name}; there are: {}",
                names(lab).join(", ")
            ))
        })
}
