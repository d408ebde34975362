//! Waits for a file to appear.
//!
//! Watched is the deepest folder on the way to it that is there: `/dev/disk/by-label` comes and goes with its last entry.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use super::ready::Queue;

/// A name as udev writes it in `/dev/disk/by-*`: what is not plain becomes `\x20`.
pub(super) fn udev_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || "#+-.:=@_".contains(c) || !c.is_ascii() {
            out.push(c);
        } else {
            out.push_str(&format!("\\x{:02x}", u32::from(c)));
        }
    }
    out
}

/// Comes back when `path` is there; if `fresh`, when it has come anew.
///
/// # Errors
/// The system has no more queues or watches to give, or a folder may not be read.
pub(super) async fn wait_for(path: &Path, fresh: bool) -> io::Result<()> {
    let mut may_be_old = fresh && there(path);
    loop {
        let queue = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let deepest = watch_deepest(&queue, path)?;
        // Looked at after the watch is set, so nothing is missed in between.
        let there_now = there(path);
        may_be_old &= there_now;
        if there_now && !may_be_old {
            return Ok(());
        }
        let queue = Queue::of(queue)?;
        let awaited = path
            .strip_prefix(deepest)
            .ok()
            .and_then(|rest| rest.iter().next());
        let last = path.parent() == Some(deepest);
        if changed(&queue, awaited).await? && last {
            may_be_old = false;
        }
    }
}

fn there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Watches the deepest folder above `path` that is there.
fn watch_deepest<'a>(queue: &OwnedFd, path: &'a Path) -> io::Result<&'a Path> {
    let flags = WatchFlags::CREATE
        | WatchFlags::MOVED_TO
        | WatchFlags::DELETE
        | WatchFlags::MOVED_FROM
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ONLYDIR;
    for folder in path.ancestors().skip(1) {
        match inotify::add_watch(queue, folder, flags) {
            Ok(_) => return Ok(folder),
            Err(Errno::NOENT | Errno::NOTDIR) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(io::Error::other("it has no folder"))
}

/// Waits until something happens to the entry of this name, or to the folder itself. Whether the entry has come.
async fn changed(queue: &Queue, awaited: Option<&OsStr>) -> io::Result<bool> {
    let came = ReadFlags::CREATE | ReadFlags::MOVED_TO;
    let folder = ReadFlags::DELETE_SELF
        | ReadFlags::MOVE_SELF
        | ReadFlags::IGNORED
        | ReadFlags::QUEUE_OVERFLOW;
    let mut buffer = [0; 4 << 10];
    loop {
        let filled = queue
            .read(|queue| rustix::io::read(queue, &mut buffer[..]))
            .await?;
        let mut of_interest = false;
        for (what, name) in events(&buffer[..filled]) {
            if name == awaited {
                of_interest = true;
                if what.intersects(came) {
                    return Ok(true);
                }
            }
            of_interest |= what.intersects(folder);
        }
        if of_interest {
            return Ok(false);
        }
    }
}

/// What happened, and to which entry: `struct inotify_event` as inotify(7) lays it out, its name padded with zero bytes.
fn events(mut bytes: &[u8]) -> impl Iterator<Item = (ReadFlags, Option<&OsStr>)> {
    std::iter::from_fn(move || {
        let number = |at: usize| {
            let four = bytes.get(at..at + 4)?;
            Some(u32::from_ne_bytes(four.try_into().ok()?))
        };
        let (what, length) = (number(4)?, number(12)?);
        let end = 16 + usize::try_from(length).ok()?;
        let name = bytes.get(16..end)?;
        bytes = &bytes[end..];
        let name = name.split(|&b| b == 0).next().filter(|n| !n.is_empty());
        Some((
            ReadFlags::from_bits_retain(what),
            name.map(OsStr::from_bytes),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn names_as_udev_writes_them() {
        assert_eq!(udev_name("V2M-MPS2"), "V2M-MPS2");
        assert_eq!(udev_name("my disk/é"), "my\\x20disk\\x2fé");
    }

    /// Waits beside a task that does things once the wait has begun.
    async fn while_waiting(path: &Path, fresh: bool, acts: impl FnOnce() + Send + 'static) {
        let waiting = tokio::spawn({
            let path = path.to_owned();
            async move { wait_for(&path, fresh).await }
        });
        // In the one thread of this test the wait has come to its watch by then.
        tokio::task::yield_now().await;
        tokio::task::spawn_blocking(acts).await.unwrap();
        waiting.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_is_there_is_enough() {
        let dir = tempfile::tempdir().unwrap();
        wait_for(dir.path(), false).await.unwrap();
    }

    #[tokio::test]
    async fn folders_on_the_way_may_come_later_and_go_again() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().to_owned();
        while_waiting(&dir.path().join("disk/by-label/MBED"), false, move || {
            fs::create_dir_all(root.join("disk/other")).unwrap();
            fs::remove_dir_all(root.join("disk")).unwrap();
            fs::create_dir_all(root.join("disk/by-label")).unwrap();
            std::os::unix::fs::symlink("nowhere", root.join("disk/by-label/MBED")).unwrap();
        })
        .await;
    }

    #[tokio::test]
    async fn a_fresh_one_must_come_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("port");
        fs::write(&path, "").unwrap();
        let waiting = tokio::spawn({
            let path = path.clone();
            async move { wait_for(&path, true).await }
        });
        tokio::task::yield_now().await;
        fs::write(dir.path().join("another"), "").unwrap();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "the old one does not count");
        fs::write(dir.path().join("new"), "").unwrap();
        fs::rename(dir.path().join("new"), &path).unwrap();
        waiting.await.unwrap().unwrap();
    }
}
