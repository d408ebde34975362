//! The root file system of a node: the machine's own `/`, or a given directory, under a writable layer in memory.
//!
//! An overlay over `/` as a whole is refused in a user namespace, because mounts hide below it. So the new root is a
//! tmpfs with one overlay per top-level directory; a directory with mounts inside is made of its entries in turn. What
//! can be neither is left out, by name. One limit holds for all that a node writes, `/tmp` and `/root` included.
//!
//! No home directory is shown: keys of the person must not reach a test.

use std::{
    fs, io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags, openat},
    mount::MountFlags,
};

use super::{
    mounts::{self, MountError, at},
    wire::NodeSetup,
};

/// The tmpfs is mounted here, in the node's own mount namespace: every machine has the directory, and a node gets a
/// `/tmp` of its own anyway.
const BASE: &str = "/tmp";
/// Made afresh in every node.
const OWN: &[&str] = &["proc", "sys", "dev", "run", "tmp"];
/// Of the machine's own root: homes of people, and places for foreign disks.
const PRIVATE: &[&str] = &["root", "home", "mnt", "media", "lost+found"];
/// Without these no test can run.
const NEEDED: &[&str] = &["usr", "etc", "bin", "lib"];
/// Where tests write: for an ordinary user, a file or directory of the real root's can be changed only when it is a copy,
/// and these are copied one level deep.
const COPIED: &[&str] = &[
    "etc",
    "usr",
    "usr/local",
    "var",
    "var/cache",
    "var/lib",
    "var/log",
];
/// Sentences about what was left out, at most: each may carry a long path, and all travel in one message.
const MOST_LEFT_OUT: usize = 10;
/// Larger files beside a mount point are left out.
const LARGEST_COPY: u64 = 4 * 1024 * 1024;
/// Directories with mounts inside are taken apart this deep.
const DEEPEST: usize = 8;

/// A node's file system on its way.
pub(super) struct RootFs<'a> {
    setup: &'a NodeSetup,
    /// What it shows.
    source: PathBuf,
    /// Where the new root grows.
    root: PathBuf,
    mount_points: Vec<PathBuf>,
    layers: u32,
    left_out: Vec<String>,
}

/// Builds the root file system and makes it this mount namespace's root. Returns what had to be left out.
pub(super) fn build_and_enter(setup: &NodeSetup) -> Result<Vec<String>, MountError> {
    let source = setup.root.clone().unwrap_or_else(|| "/".into());
    let source = source.canonicalize().map_err(at("find", &source))?;
    let lower = open_dir(&source)?;
    let mount_points = mounts::mount_points()?;
    mounts::make_private()?;
    mounts::tmpfs(Path::new(BASE), setup.disk_mib)?;
    let mut new = RootFs {
        setup,
        source: source.clone(),
        root: Path::new(BASE).join("root"),
        mount_points,
        layers: 0,
        left_out: Vec::new(),
    };
    make_dir(&new.root, 0o755)?;
    // Only a mount point can become a root.
    mounts::bind(&new.root, &new.root)?;
    new.take_apart(&source, &lower, &new.root.clone(), 0)?;
    new.own_directories()?;
    new.devices()?;
    new.kernel_views()?;
    new.hide_homes()?;
    new.host_names();
    mounts::enter(&new.root)?;
    Ok(in_short(new.left_out))
}

impl RootFs<'_> {
    /// Makes the entries of `source` anew below `target`: links and small files as copies, directories as overlays.
    fn take_apart(
        &mut self,
        source: &Path,
        lower: &OwnedFd,
        target: &Path,
        depth: usize,
    ) -> Result<(), MountError> {
        let entries = fs::read_dir(by_descriptor(lower)).map_err(at("list", source))?;
        for entry in entries {
            let entry = entry.map_err(at("list", source))?;
            let (from, to) = (
                source.join(entry.file_name()),
                target.join(entry.file_name()),
            );
            if depth == 0 && self.is_own(&from) {
                continue;
            }
            let kind = entry.file_type().map_err(at("look at", &from))?;
            let done = if kind.is_dir() {
                open_dir(&entry.path())
                    .map_err(|error| error.seen_at(&from))
                    .and_then(|lower| self.directory(&from, &lower, &to, depth))
            } else if kind.is_symlink() {
                fs::read_link(entry.path())
                    .and_then(|link| symlink(link, &to))
                    .map_err(at("copy", &from))
            } else if kind.is_file() {
                copy(&entry.path(), &to).map_err(at("copy", &from))
            } else {
                Ok(())
            };
            match done {
                Err(error) if depth == 0 && is_one_of(NEEDED, &from) => return Err(error),
                Err(error) => self.left_out.push(error.to_string()),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn is_own(&self, path: &Path) -> bool {
        is_one_of(OWN, path) || (self.setup.root.is_none() && is_one_of(PRIVATE, path))
    }

    fn directory(
        &mut self,
        source: &Path,
        lower: &OwnedFd,
        target: &Path,
        depth: usize,
    ) -> Result<(), MountError> {
        let like = fs::metadata(by_descriptor(lower)).map_err(at("look at", source))?;
        make_dir_like(target, &like)?;
        if depth < DEEPEST && self.must_be_taken_apart(source) {
            return self.take_apart(source, lower, target, depth + 1);
        }
        let (upper, work) = (self.layer()?, self.layer()?);
        // The merged directory shows the owner and mode of its upper layer.
        make_dir_like(&upper, &like)?;
        make_dir(&work, 0o755)?;
        mounts::overlay(by_descriptor(lower), upper, work, target)
    }

    /// Mounts inside forbid an overlay, and see [`COPIED`].
    fn must_be_taken_apart(&self, source: &Path) -> bool {
        let copied = || {
            let inside = source.strip_prefix(&self.source).unwrap_or(source);
            self.setup.shared.foreign_root && COPIED.iter().any(|path| inside == Path::new(path))
        };
        let mounts_inside = || {
            self.mount_points
                .iter()
                .any(|point| point != source && point.starts_with(source))
        };
        copied() || mounts_inside()
    }

    /// A new name beside the root, on the same file system and out of the node's sight.
    fn layer(&mut self) -> Result<PathBuf, MountError> {
        let layers = Path::new(BASE).join("layers");
        if self.layers == 0 {
            make_dir(&layers, 0o755)?;
        }
        self.layers += 1;
        Ok(layers.join(self.layers.to_string()))
    }

    fn own_directories(&self) -> Result<(), MountError> {
        for (name, mode) in [
            ("tmp", 0o1777),
            ("run", 0o755),
            ("root", 0o700),
            ("home", 0o755),
            ("mnt", 0o755),
        ] {
            let path = self.root.join(name);
            if !path.exists() {
                make_dir(&path, mode)?;
            }
        }
        make_dir(&self.root.join("run/lock"), 0o1777)
    }

    fn devices(&self) -> Result<(), MountError> {
        let dev = self.root.join("dev");
        make_dir(&dev, 0o755)?;
        for name in ["null", "zero", "full", "random", "urandom", "tty"] {
            let target = dev.join(name);
            fs::write(&target, "").map_err(at("make", &target))?;
            mounts::bind(&Path::new("/dev").join(name), &target)?;
        }
        for (name, link) in [
            ("ptmx", "pts/ptmx"),
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
        ] {
            let path = dev.join(name);
            symlink(link, &path).map_err(at("link", &path))?;
        }
        make_dir(&dev.join("shm"), 0o1777)?;
        let pts = dev.join("pts");
        make_dir(&pts, 0o755)?;
        let options = "newinstance,ptmxmode=0666,mode=0620";
        // Terminals belong to group `tty`, where that group exists in the lab.
        mounts::kernel_fs(
            "devpts",
            &pts,
            MountFlags::empty(),
            &format!("{options},gid=5"),
        )
        .or_else(|_| mounts::kernel_fs("devpts", &pts, MountFlags::empty(), options))
    }

    fn kernel_views(&mut self) -> Result<(), MountError> {
        let proc = self.root.join("proc");
        make_dir(&proc, 0o555)?;
        mounts::kernel_fs("proc", &proc, MountFlags::NODEV, "")?;
        // As root these belong to the real machine. Settings of the network are the node's own.
        for name in ["sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi"] {
            mounts::protect(&proc.join(name), MountFlags::RDONLY)?;
        }
        mounts::protect(&proc.join("sys/net"), MountFlags::empty())?;
        let sys = self.root.join("sys");
        make_dir(&sys, 0o555)?;
        if let Err(error) =
            mounts::kernel_fs("sysfs", &sys, MountFlags::NODEV | MountFlags::RDONLY, "")
        {
            self.left_out.push(error.to_string());
        }
        Ok(())
    }

    /// Puts an empty directory over the person's home where it is not below `/root` or `/home`.
    fn hide_homes(&mut self) -> Result<(), MountError> {
        if self.setup.root.is_some() {
            return Ok(());
        }
        for home in &self.setup.shared.homes {
            let target = self.root.join(home.strip_prefix("/").unwrap_or(home));
            let hidden = PRIVATE
                .iter()
                .any(|name| home.starts_with(Path::new("/").join(name)));
            if !hidden && target != self.root && target.is_dir() {
                let empty = self.layer()?;
                make_dir(&empty, 0o755)?;
                mounts::bind_all(&empty, &target)?;
            }
        }
        Ok(())
    }

    /// The node's own name. Programs run without it too, and a read-only `/etc` is no reason to have no node.
    fn host_names(&mut self) {
        let name = &self.setup.name;
        let hosts = format!(
            "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{}\t{name}\n",
            self.setup.address
        );
        for (file, text) in [("hosts", hosts), ("hostname", format!("{name}\n"))] {
            let path = self.root.join("etc").join(file);
            // A new file: the old one may be a link to somewhere else, or belong to nobody.
            let _ = fs::remove_file(&path);
            if let Err(error) = fs::write(&path, text) {
                self.left_out
                    .push(at::<io::Error>("write", &path)(error).to_string());
            }
        }
    }
}

fn in_short(mut sentences: Vec<String>) -> Vec<String> {
    let more = sentences.len().saturating_sub(MOST_LEFT_OUT);
    if more > 0 {
        sentences.truncate(MOST_LEFT_OUT);
        sentences.push(format!("and {more} more"));
    }
    sentences
}

fn is_one_of(names: &[&str], path: &Path) -> bool {
    names
        .iter()
        .any(|name| path.file_name().is_some_and(|file| file == *name))
}

/// A directory by its descriptor: stays the same when something is mounted over its path, and has no character that the
/// options of an overlay could trip over.
fn by_descriptor(fd: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))
}

fn open_dir(path: &Path) -> Result<OwnedFd, MountError> {
    openat(
        CWD,
        path,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
    .map_err(at("open", path))
}

fn make_dir(path: &Path, mode: u32) -> Result<(), MountError> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(at("make", path)(error));
        }
        _ => {}
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(at("set the mode of", path))
}

fn make_dir_like(path: &Path, like: &fs::Metadata) -> Result<(), MountError> {
    make_dir(path, like.mode() & 0o7777)?;
    // Fails for an owner that does not exist in the lab; the directory is then the node's root's.
    let _ = chown(path, Some(like.uid()), Some(like.gid()));
    Ok(())
}

fn copy(source: &Path, target: &Path) -> io::Result<()> {
    let like = fs::metadata(source)?;
    if like.len() > LARGEST_COPY {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "too large to be copied",
        ));
    }
    fs::copy(source, target)?;
    let _ = chown(target, Some(like.uid()), Some(like.gid()));
    fs::set_permissions(target, fs::Permissions::from_mode(like.mode() & 0o7777))
}
