//! Single mounts, with errors that say what was tried and where.

use std::{
    ffi::CString,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_bind_recursive,
    mount_change, mount_remount, unmount,
};

/// What was tried, where, and what the kernel answered.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} '{}': {source}", path.display())]
pub(super) struct MountError {
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl MountError {
    /// The same with the path that a person knows the place by.
    pub(super) fn seen_at(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

/// Adds the place to an error.
pub(super) fn at<E: Into<io::Error>>(
    what: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> MountError {
    let path = path.to_owned();
    move |source| MountError {
        what,
        path,
        source: source.into(),
    }
}

/// Keeps mounts made here from showing up anywhere else.
pub(super) fn make_private() -> Result<(), MountError> {
    mount_change(
        "/",
        MountPropagationFlags::REC | MountPropagationFlags::PRIVATE,
    )
    .map_err(at("make private the mounts under", Path::new("/")))
}

/// A tmpfs with a limit on what it holds.
pub(super) fn tmpfs(target: &Path, mib: u64) -> Result<(), MountError> {
    let options =
        CString::new(format!("size={mib}m,mode=0755")).expect("no zero byte in digits and letters");
    mount(
        "tmpfs",
        target,
        "tmpfs",
        MountFlags::NODEV,
        options.as_c_str(),
    )
    .map_err(at("mount a tmpfs on", target))
}

/// A writable layer over `lower`. Whiteouts are kept in `user.` attributes, which need no privilege.
pub(super) fn overlay(
    lower: impl AsRef<Path>,
    upper: impl AsRef<Path>,
    work: impl AsRef<Path>,
    target: impl AsRef<Path>,
) -> Result<(), MountError> {
    let mut options = Vec::new();
    for (key, path) in [
        ("lowerdir=", lower.as_ref()),
        (",upperdir=", upper.as_ref()),
        (",workdir=", work.as_ref()),
    ] {
        options.extend_from_slice(key.as_bytes());
        options.extend_from_slice(path.as_os_str().as_bytes());
    }
    options.extend_from_slice(b",userxattr");
    let options = CString::new(options).expect("no zero byte in a path");
    mount(
        "overlay",
        target.as_ref(),
        "overlay",
        MountFlags::empty(),
        options.as_c_str(),
    )
    .map_err(at("mount an overlay on", target.as_ref()))
}

/// Shows `source`, a file or a directory, at `target` as well.
pub(super) fn bind(source: &Path, target: &Path) -> Result<(), MountError> {
    mount_bind(source, target).map_err(at("bind", target))
}

/// The same with everything mounted below.
pub(super) fn bind_all(source: &Path, target: &Path) -> Result<(), MountError> {
    mount_bind_recursive(source, target).map_err(at("bind", target))
}

/// Makes a path read-only (or writable again below one that is), if it exists.
pub(super) fn protect(path: &Path, flags: MountFlags) -> Result<(), MountError> {
    if !path.exists() {
        return Ok(());
    }
    bind(path, path)?;
    mount_remount(
        path,
        MountFlags::BIND | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | flags,
        c"",
    )
    .map_err(at("set the protection of", path))
}

/// A file system of the kernel's own.
pub(super) fn kernel_fs(
    kind: &str,
    target: &Path,
    flags: MountFlags,
    options: &str,
) -> Result<(), MountError> {
    let options = CString::new(options).expect("no zero byte in a constant");
    mount(
        kind,
        target,
        kind,
        flags | MountFlags::NOSUID | MountFlags::NOEXEC,
        options.as_c_str(),
    )
    .map_err(at("mount the kernel's file system on", target))
}

/// Makes `root` the root of this mount namespace and lets go of the former one.
pub(super) fn enter(root: &Path) -> Result<(), MountError> {
    std::env::set_current_dir(root).map_err(at("enter", root))?;
    // With both paths the same, the former root ends up on top of the new one and can be taken off at once.
    rustix::process::pivot_root(".", ".").map_err(at("make the root", root))?;
    unmount(".", UnmountFlags::DETACH).map_err(at("let go of the former root under", root))?;
    std::env::set_current_dir("/").map_err(at("enter", Path::new("/")))
}

/// Where something is mounted, as this process sees it.
pub(super) fn mount_points() -> Result<Vec<PathBuf>, MountError> {
    let table = Path::new("/proc/self/mountinfo");
    let text = fs::read_to_string(table).map_err(at("read", table))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(unescape)
        .collect())
}

/// The kernel writes blanks and backslashes of a path as three octal digits.
fn unescape(field: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..3).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    PathBuf::from(std::ffi::OsStr::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_escapes_of_the_mount_table() {
        assert_eq!(unescape("/a\\040b\\134c"), Path::new("/a b\\c"));
        assert_eq!(unescape("/plain\\"), Path::new("/plain\\"));
    }
}
