//! `mount` and `unmount`: the file system of a board's disk, reachable by this program alone.
//!
//! In: a block device, for example `/dev/disk/by-label/MBED`. Out: a [`Mount`] in the node's state. It stands at no path of
//! the machine and lives as long as it is held: whatever becomes of the dispatcher, nothing stays mounted. Needs
//! root and Linux 5.2.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_string, fsmount,
    fsopen,
};
use serde::Deserialize;

use super::words;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};

/// What to mount.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountDevice {
    /// The block device.
    pub device: String,
    /// What later steps call it.
    #[serde(rename = "as")]
    pub name: String,
    /// Its file system, for example `vfat`. Without it those are tried that the kernel knows.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// A mounted file system; dropped, it is unmounted.
#[derive(Debug, Clone)]
pub struct Mount(Arc<Mounted>);

#[derive(Debug)]
struct Mounted {
    device: String,
    root: OwnedFd,
    /// Keeps the mount. Closed after the root, which stands on it.
    _mount: OwnedFd,
}

impl Mount {
    /// Mounts a device.
    ///
    /// # Errors
    /// Says what was tried and what the kernel answered.
    pub(super) async fn of(device: String, kind: Option<String>) -> Result<Self, String> {
        let mounting = tokio::task::spawn_blocking(move || mount(device, kind.as_deref()));
        mounting.await.map_err(|e| e.to_string())?
    }

    /// Its root folder.
    pub(super) fn root(&self) -> BorrowedFd<'_> {
        self.0.root.as_fd()
    }

    /// Its device.
    pub(super) fn device(&self) -> &str {
        &self.0.device
    }

    /// Waits until everything that was written is on the disk, and unmounts it.
    ///
    /// # Errors
    /// Not all of it could be written. It is unmounted all the same.
    pub async fn unmount(self) -> Result<(), String> {
        let syncing = tokio::task::spawn_blocking(move || {
            rustix::fs::syncfs(self.root())
                .map_err(|e| format!("not all was written to {}: {e}", self.device()))
        });
        syncing.await.map_err(|e| e.to_string())?
    }
}

fn mount(device: String, kind: Option<&str>) -> Result<Mount, String> {
    let known = match kind {
        Some(kind) => vec![kind.to_owned()],
        None => known_kinds(),
    };
    let mut last = Errno::NODEV;
    for kind in &known {
        match try_mount(&device, kind) {
            Ok((root, mount)) => {
                return Ok(Mount(Arc::new(Mounted {
                    device,
                    root,
                    _mount: mount,
                })));
            }
            // Another kind of file system, or none that this kernel has.
            Err(e @ (Errno::INVAL | Errno::NODEV)) => last = e,
            Err(e) => {
                last = e;
                break;
            }
        }
    }
    let advice = match last {
        Errno::PERM | Errno::ACCESS => "; only root may mount",
        Errno::BUSY => "; is it mounted by somebody else?",
        Errno::NOSYS => "; the kernel is older than 5.2",
        _ => "",
    };
    Err(format!(
        "cannot mount {device} as {}: {last}{advice}",
        known.join(", ")
    ))
}

fn try_mount(device: &str, kind: &str) -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let context = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(context.as_fd(), "source", device)?;
    fsconfig_create(context.as_fd())?;
    // Nothing on a board's disk is for this machine.
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let mount = fsmount(context.as_fd(), FsMountFlags::FSMOUNT_CLOEXEC, attributes)?;
    // What keeps the mount names a place only; to write and to sync takes an open folder.
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok((openat(&mount, c".", folder, Mode::empty())?, mount))
}

/// First what boards have, which the kernel may still have to load; then what it has loaded.
fn known_kinds() -> Vec<String> {
    let mut kinds = vec!["vfat".to_owned()];
    let table = fs::read_to_string("/proc/filesystems").unwrap_or_default();
    let loaded = table.lines().filter_map(|line| line.strip_prefix('\t'));
    kinds.extend(
        loaded
            .filter(|kind| !kind.starts_with("fuse") && *kind != "vfat")
            .map(ToOwned::to_owned),
    );
    kinds
}

/// Runs a `mount` step.
pub(super) async fn run(
    what: &MountDevice,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let device = words::fill(&what.device, &node.words(&step.namespace));
    let mounts = &mut node.state.namespace(&step.namespace).mounts;
    // What an earlier try has left.
    if let Some(before) = mounts.shift_remove(&what.name) {
        let unmounted = before.unmount().await;
        unmounted.map_err(|why| Failure::new(step.class, why))?;
    }
    let mount = Mount::of(device, what.kind.clone()).await;
    let mount = mount.map_err(|why| Failure::new(step.class, why))?;
    let mounts = &mut node.state.namespace(&step.namespace).mounts;
    mounts.insert(what.name.clone(), mount);
    Ok(())
}

/// Runs an `unmount` step.
pub(super) async fn unmount(
    name: &str,
    step: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let mounts = &mut node.state.namespace(&step.namespace).mounts;
    let mount = mounts.shift_remove(name).ok_or_else(|| not_mounted(name))?;
    let unmounted = mount.unmount().await;
    unmounted.map_err(|why| Failure::new(step.class, why))
}

/// A step list names something that no step before it has mounted.
pub(super) fn not_mounted(name: &str) -> Failure {
    Failure::new(
        Class::Configuration,
        format!("nothing is mounted as {name}: a `mount` step must come before"),
    )
}
