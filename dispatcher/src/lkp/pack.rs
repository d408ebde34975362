//! What of lkp-tests goes on a node: the tree untouched, and the author's cases in an archive of their own, laid over it
//! there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::overlay::tarball::{self, Entry};

/// At the top of a tree and of no use on a node.
const LEFT_OUT: &[&str] = &[".git", ".github", "spec"];

/// Packs a tree. The same tree gives the same bytes.
///
/// # Errors
/// It cannot be read, or the archive cannot be written.
pub fn tree(root: &Path, archive: &Path) -> io::Result<()> {
    tarball::write(archive, entries(root)?)
}

/// Packs the author's cases: folders with LKP's layout, and single job files. Later ones win.
///
/// # Errors
/// They cannot be read, or the archive cannot be written.
pub fn cases(cases: &[PathBuf], archive: &Path) -> io::Result<()> {
    let mut all = Vec::new();
    for case in cases {
        if case.is_dir() {
            all.extend(entries(case)?);
        } else if let Some(name) = case.file_name() {
            let path = format!("jobs/{}", name.to_string_lossy());
            all.push(Entry::Copy {
                path,
                source: case.clone(),
            });
        }
    }
    tarball::write(archive, all)
}

fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut inside: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    inside.sort_by_key(fs::DirEntry::file_name);
    let mut entries = Vec::new();
    for entry in inside {
        let name = entry.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        // A link at the top is followed inside the folder only: a tree from elsewhere must not name our own files.
        let source = entry.path();
        if !source.canonicalize()?.starts_with(folder.canonicalize()?) {
            continue;
        }
        if source.is_dir() {
            entries.push(Entry::Folder {
                path: name.clone(),
                mode: 0o755,
            });
            entries.push(Entry::Tree { path: name, source });
        } else if source.is_file() {
            entries.push(Entry::Copy { path: name, source });
        }
    }
    Ok(entries)
}
