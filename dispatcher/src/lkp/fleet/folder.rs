//! Folders of files that are kept: copied without following links, and known by a digest of all that is in them.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// More files than this are no tree of tests.
const MOST_FILES: usize = 100_000;

/// More bytes than this, neither.
const MOST_BYTES: u64 = 1 << 30;

/// What is in a folder, as paths relative to it, in the order of their bytes. Folders come before what is in them.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) items: Vec<(PathBuf, Item)>,
}

/// One thing in a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Folder,
    File { executable: bool },
    Link(PathBuf),
}

impl Listing {
    /// Lists a folder; `.git` at its top is left out.
    ///
    /// # Errors
    /// The disk's, and those of folders that are too large or have sockets, pipes or devices in them.
    pub(super) fn of(root: &Path) -> io::Result<Self> {
        let mut items = Vec::new();
        let mut bytes = 0;
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let path = folder.join(entry.file_name());
                if path == Path::new(".git") {
                    continue;
                }
                let about = entry.metadata()?;
                let item = if about.is_symlink() {
                    Item::Link(fs::read_link(entry.path())?)
                } else if about.is_dir() {
                    folders.push(path.clone());
                    Item::Folder
                } else if about.is_file() {
                    bytes += about.len();
                    Item::File {
                        executable: about.permissions().mode() & 0o111 != 0,
                    }
                } else {
                    return Err(io::Error::other(format!(
                        "{} is neither a file nor a folder nor a link",
                        path.display()
                    )));
                };
                items.push((path, item));
                if items.len() > MOST_FILES || bytes > MOST_BYTES {
                    return Err(io::Error::other(format!(
                        "there is too much in it: more than {MOST_FILES} files or {MOST_BYTES} bytes"
                    )));
                }
            }
        }
        items.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self { items })
    }

    /// The digest of everything in it: paths, kinds, contents.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn digest(&self, root: &Path) -> io::Result<String> {
        let mut whole = Sha256::new();
        for (path, item) in &self.items {
            let (kind, content) = match item {
                Item::Folder => ('d', String::new()),
                Item::File { executable } => (
                    if *executable { 'x' } else { 'f' },
                    file_digest(&root.join(path))?,
                ),
                Item::Link(to) => ('l', hex(Sha256::digest(to.as_os_str().as_encoded_bytes()))),
            };
            whole.update(format!("{kind} {content} "));
            whole.update(path.as_os_str().as_encoded_bytes());
            // No path has it.
            whole.update([0]);
        }
        Ok(hex(whole.finalize()))
    }

    /// Copies everything into the folder `to`, which is made; what is there already is written over.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn copy(&self, root: &Path, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for (path, item) in &self.items {
            let target = to.join(path);
            match item {
                Item::Folder => fs::create_dir_all(&target)?,
                Item::File { .. } => drop(fs::copy(root.join(path), &target)?),
                Item::Link(link) => std::os::unix::fs::symlink(link, &target)?,
            }
        }
        Ok(())
    }
}

/// Copies a folder as it is; links are copied and not followed. `to` is there whole or not at all.
///
/// # Errors
/// The disk's, and those of folders that have sockets, pipes or devices in them.
pub fn keep_copy(from: &Path, to: &Path) -> io::Result<()> {
    let parent = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let draft = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(parent)?;
    let whole = draft.path().join("copy");
    Listing::of(from)?.copy(from, &whole)?;
    fs::rename(whole, to)
}

/// The digest of a file, as `sha256sum` writes it.
///
/// # Errors
/// The disk's.
pub(super) fn file_digest(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    Ok(hex(digest.finalize()))
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_digest_of_the_original_and_any_change_another() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(a.join("bin/x")).unwrap();
        fs::create_dir(a.join(".git")).unwrap();
        fs::write(a.join("bin/lkp"), b"\0binary").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", a.join("link")).unwrap();
        let listing = Listing::of(&a).unwrap();
        listing.copy(&a, &b).unwrap();
        let of = |root: &Path| Listing::of(root).unwrap().digest(root).unwrap();
        assert!(!b.join(".git").exists());
        assert_eq!(
            fs::read_link(b.join("link")).unwrap(),
            Path::new("/etc/passwd")
        );
        assert_eq!(of(&a), of(&b));
        let before = of(&b);
        fs::set_permissions(b.join("bin/lkp"), fs::Permissions::from_mode(0o755)).unwrap();
        let executable = of(&b);
        fs::rename(b.join("link"), b.join("bin/link")).unwrap();
        assert!(before != executable && executable != of(&b));
    }

    #[test]
    fn sockets_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        let said = Listing::of(folder.path()).unwrap_err().to_string();
        assert_eq!(said, "s is neither a file nor a folder nor a link");
    }
}
