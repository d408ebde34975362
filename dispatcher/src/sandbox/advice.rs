//! Whether the system allows a sandbox, and the one sentence that says what to do when it does not.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use rustix::{
    mount::{MountFlags, mount},
    thread::UnshareFlags,
};

use super::{SandboxError, internal, mounts, namespaces};

/// Tries, in a process of its own that ends at once, what a lab is made of. `program` is the `dispatch` program; `None`
/// is the calling program.
pub fn probe(program: Option<&Path>) -> Result<(), SandboxError> {
    let program = program.unwrap_or(Path::new(internal::THIS_PROGRAM));
    let output = Command::new(program)
        .arg(internal::PROBE)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| SandboxError::Program {
            program: program.to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Err(forbidden(reason))
}

/// The error for something that the kernel refused.
pub(super) fn forbidden(reason: String) -> SandboxError {
    let advice = advice(Path::new("/"));
    SandboxError::Forbidden { reason, advice }
}

/// The probing process: the first thing that fails goes to standard output.
pub(super) fn run_probe() -> io::Result<()> {
    let outcome = try_everything();
    if let Err(reason) = &outcome {
        println!("{reason}");
    }
    outcome.map_err(io::Error::other)
}

fn try_everything() -> Result<(), String> {
    namespaces::unshare_user_alone().map_err(|e| format!("no user namespace ({e})"))?;
    namespaces::unshare(
        UnshareFlags::NEWNS | UnshareFlags::NEWNET | UnshareFlags::NEWPID | UnshareFlags::NEWUTS,
    )
    .map_err(|e| format!("no mount, network and process namespaces ({e})"))?;
    mounts::make_private().map_err(|e| e.to_string())?;
    mount("tmpfs", "/tmp", "tmpfs", MountFlags::NODEV, None)
        .map_err(|e| format!("no tmpfs in a user namespace ({e})"))?;
    for dir in ["/tmp/u", "/tmp/w", "/tmp/m"] {
        fs::create_dir(dir).map_err(|e| format!("no directory in a tmpfs ({e})"))?;
    }
    mounts::overlay("/usr", "/tmp/u", "/tmp/w", "/tmp/m")
        .map_err(|e| format!("no overlay file system in a user namespace ({e})"))
}

/// What to do, judged by the settings that are known to forbid sandboxes. `root` is where the system's files are.
fn advice(root: &Path) -> String {
    let setting = |name: &str| {
        fs::read_to_string(root.join("proc/sys").join(name))
            .ok()
            .map(|text| text.trim().to_owned())
    };
    let is = |name: &str, value: &str| setting(name).as_deref() == Some(value);
    let has = |path: &str| root.join(path).exists();
    if is("user/max_user_namespaces", "0") {
        return "user namespaces are switched off: run 'sudo sysctl -w user.max_user_namespaces=15000'".into();
    }
    if is("kernel/unprivileged_userns_clone", "0") {
        return "ordinary users may not have user namespaces: run 'sudo sysctl -w \
                kernel.unprivileged_userns_clone=1', or run dispatch as root"
            .into();
    }
    if is("kernel/apparmor_restrict_unprivileged_userns", "1") {
        return "AppArmor restricts user namespaces of ordinary users (Ubuntu's default): run 'sudo sysctl -w \
                kernel.apparmor_restrict_unprivileged_userns=0', or run dispatch as root"
            .into();
    }
    if has(".dockerenv") || has("run/.containerenv") {
        return "this is a container, and its engine forbids namespaces: start it with '--privileged', or run \
                dispatch outside of it"
            .into();
    }
    if fs::read_to_string(root.join("proc/filesystems")).is_ok_and(|list| !list.contains("overlay"))
    {
        return "the kernel has no overlay file system loaded: run 'sudo modprobe overlay'".into();
    }
    "ask the system's administrator for user namespaces and overlay mounts (Linux 5.11 or newer), or use a device of \
     type 'ssh'"
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn each_known_obstacle_has_its_sentence() {
        let cases = [
            (
                "proc/sys/user/max_user_namespaces",
                "0\n",
                "user.max_user_namespaces=",
            ),
            (
                "proc/sys/kernel/unprivileged_userns_clone",
                "0\n",
                "unprivileged_userns_clone=1",
            ),
            (
                "proc/sys/kernel/apparmor_restrict_unprivileged_userns",
                "1\n",
                "apparmor_restrict_unprivileged_userns=0",
            ),
            (".dockerenv", "", "--privileged"),
            ("run/.containerenv", "", "--privileged"),
            ("proc/filesystems", "nodev\ttmpfs\n", "modprobe overlay"),
            ("proc/filesystems", "nodev\toverlay\n", "administrator"),
        ];
        for (path, text, expected) in cases {
            let root = system(&[(path, text)]);
            let sentence = advice(root.path());
            assert!(sentence.contains(expected), "{path}: {sentence}");
        }
    }
}
