//! A tree of lkp-tests: pristine files with the author's own laid over them. In: folders. Out: files by their path in the
//! tree, and job files by name. Wrong: a [`TreeError`] that names the file.
//!
//! A tree comes from elsewhere and is not trusted: it is listed once when it is opened, symbolic links are followed in
//! that list alone, and none of them leads out of the tree.

mod error;
mod find;
mod index;
mod programs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use error::TreeError;
pub use find::JobFile;
pub(crate) use programs::{Programs, options};

use index::Entry;

/// The largest file that is read, in bytes; LKP's own jobs and scripts have a few thousand.
const MAX_FILE: u64 = 1 << 20;
/// Links that are followed on the way to one file.
const MAX_LINKS: usize = 32;

/// An opened tree.
#[derive(Debug)]
pub struct Tree {
    /// By path from the top of the tree, with `/` between names.
    entries: BTreeMap<String, Entry>,
}

impl Tree {
    /// Lists a tree: `pristine` first, then each overlay, whose files take the place of those before. An overlay is a
    /// folder with LKP's layout, or a single `.yaml` file, which goes to `jobs/`.
    ///
    /// # Errors
    /// A folder that is none or cannot be read, no `jobs` folder in it, or far too many files.
    pub fn open(pristine: &Path, overlays: &[PathBuf]) -> Result<Self, TreeError> {
        let mut entries = BTreeMap::new();
        index::folder(pristine, &mut entries)?;
        for overlay in overlays {
            index::overlay(overlay, &mut entries)?;
        }
        let tree = Self { entries };
        if tree.children("jobs").is_empty() {
            return Err(TreeError::NoJobs {
                folder: pristine.to_owned(),
            });
        }
        Ok(tree)
    }

    /// The text of a file of the tree. Bytes that are no UTF-8 are replaced.
    ///
    /// # Errors
    /// No such file, one that is too large or cannot be read, or a link out of the tree.
    pub fn read(&self, path: &str) -> Result<String, TreeError> {
        match self.resolve(path)? {
            Some((_, Entry::File { at, .. })) => index::read(path, at, MAX_FILE),
            _ => Err(TreeError::Missing {
                path: path.to_owned(),
            }),
        }
    }

    /// Whether the path is a file, perhaps through links.
    ///
    /// # Errors
    /// A link out of the tree.
    pub(crate) fn has_file(&self, path: &str) -> Result<bool, TreeError> {
        let found = self.resolve(path)?;
        Ok(matches!(found, Some((_, Entry::File { .. }))))
    }

    /// Whether the path is a file of the tree. A link out of it is none: LKP has some, to programs of the machine.
    pub(crate) fn is_file(&self, path: &str) -> bool {
        self.has_file(path).unwrap_or(false)
    }

    /// Whether the path is a file of the tree that may be executed. LKP passes over programs that may not.
    pub(crate) fn is_executable(&self, path: &str) -> bool {
        let found = self.resolve(path);
        matches!(
            found,
            Ok(Some((
                _,
                Entry::File {
                    executable: true,
                    ..
                }
            )))
        )
    }

    /// The names in a folder, sorted; none when there is no such folder in the tree.
    pub(crate) fn children(&self, folder: &str) -> Vec<&str> {
        let Ok(Some((folder, Entry::Folder))) = self.resolve(folder) else {
            return Vec::new();
        };
        let prefix = format!("{folder}/");
        self.entries
            .range(prefix.clone()..)
            .map_while(|(path, _)| path.strip_prefix(&prefix))
            .filter(|name| !name.contains('/'))
            .collect()
    }

    /// The paths of all that is below a folder, in the order of LKP's own search. Links to folders are not entered.
    pub(crate) fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = &'t str> + use<'t> {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        self.entries
            .range(prefix.clone()..)
            .map(|(path, _)| path.as_str())
            .take_while(move |path| path.starts_with(&prefix))
    }

    /// What a path is once every link on the way is followed, and the path without links.
    fn resolve(&self, path: &str) -> Result<Option<(String, &Entry)>, TreeError> {
        let outside = || TreeError::Outside {
            path: path.to_owned(),
        };
        let mut rest: Vec<String> = names(path).rev().collect();
        let mut done: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(name) = rest.pop() {
            if name == ".." {
                done.pop().ok_or_else(outside)?;
                continue;
            }
            done.push(name);
            if let Some(Entry::Link(target)) = self.entries.get(&done.join("/")) {
                links += 1;
                if target.starts_with('/') || links > MAX_LINKS {
                    return Err(outside());
                }
                done.pop();
                rest.extend(names(target).rev());
            }
        }
        let path = done.join("/");
        Ok(self.entries.get(&path).map(|entry| (path, entry)))
    }
}

fn names(path: &str) -> impl DoubleEndedIterator<Item = String> {
    path.split('/')
        .filter(|name| !name.is_empty() && *name != ".")
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
