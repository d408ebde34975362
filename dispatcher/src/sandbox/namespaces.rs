//! Namespaces of the calling process, and the id maps of a user namespace.
//!
//! The maps are written by the parent, which has the right to: as root the lab sees all ids that the dispatcher sees;
//! as an ordinary user it gets a range through `newuidmap` where the system has set one aside, else the user's own id
//! alone.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use rustix::{
    process::{getgid, getuid},
    thread::UnshareFlags,
};

/// Moves the calling process into new namespaces.
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES));
    // SAFETY: the function is unsafe because of `FILES` alone (threads that lose sight of each other's descriptors),
    // which no caller asks for; callers are processes that have no second thread yet.
    #[allow(unsafe_code)]
    let result = unsafe { rustix::thread::unshare_unsafe(flags) };
    Ok(result?)
}

/// Which ids exist in a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdMap {
    /// All that the dispatcher sees, each as itself.
    All,
    /// The user's own as root, and perhaps a range of subordinate ids. Files of everybody else, the real root included,
    /// belong to `nobody`.
    Own,
}

/// Gives the new user namespace of process `pid` its ids.
pub(super) fn write_id_maps(pid: u32) -> io::Result<IdMap> {
    if getuid().is_root() && write_all(pid).is_ok() {
        return Ok(IdMap::All);
    }
    if write_range(pid).is_none() {
        write_own(&pid.to_string(), getuid().as_raw(), getgid().as_raw())?;
    }
    Ok(IdMap::Own)
}

/// Shows one user and one group as root in the user namespace of a process.
fn write_own(process: &str, uid: u32, gid: u32) -> io::Result<()> {
    // The kernel wants this before it lets an ordinary user map a group.
    fs::write(format!("/proc/{process}/setgroups"), "deny")?;
    fs::write(format!("/proc/{process}/uid_map"), format!("0 {uid} 1"))?;
    fs::write(format!("/proc/{process}/gid_map"), format!("0 {gid} 1"))
}

/// All ids that exist here, each as itself.
fn write_all(pid: u32) -> io::Result<()> {
    for map in ["uid_map", "gid_map"] {
        let identity: String = fs::read_to_string(format!("/proc/self/{map}"))?
            .lines()
            .filter_map(|line| {
                let mut fields = line.split_whitespace();
                let (first, _, count) = (fields.next()?, fields.next()?, fields.next()?);
                Some(format!("{first} {first} {count}\n"))
            })
            .collect();
        fs::write(format!("/proc/{pid}/{map}"), identity)?;
    }
    Ok(())
}

/// The user's own id as root and its range of subordinate ids, written by the system's helpers; `None` where the system
/// has no helpers or no range, and when the helpers refuse.
fn write_range(pid: u32) -> Option<()> {
    let (uid, gid) = (getuid().as_raw(), getgid().as_raw());
    let user = user_name(uid);
    let uids = subordinate(Path::new("/etc/subuid"), uid, user.as_deref())?;
    let gids = subordinate(Path::new("/etc/subgid"), uid, user.as_deref())?;
    // Where the first helper refuses, nothing is written yet and the own id can still be mapped.
    for (helper, own, (first, count)) in [("newgidmap", gid, gids), ("newuidmap", uid, uids)] {
        let done = Command::new(helper)
            .arg(pid.to_string())
            .args(["0", &own.to_string(), "1", "1", &first.to_string()])
            .arg(count.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .ok()?;
        if !done.success() {
            return None;
        }
    }
    Some(())
}

/// The first range of `name:first:count` lines that belongs to the user.
fn subordinate(file: &Path, uid: u32, user: Option<&str>) -> Option<(u32, u32)> {
    let uid = uid.to_string();
    fs::read_to_string(file).ok()?.lines().find_map(|line| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        (owner == uid || Some(owner) == user).then_some(())?;
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

/// A field of the user's line in the password file.
fn passwd_field(uid: u32, field: usize) -> Option<String> {
    let uid = uid.to_string();
    fs::read_to_string("/etc/passwd")
        .ok()?
        .lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            let owner = fields.clone().nth(2)?;
            (owner == uid).then(|| fields.nth(field).map(str::to_owned))?
        })
}

fn user_name(uid: u32) -> Option<String> {
    passwd_field(uid, 0).or_else(|| std::env::var("USER").ok())
}

/// The home directory that the system knows for the calling user.
pub(super) fn system_home() -> Option<String> {
    passwd_field(getuid().as_raw(), 5)
}

/// For a process that tries out what the system allows: a user namespace with the own id.
pub(super) fn unshare_user_alone() -> io::Result<()> {
    let (uid, gid) = (getuid().as_raw(), getgid().as_raw());
    unshare(UnshareFlags::NEWUSER)?;
    write_own("self", uid, gid)
}
