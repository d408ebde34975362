//! Files of a result folder, which a node chose: a path and a limit go in, at most so many bytes come out.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// There is none.
    Missing,
    /// It is a link, a folder or a device.
    NotAFile,
    /// It is larger than the limit.
    TooLarge,
    /// The system's words.
    Io(std::io::Error),
}

/// The bytes of a plain file. A link is not followed, and a pipe is not waited for.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file: File = match openat(CWD, path, flags, Mode::empty()) {
        Ok(file) => file.into(),
        Err(Errno::NOENT) => return Err(Unread::Missing),
        Err(Errno::LOOP | Errno::NXIO) => return Err(Unread::NotAFile),
        Err(e) => return Err(Unread::Io(e.into())),
    };
    if !file.metadata().map_err(Unread::Io)?.is_file() {
        return Err(Unread::NotAFile);
    }
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Unread::Io)?;
    if bytes.len() as u64 > limit {
        return Err(Unread::TooLarge);
    }
    Ok(bytes)
}
