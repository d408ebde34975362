//! Containers of docker and podman, for real: with a docker daemon of the test's own.

use std::io::BufReader;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::need;

use crate::block::{Block, possible, until};
use crate::images::busybox;

/// A docker daemon in a folder of its own; it ends with this.
struct Daemon {
    process: Child,
    socket: String,
    namespace: String,
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let socket = format!("unix://{}", at("d.sock"));
        let mut process = Command::new("dockerd")
            .args([
                "--data-root",
                &at("data"),
                "--exec-root",
                &at("exec"),
                "-p",
                &at("d.pid"),
            ])
            .args(["-H", &socket, "--iptables=false", "--bridge=none"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("API listen on") {
            line.clear();
            let read = std::io::BufRead::read_line(&mut said, &mut line).unwrap();
            assert_ne!(read, 0, "dockerd ended");
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self {
            process,
            socket,
            namespace: at("exec/netns/default"),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.process.wait().unwrap();
        // Docker leaves this one mounted once a container had no network.
        let _ = Command::new("umount").arg(&self.namespace).status();
    }
}

/// Images and containers of podman in a folder of its own, so that the machine's are not touched.
struct Store {
    folder: tempfile::TempDir,
}

impl Store {
    fn new() -> Self {
        let store = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let at = store.folder.path().display();
        let text = format!(
            "[storage]\ndriver = \"overlay\"\ngraphroot = \"{at}/root\"\nrunroot = \"{at}/run\"\n"
        );
        std::fs::write(store.config(), text).unwrap();
        store
    }

    fn config(&self) -> String {
        let file = self.folder.path().join("storage.conf");
        file.to_str().unwrap().to_owned()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Podman keeps this mounted over itself.
        let _ = Command::new("umount")
            .arg(self.folder.path().join("root/overlay"))
            .stderr(Stdio::null())
            .status();
    }
}

/// Containers run and are stopped; none is left that the engine knows.
fn runs_and_stops(block: &Block, runtime: &str, tar: &Path, left: &mut Command) {
    block
        .call(&[
            "prepare",
            "--runtime",
            runtime,
            "--rootfs",
            tar.to_str().unwrap(),
        ])
        .ok();
    block.call(&["split", "--job", "good"]).ok();
    block.call(&["split", "--job", "hang"]).ok();
    let limits = [
        "--cpus",
        "0.5",
        "--memory",
        "100000000",
        "--network",
        "none",
    ];
    let good = [
        "run",
        "--case",
        "good-1-100%",
        "--count",
        "2",
        "--seconds",
        "60",
    ];
    let lines = block.call(&[&good[..], &limits].concat()).ok().lines;
    assert!(
        lines.contains(&"result 2 result/small/p/0".to_owned()),
        "{lines:?}"
    );
    let hang = [
        "run",
        "--case",
        "hang-1-100%",
        "--count",
        "2",
        "--seconds",
        "600",
    ];
    let (mut run, mut lines) = block.start(&hang);
    until(&mut lines, "begin", 2);
    drop(run.stdin.take());
    assert_eq!(run.wait().unwrap().code(), Some(143));
    let left = left.output().unwrap();
    assert!(left.status.success());
    assert_eq!(String::from_utf8_lossy(&left.stdout), "");
    block.assert_clean();
}

#[test]
fn docker_runs_containers() {
    let test = "docker_runs_containers";
    if !possible(test) || !need::program(test, "dockerd", "docker.io") {
        return;
    }
    let mut block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path());
    block.environment("DOCKER_HOST", &daemon.socket);
    let mut left = Command::new("docker");
    left.args(["-H", &daemon.socket, "ps", "-aq"]);
    runs_and_stops(&block, "docker", &tar, &mut left);

    let file = block.path("recipe/Dockerfile");
    std::fs::create_dir(block.path("recipe")).unwrap();
    std::fs::copy(&tar, block.path("recipe/image.tar")).unwrap();
    std::fs::write(&file, "FROM scratch\nADD image.tar /\n").unwrap();
    let build = [
        "prepare",
        "--runtime",
        "docker",
        "--dockerfile",
        file.to_str().unwrap(),
    ];
    let made = block.call(&build).ok();
    assert!(made.stderr.contains("making the image"), "{}", made.stderr);
    let known = block.call(&build).ok();
    assert!(
        !known.stderr.contains("making the image"),
        "{}",
        known.stderr
    );
    assert_eq!(made.lines, known.lines);

    std::fs::write(&file, "FROM scratch\nBOIL eggs\n").unwrap();
    let said = block.call(&build);
    assert!(
        said.wrong(2)
            .starts_with("cannot build Dockerfile with docker: "),
        "{}",
        said.stderr
    );
}

#[test]
fn podman_runs_containers() {
    let test = "podman_runs_containers";
    if !possible(test) || !need::program(test, "podman", "podman") {
        return;
    }
    let mut block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    let store = Store::new();
    block.environment("CONTAINERS_STORAGE_CONF", &store.config());
    let mut left = Command::new("podman");
    left.env("CONTAINERS_STORAGE_CONF", store.config());
    left.args(["ps", "-aq", "--filter", "name=lkp-node-"]);
    runs_and_stops(&block, "podman", &tar, &mut left);
}

#[test]
fn an_engine_that_does_not_answer_is_named_with_its_reason() {
    let test = "an_engine_that_does_not_answer_is_named_with_its_reason";
    if !possible(test) || !need::program(test, "docker", "docker.io") {
        return;
    }
    let mut block = Block::new("/bin/sh");
    let Some(tar) = busybox(&block, test) else {
        return;
    };
    block.environment("DOCKER_HOST", "unix:///nowhere/d.sock");
    let said = block.call(&[
        "prepare",
        "--runtime",
        "docker",
        "--rootfs",
        tar.to_str().unwrap(),
    ]);
    let words = said.wrong(3);
    assert!(
        words.starts_with("no container can be made here: docker: "),
        "{words}"
    );
    assert!(words.contains("/nowhere/d.sock"), "{words}");
}
