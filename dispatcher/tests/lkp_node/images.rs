//! Containers of an image without an engine.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use common::need;

use crate::block::{Block, possible};

/// A tar with busybox and nothing else, if busybox is here.
pub(crate) fn busybox(block: &Block, test: &str) -> Option<PathBuf> {
    if !need::program(test, "busybox", "busybox-static") {
        return None;
    }
    let root = block.path("image");
    fs::create_dir_all(root.join("bin")).unwrap();
    fs::copy("/usr/bin/busybox", root.join("bin/busybox")).unwrap();
    let applets = Command::new("/usr/bin/busybox")
        .arg("--list")
        .output()
        .unwrap();
    for applet in String::from_utf8(applets.stdout).unwrap().lines() {
        if applet != "busybox" {
            symlink("busybox", root.join("bin").join(applet)).unwrap();
        }
    }
    let tar = block.path("image.tar");
    let packed = Command::new("tar")
        .arg("-cf")
        .arg(&tar)
        .arg("-C")
        .arg(&root)
        .arg(".")
        .status()
        .unwrap();
    assert!(packed.success());
    Some(tar)
}

#[test]
fn a_root_file_system_is_unpacked_once_and_stays_as_it_is() {
    let test = "a_root_file_system_is_unpacked_once_and_stays_as_it_is";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let prepare = [
        "prepare",
        "--runtime",
        "sandbox",
        "--rootfs",
        tar.to_str().unwrap(),
    ];
    let other = block.path("other");
    fs::create_dir(&other).unwrap();
    fs::copy(
        block.folder().join("tests.tar.gz"),
        other.join("tests.tar.gz"),
    )
    .unwrap();
    let both = std::thread::scope(|scope| {
        let one = scope.spawn(|| block.call_in(&other, &prepare).ok());
        let two = block.call(&prepare).ok();
        [one.join().unwrap(), two]
    });
    let made = both
        .iter()
        .filter(|call| call.stderr.contains("making"))
        .count();
    assert_eq!(made, 1);
    assert_eq!(both[0].lines, both[1].lines);
    assert!(
        both[0].lines[1].starts_with("image sha256:"),
        "{:?}",
        both[0].lines
    );

    block.call(&["split", "--job", "good"]).ok();
    let run = [
        "run",
        "--case",
        "good-1-100%",
        "--count",
        "2",
        "--seconds",
        "60",
        "--network",
        "none",
    ];
    block.call(&run).ok();
    block.assert_clean();
    let digest = both[0].lines[1].rsplit(':').next().unwrap();
    let root = block.path("cache/rootfs").join(digest);
    let mut left: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["bin"], "nothing was written into the image");
}

#[test]
fn an_image_without_ruby_is_refused_when_the_tree_needs_it() {
    let test = "an_image_without_ruby_is_refused_when_the_tree_needs_it";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    block.tree("sbin/split-job", "#!/usr/bin/env ruby\n");
    let tar = tar.to_str().unwrap();
    let said = block.call(&["prepare", "--runtime", "sandbox", "--rootfs", tar]);
    assert!(
        said.wrong(2).starts_with(
            "the image image.tar has no ruby, which LKP's scripts need; use an image with ruby"
        ),
        "{}",
        said.stderr
    );
    let said = block.call(&[
        "prepare",
        "--runtime",
        "sandbox",
        "--rootfs",
        tar,
        "--package",
        "iperf3",
    ]);
    assert!(
        said.wrong(2)
            .contains("lacks packages that the job asks for: iperf3"),
        "{}",
        said.stderr
    );
}

#[test]
fn what_is_no_root_file_system_is_refused() {
    let test = "what_is_no_root_file_system_is_refused";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    let tar = block.path("text.tar");
    fs::write(&tar, "no tar").unwrap();
    let said = block.call(&[
        "prepare",
        "--runtime",
        "sandbox",
        "--rootfs",
        tar.to_str().unwrap(),
    ]);
    assert!(
        said.wrong(2)
            .starts_with("cannot unpack the root file system text.tar"),
        "{}",
        said.stderr
    );
    assert!(!said.stderr.contains("making folder"));
}
