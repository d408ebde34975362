//! The list of a tree's files. In: folders of the disk. Out: entries by their path in the tree.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::TreeError;

/// Files and folders of one tree; lkp-tests has about five thousand.
const MAX_ENTRIES: usize = 200_000;
/// Folders in folders.
const MAX_DEPTH: usize = 32;

/// What is at a path of the tree.
#[derive(Debug)]
pub(super) enum Entry {
    Folder,
    File {
        at: PathBuf,
        executable: bool,
    },
    /// The link's text.
    Link(String),
}

type Entries = BTreeMap<String, Entry>;

/// Adds an overlay: a folder, or one job file.
pub(super) fn overlay(path: &Path, entries: &mut Entries) -> Result<(), TreeError> {
    let meta = fs::metadata(path).map_err(|error| io(path, error))?;
    if meta.is_dir() {
        return folder(path, entries);
    }
    let name = path.file_name().and_then(|name| name.to_str());
    match name.filter(|name| meta.is_file() && name.ends_with(".yaml")) {
        Some(name) => {
            let file = Entry::File {
                at: path.to_owned(),
                executable: false,
            };
            put(format!("jobs/{name}"), file, entries);
            Ok(())
        }
        None => Err(TreeError::Overlay {
            path: path.to_owned(),
        }),
    }
}

/// Adds all files of a folder. Names that are no UTF-8, git's own folder, sockets and devices are left out.
pub(super) fn folder(top: &Path, entries: &mut Entries) -> Result<(), TreeError> {
    let mut open = vec![(top.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        for found in fs::read_dir(&folder).map_err(|error| io(&folder, error))? {
            let found = found.map_err(|error| io(&folder, error))?;
            let Ok(name) = found.file_name().into_string() else {
                continue;
            };
            if prefix.is_empty() && name == ".git" {
                continue;
            }
            let (at, path) = (found.path(), format!("{prefix}{name}"));
            let meta = found.metadata().map_err(|error| io(&at, error))?;
            let entry = if meta.is_dir() {
                if depth < MAX_DEPTH {
                    open.push((at, format!("{path}/"), depth + 1));
                }
                Entry::Folder
            } else if meta.is_file() {
                Entry::File {
                    at,
                    executable: meta.permissions().mode() & 0o111 != 0,
                }
            } else if meta.is_symlink() {
                let target = fs::read_link(&at).map_err(|error| io(&at, error))?;
                Entry::Link(target.to_string_lossy().into_owned())
            } else {
                continue;
            };
            put(path, entry, entries);
            if entries.len() > MAX_ENTRIES {
                return Err(TreeError::TooMany {
                    folder: top.to_owned(),
                    limit: MAX_ENTRIES,
                });
            }
        }
    }
    Ok(())
}

/// An own folder joins the one that is there; anything else takes the place of what is there, with all below it.
fn put(path: String, entry: Entry, entries: &mut Entries) {
    let was = entries.get(&path);
    if matches!(was, Some(Entry::Folder)) && !matches!(entry, Entry::Folder) {
        let below = format!("{path}/");
        entries.retain(|path, _| !path.starts_with(&below));
    }
    entries.insert(path, entry);
}

/// The text of a file that the list holds.
pub(super) fn read(path: &str, at: &Path, limit: u64) -> Result<String, TreeError> {
    let mut bytes = Vec::new();
    File::open(at)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| io(at, error))?;
    if bytes.len() as u64 > limit {
        return Err(TreeError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn io(path: &Path, error: std::io::Error) -> TreeError {
    TreeError::Io {
        path: path.to_owned(),
        error,
    }
}
