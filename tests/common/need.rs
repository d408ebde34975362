//! What a test needs of the machine. A test that cannot run says so on standard error and is counted in a file, so
//! that a green run with half of its tests missing is not taken for a whole one.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::nodes::Farm;

/// Where the tests that did not run are listed, one a line: `DISPATCH_NOT_RUN`, else `not-run.txt` beside the test
/// programs. `tests/run` empties it first and prints it at the end.
#[must_use]
pub fn not_run_file() -> PathBuf {
    match std::env::var_os("DISPATCH_NOT_RUN") {
        Some(path) => path.into(),
        None => crate::job::build_dir().join("not-run.txt"),
    }
}

/// Says that a test does not run, and why.
pub fn not_run(test: &str, why: &str) {
    eprintln!("NOT RUN {test}: {why}");
    let file = not_run_file();
    let line = format!("{test}: {why}\n");
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .and_then(|mut open| open.write_all(line.as_bytes()));
    if let Err(error) = written {
        eprintln!("{}: not written: {error}", file.display());
    }
}

/// Whether a farm of OpenSSH machines can be made here; if not, the test is listed as not run.
#[must_use]
pub fn farm(test: &str) -> bool {
    answer(test, farm_obstacle())
}

/// Whether namespaces can be made here as root; if not, the test is listed as not run.
#[must_use]
pub fn namespaces(test: &str) -> bool {
    answer(test, namespace_obstacle())
}

/// A farm of plain nodes with these names; when none can be made here, the test is listed as not run.
#[must_use]
pub fn machines(test: &str, names: &[&str]) -> Option<Farm> {
    farm(test).then(|| Farm::start(names))
}

/// Whether a sandbox can be made here as root; if not, the test is listed as not run.
#[must_use]
pub fn root(test: &str) -> bool {
    let obstacle = (!is_root()).then(|| "needs root".to_owned());
    answer(test, obstacle)
}

/// Whether an ordinary user may make namespaces here; if not, the test is listed as not run.
#[must_use]
pub fn user_namespaces(test: &str) -> bool {
    answer(test, user_namespace_obstacle())
}

/// Whether a program is there; if not, the test is listed as not run.
#[must_use]
pub fn program(test: &str, name: &str, package: &str) -> bool {
    let missing = (!on_path(name)).then(|| format!("needs {name} (Debian package {package})"));
    answer(test, missing)
}

fn answer(test: &str, obstacle: Option<String>) -> bool {
    match obstacle {
        Some(why) => {
            not_run(test, &why);
            false
        }
        None => true,
    }
}

/// Whether this process is root.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
}

fn farm_obstacle() -> Option<String> {
    if let Some(why) = namespace_obstacle() {
        return Some(why);
    }
    if !Path::new("/usr/sbin/sshd").is_file() {
        return Some("needs /usr/sbin/sshd (Debian package openssh-server)".into());
    }
    for (name, package) in [
        ("ssh-keygen", "openssh-client"),
        ("ip", "iproute2"),
        ("nsenter", "util-linux"),
    ] {
        if !on_path(name) {
            return Some(format!("needs {name} (Debian package {package})"));
        }
    }
    None
}

fn namespace_obstacle() -> Option<String> {
    if !is_root() {
        return Some("needs root, to make network and mount namespaces".into());
    }
    if !on_path("unshare") {
        return Some("needs unshare (Debian package util-linux)".into());
    }
    let allowed = Command::new("unshare")
        .args(["--net", "--mount", "--pid", "--fork", "true"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (!allowed)
        .then(|| "root may not make namespaces here (a container without CAP_SYS_ADMIN?)".into())
}

fn user_namespace_obstacle() -> Option<String> {
    let mut probe = Command::new("setpriv");
    if is_root() {
        probe.args(ORDINARY_USER);
    }
    let allowed = probe
        .args([
            "unshare",
            "--user",
            "--map-root-user",
            "--net",
            "--mount",
            "true",
        ])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (!allowed).then(|| "an ordinary user may not make user namespaces here".into())
}

/// `setpriv`'s words for becoming a user who owns nothing: `nobody`.
pub const ORDINARY_USER: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];
