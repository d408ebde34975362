//! What can be seen without running a helper.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node::{not_run, overlays, which};

fn helpers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            helpers(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["lava", "multinode", "distro", "lkp"] {
        helpers(&overlays().join(folder), &mut found);
    }
    found.sort();
    found
}

#[test]
fn every_helper_is_a_script_that_the_dispatcher_can_head() {
    for path in all() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("#!/bin/sh\n# "),
            "{}: first `#!/bin/sh`, then what it is for",
            path.display()
        );
        let name = path.file_name().unwrap().to_str().unwrap();
        let folder = path.parent().unwrap();
        let prefix = if folder.ends_with("lkp") {
            "lkp-"
        } else {
            "lava-"
        };
        assert!(name.starts_with(prefix), "{}", path.display());
        let called = !text.contains("with `.`");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(
            mode & 0o111 != 0,
            called,
            "{}: executable if it is called",
            path.display()
        );
    }
}

#[test]
fn shellcheck_finds_nothing() {
    if which("shellcheck").is_none() {
        return not_run("shellcheck is missing; install shellcheck");
    }
    let root = overlays().join("..");
    let checked = Command::new("shellcheck")
        .current_dir(root)
        .args(["-x", "-s", "sh"])
        .args(all())
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stdout)
    );
}
