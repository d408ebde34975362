//! The folder that is unpacked into: names in parts and bytes go in, files come out, and no link is followed.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, open, openat, unlinkat};
use rustix::io::Errno;

const FOLDER: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// So much is read and written at a time, in bytes.
const BLOCK: usize = 1 << 18;

/// A folder.
pub(super) struct Target {
    root: OwnedFd,
    /// How many more folders may be made: one name of an archive can ask for hundreds.
    left: Cell<u64>,
}

impl Target {
    /// Opens a folder of ours; it is made when it is missing. At most so many folders are made below it.
    pub(super) fn open(folder: &Path, folders: u64) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let root = open(folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let left = Cell::new(folders);
        Ok(Self { root, left })
    }

    /// Makes a folder and those above it.
    pub(super) fn folder(&self, path: &[&OsStr]) -> io::Result<()> {
        self.descend(path, true).map(drop)
    }

    /// Makes a file, in place of one that is there, and says how many bytes it has.
    pub(super) fn file(
        &self,
        path: &[&OsStr],
        runs: bool,
        from: &mut impl Read,
    ) -> io::Result<u64> {
        let (name, folders) = path.split_last().ok_or(Errno::INVAL)?;
        let folder = self.descend(folders, true)?;
        match unlinkat(&folder, *name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(Errno::ISDIR | Errno::PERM) => {
                return Err(io::Error::other("a folder of this name is there"));
            }
            Err(e) => return Err(e.into()),
        }
        let mode = Mode::from_raw_mode(if runs { 0o755 } else { 0o644 });
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(openat(&folder, *name, flags, mode)?);
        let mut file = BufWriter::with_capacity(BLOCK, file);
        let bytes = io::copy(from, &mut file)?;
        file.flush()?;
        Ok(bytes)
    }

    /// Makes a file that is a copy of another one below the folder, of at most so many bytes.
    pub(super) fn copy(&self, from: &[&OsStr], to: &[&OsStr], most: u64) -> io::Result<u64> {
        if from == to {
            return Err(io::Error::other("is a link to itself"));
        }
        let (name, folders) = from.split_last().ok_or(Errno::INVAL)?;
        let gone =
            |e: io::Error| io::Error::new(e.kind(), format!("the file that it links to: {e}"));
        let folder = self.descend(folders, false).map_err(gone)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file =
            File::from(openat(&folder, *name, flags, Mode::empty()).map_err(|e| gone(e.into()))?);
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::other("it links to something that is no file"));
        }
        if about.len() > most {
            return Err(io::Error::other(
                "all files together are larger than is allowed",
            ));
        }
        let runs = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
        self.file(to, runs, &mut file.take(most))
    }

    /// Opens a folder below, one step after the other.
    fn descend(&self, path: &[&OsStr], make: bool) -> io::Result<OwnedFd> {
        let mut at = openat(self.root.as_fd(), ".", FOLDER, Mode::empty())?;
        for part in path {
            if make {
                match mkdirat(&at, *part, Mode::from_raw_mode(0o755)) {
                    Ok(()) => {
                        let left = self.left.get().checked_sub(1);
                        self.left.set(
                            left.ok_or_else(|| io::Error::other("there are too many folders"))?,
                        );
                    }
                    Err(Errno::EXIST) => {}
                    Err(e) => return Err(e.into()),
                }
            }
            at = openat(&at, *part, FOLDER, Mode::empty()).map_err(|e| match e {
                Errno::LOOP | Errno::NOTDIR => {
                    io::Error::other("a part of its name is there and is no folder")
                }
                e => e.into(),
            })?;
        }
        Ok(at)
    }
}
