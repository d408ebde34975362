//! Packing an overlay: deterministic (fixed order, owner and time), and quick rather than small, since it is unpacked a
//! moment later.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// Something that goes into the tarball. Paths are absolute on the node.
#[derive(Debug)]
pub enum Entry {
    /// A folder.
    Folder {
        /// Path.
        path: String,
        /// Permissions.
        mode: u32,
    },
    /// A file that is written here.
    File {
        /// Path.
        path: String,
        /// Permissions.
        mode: u32,
        /// Content.
        content: Vec<u8>,
    },
    /// A file of this machine.
    Copy {
        /// Path.
        path: String,
        /// Where it is here.
        source: PathBuf,
    },
    /// A folder of this machine, with all that is in it.
    Tree {
        /// Path.
        path: String,
        /// Where it is here.
        source: PathBuf,
    },
}

/// Packs entries into a `.tar.gz` that only the user can read.
///
/// # Errors
/// The file cannot be written, or a tree cannot be read.
pub fn write(path: &Path, entries: Vec<Entry>) -> io::Result<()> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let packer = GzEncoder::new(BufWriter::with_capacity(1 << 18, file), Compression::fast());
    let mut tar = Builder::new(packer);
    for entry in entries {
        match entry {
            Entry::Folder { path, mode } => {
                append(&mut tar, &path, EntryType::Directory, mode, &[])?;
            }
            Entry::File {
                path,
                mode,
                content,
            } => {
                append(&mut tar, &path, EntryType::Regular, mode, &content)?;
            }
            Entry::Copy { path, source } => append_file(&mut tar, &path, &source)?,
            Entry::Tree { path, source } => append_tree(&mut tar, &path, &source)?,
        }
    }
    tar.into_inner()?.finish()?.flush()
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}

fn append(
    tar: &mut Builder<impl Write>,
    path: &str,
    kind: EntryType,
    mode: u32,
    content: &[u8],
) -> io::Result<()> {
    let mut header = header(kind, mode, content.len() as u64);
    tar.append_data(&mut header, path.trim_start_matches('/'), content)
}

fn append_file(tar: &mut Builder<impl Write>, path: &str, source: &Path) -> io::Result<()> {
    let file = File::open(source)?;
    let known = file.metadata()?;
    let mode = known.permissions().mode() & 0o777;
    let mut header = header(EntryType::Regular, mode, known.len());
    tar.append_data(&mut header, path.trim_start_matches('/'), file)
}

fn append_tree(tar: &mut Builder<impl Write>, path: &str, source: &Path) -> io::Result<()> {
    let mut names: Vec<_> = std::fs::read_dir(source)?.collect::<Result<_, _>>()?;
    names.sort_by_key(std::fs::DirEntry::file_name);
    for entry in names {
        let below = format!("{path}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        let mode = entry.metadata()?.permissions().mode() & 0o777;
        if kind.is_dir() {
            append(tar, &below, EntryType::Directory, mode, &[])?;
            append_tree(tar, &below, &entry.path())?;
        } else if kind.is_symlink() {
            let target = std::fs::read_link(entry.path())?;
            let mut header = header(EntryType::Symlink, mode, 0);
            tar.append_link(&mut header, below.trim_start_matches('/'), target)?;
        } else if kind.is_file() {
            append_file(tar, &below, &entry.path())?;
        }
        // Sockets, pipes and devices in a checkout are nothing that a test can need on a node.
    }
    Ok(())
}
