//! The same nodes for an ordinary user: the tests of [`super::node`], run by this program in the user's name.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
};

use super::client::program;

/// `nobody`, who has no range of subordinate ids.
const NOBODY: u32 = 65534;

#[test]
fn an_ordinary_user_with_the_own_id_alone() {
    if !is_root() {
        return;
    }
    run_as(NOBODY, false);
}

#[test]
fn an_ordinary_user_with_a_range_of_ids() {
    if !is_root() {
        return;
    }
    let name = format!("sandbox-{}", std::process::id());
    if !Path::new("/usr/bin/newuidmap").exists() {
        eprintln!("not tried: a range of ids, for want of newuidmap (Debian package uidmap)");
        return;
    }
    let user = User::add(&name);
    run_as(user.uid, true);
}

fn is_root() -> bool {
    let root = rustix::process::getuid().is_root();
    if !root {
        eprintln!("not tried: other users, because this is not root");
    }
    root
}

/// Runs the tests of a node in another user's name. `many` ids are expected, or the own one alone.
fn run_as(uid: u32, many: bool) {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (tests, dispatch) = (dir.path().join("tests"), dir.path().join("dispatch"));
    fs::copy(std::env::current_exe().unwrap(), &tests).unwrap();
    fs::copy(program(), &dispatch).unwrap();
    let status = Command::new(&tests)
        .args(["node::", "--nocapture", "--test-threads=1"])
        .env("SANDBOX_TEST_PROGRAM", &dispatch)
        .env("SANDBOX_TEST_MANY_IDS", many.to_string())
        .env_remove("HOME")
        .current_dir("/")
        .uid(uid)
        .gid(uid)
        .status()
        .unwrap();
    assert!(status.success());
}

/// A user of this machine for the time of a test.
struct User {
    name: String,
    uid: u32,
}

impl User {
    fn add(name: &str) -> Self {
        let status = Command::new("useradd")
            .args([
                "--no-create-home",
                "--no-log-init",
                "--user-group",
                "--shell",
                "/usr/sbin/nologin",
            ])
            .arg(name)
            .status()
            .unwrap();
        assert!(status.success());
        let line = |file: &str| {
            let text = fs::read_to_string(file).unwrap();
            text.lines()
                .find(|line| line.starts_with(&format!("{name}:")))
                .map(str::to_owned)
        };
        let uid = line("/etc/passwd")
            .unwrap()
            .split(':')
            .nth(2)
            .unwrap()
            .parse()
            .unwrap();
        let user = Self {
            name: name.to_owned(),
            uid,
        };
        assert!(
            line("/etc/subuid").is_some(),
            "useradd gave no range of ids"
        );
        user
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = Command::new("userdel").arg(&self.name).status();
    }
}
