//! What can be seen of the miniature without running it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{job::source_dir, need};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn shellcheck_finds_nothing() {
    if !need::program(
        "lkp_mini::shellcheck_finds_nothing",
        "shellcheck",
        "shellcheck",
    ) {
        return;
    }
    let mut scripts = Vec::new();
    files(&source_dir().join("examples/lkp-mini"), &mut scripts);
    scripts.retain(|path| {
        path.extension().is_some_and(|end| end == "sh")
            || fs::read_to_string(path).is_ok_and(|text| text.starts_with("#!/bin/sh\n"))
    });
    assert!(scripts.len() > 10);
    let checked = Command::new("shellcheck")
        .args(["-x", "-s", "sh"])
        .args(scripts)
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stdout)
    );
}
