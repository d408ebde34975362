//! Nodes that refuse something: what is done instead, or in which words it is said.

use std::fs;
use std::process::Command;

use common::need;
use sha2::{Digest, Sha256};

use crate::block::{Block, possible};
use crate::images::busybox;

const RUN: [&str; 7] = [
    "run",
    "--case",
    "good-1-100%",
    "--count",
    "1",
    "--seconds",
    "60",
];

#[test]
fn without_overlay_mounts_a_container_has_copies() {
    let test = "without_overlay_mounts_a_container_has_copies";
    if !possible(test) {
        return;
    }
    // Not with busybox, whose shell has a mount of its own.
    let mut block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let refuse = "#!/bin/sh\n[ \"$2\" != overlay ] || exit 32\nexec /bin/mount \"$@\"\n";
    block.program("mount", refuse);
    let prepare = ["prepare", "--runtime", "sandbox", "--rootfs"];
    block
        .call(&[&prepare[..], &[tar.to_str().unwrap()]].concat())
        .ok();
    block.call(&["split", "--job", "good"]).ok();
    for repeat in 0..2 {
        let lines = block.call(&RUN).ok().lines;
        assert!(lines.contains(&format!("result 1 result/small/p/{repeat}")));
        let said = block.console(1);
        assert!(!said.contains("tree on overlay"), "{said}");
        assert!(!block.folder().join("src/left").exists());
        assert!(!block.folder().join("c1/copy").exists());
        block.assert_clean();
    }
}

/// A node on which no cgroup can be made.
fn without_cgroups(test: &str) -> Option<Block> {
    if !possible(test) {
        return None;
    }
    let mut block = Block::new("/bin/sh");
    block.program("mkdir", "#!/bin/sh\nfor word; do case $word in */cgroup/*) exit 1 ;; esac; done\nexec /bin/mkdir \"$@\"\n");
    block.call(&["prepare", "--runtime", "sandbox"]).ok();
    block.call(&["split", "--job", "good"]).ok();
    Some(block)
}

#[test]
fn without_cgroups_limits_are_kept_by_taskset_and_ulimit() {
    let test = "without_cgroups_limits_are_kept_by_taskset_and_ulimit";
    let Some(block) = without_cgroups(test) else {
        return;
    };
    let limits = ["--cpus", "1", "--memory", "100000000"];
    block.call(&[&RUN[..], &limits].concat()).ok();
    let said = block.console(1);
    assert!(said.contains("memory 97656\n"), "{said}");
    if std::thread::available_parallelism().unwrap().get() > 1 {
        assert!(said.contains("processors 0\n"), "{said}");
    }
    let part = block.call(&[&RUN[..], &["--cpus", "0.5"]].concat());
    assert!(
        part.wrong(3)
            .contains("cannot limit a container to 0.5 processors here"),
        "{}",
        part.stderr
    );
    block.assert_clean();
}

#[test]
fn an_install_that_fails_names_the_packages_that_would_do() {
    let test = "an_install_that_fails_names_the_packages_that_would_do";
    if !possible(test) {
        return;
    }
    let block = Block::new("/bin/sh");
    let said = block.call(&["prepare", "--runtime", "none", "--install", "good"]);
    let words = said.wrong(3);
    for part in ["lkp install of good.yaml failed", "ruby-git", "iproute2"] {
        assert!(words.contains(part), "{words}");
    }
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let said = block.call(&[
        "prepare",
        "--runtime",
        "sandbox",
        "--rootfs",
        tar.to_str().unwrap(),
        "--install",
        "good",
    ]);
    assert!(
        said.wrong(2)
            .starts_with("lkp install cannot add to an image"),
        "{}",
        said.stderr
    );
}

#[test]
fn a_sent_root_file_system_is_checked_and_kept() {
    let test = "a_sent_root_file_system_is_checked_and_kept";
    if !possible(test) || !need::program(test, "gzip", "gzip") {
        return;
    }
    let block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let packed = Command::new("gzip").arg("-1").arg(&tar).status().unwrap();
    assert!(packed.success());
    let bytes = fs::read(tar.with_extension("tar.gz")).unwrap();
    let hex: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let digest = format!("sha256:{hex}");
    let sent = block.folder().join("rootfs.tar");
    let prepare = [
        "prepare",
        "--runtime",
        "sandbox",
        "--rootfs",
        sent.to_str().unwrap(),
        "--digest",
        &digest,
    ];
    let have = || block.call(&["have", &digest]).ok().lines;
    assert_eq!(have(), ["missing"]);
    assert!(
        block.call(&prepare).wrong(3).contains("is no longer kept"),
        "it was not sent"
    );
    fs::write(&sent, &bytes[..1000]).unwrap();
    assert!(block.call(&prepare).wrong(3).contains("came damaged"));
    assert_eq!(have(), ["missing"]);
    fs::write(&sent, &bytes).unwrap();
    let made = block.call(&prepare).ok();
    assert!(made.lines.contains(&format!("image {digest}")));
    assert_eq!(have(), ["kept"]);
    assert!(!sent.exists());
    let again = block.call(&prepare).ok();
    assert!(!again.stderr.contains("making"), "{}", again.stderr);
    let long = "a".repeat(65);
    for wrong in ["../../etc/passwd", "sha256:../..", "sha256:", &long] {
        let said = block.call(&["have", wrong]);
        assert!(said.wrong(2).contains("64 digits"), "{wrong}");
    }
}
