//! Nothing stays behind, however the end comes.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use dispatcher::sandbox::SandboxError;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::net::UnixDatagram;

use super::client::{TestLab, program};

/// Processes of a lab that was started by process `dispatcher`, with a descriptor each to hear of their end.
struct Processes {
    pids: Vec<(i32, OwnedFd)>,
    namespaces: BTreeSet<PathBuf>,
    /// Open, so that the kernel does not give their numbers to the namespaces of another test.
    _held: Vec<File>,
}

impl Processes {
    fn of(dispatcher: u32) -> Self {
        let mut pids = Vec::new();
        let mut wanted = vec![i32::try_from(dispatcher).unwrap()];
        while let Some(parent) = wanted.pop() {
            for child in children(parent) {
                let pidfd =
                    pidfd_open(Pid::from_raw(child).unwrap(), PidfdFlags::NONBLOCK).unwrap();
                pids.push((child, pidfd));
                wanted.push(child);
            }
        }
        let held = pids.iter().flat_map(|(pid, _)| {
            KINDS
                .iter()
                .filter_map(move |kind| File::open(format!("/proc/{pid}/ns/{kind}")).ok())
        });
        let held = held.collect();
        let namespaces = pids
            .iter()
            .flat_map(|(pid, _)| namespaces(Path::new(&format!("/proc/{pid}"))))
            .filter(|namespace| !namespaces(Path::new("/proc/self")).contains(namespace))
            .collect();
        Self {
            pids,
            namespaces,
            _held: held,
        }
    }

    async fn are_gone(self) {
        for (_, pidfd) in self.pids {
            // Any descriptor can be waited for as a socket; that of a process is readable when it has ended.
            let ended = UnixDatagram::from_std(pidfd.into()).unwrap();
            ended.readable().await.unwrap();
        }
        for process in fs::read_dir("/proc").unwrap().flatten() {
            // What has ended and waits for its parent's interest counts as gone.
            let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            if stat.contains(") Z ") {
                continue;
            }
            let held = namespaces(&process.path());
            let left: Vec<_> = held.intersection(&self.namespaces).collect();
            assert!(left.is_empty(), "{:?} is in {left:?}", process.path());
        }
    }
}

fn children(pid: i32) -> Vec<i32> {
    let mut found = Vec::new();
    for thread in fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        found.extend(
            list.split_whitespace()
                .map(|pid| pid.parse::<i32>().unwrap()),
        );
    }
    found
}

const KINDS: [&str; 6] = ["net", "mnt", "pid", "uts", "ipc", "user"];

fn namespaces(process: &Path) -> BTreeSet<PathBuf> {
    KINDS
        .iter()
        .filter_map(|kind| fs::read_link(process.join("ns").join(kind)).ok())
        .collect()
}

#[tokio::test]
async fn stop_leaves_nothing() {
    let before = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let holder = holder();
    let processes = Processes::of(holder.id());
    assert!(
        processes.pids.len() >= 2 + 2 * 3,
        "{}",
        processes.pids.len()
    );
    assert!(
        processes.namespaces.len() >= 4 + 2 * 5 - 1,
        "{:?}",
        processes.namespaces
    );
    assert_eq!(before, fs::read_to_string("/proc/self/mountinfo").unwrap());
    // The end of its input asks the holder to stop the lab.
    let mut holder = holder;
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    processes.are_gone().await;
    assert!(!Path::new("/sys/class/net/br0").exists());
}

#[tokio::test]
async fn a_killed_dispatcher_leaves_nothing() {
    let mut holder = holder();
    let processes = Processes::of(holder.id());
    assert!(
        processes.pids.len() >= 2 + 2 * 3,
        "{}",
        processes.pids.len()
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
    processes.are_gone().await;
}

/// This test program once more, with a lab of two nodes that are busy.
fn holder() -> std::process::Child {
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ending::holds_a_lab",
            "--nocapture",
            "--include-ignored",
        ])
        .env("SANDBOX_TEST_PROGRAM", program())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(holder.stdout.as_mut().unwrap());
    let up = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("lab is up"));
    assert!(up, "the holder ended");
    holder
}

#[tokio::test]
#[ignore = "a part of the tests above, run by them"]
async fn holds_a_lab() {
    let lab = TestLab::start().await;
    let (one, two) = tokio::join!(lab.node("one"), lab.node("two"));
    let busy = lab.connect(&one).await;
    let channel = busy.channel().await;
    channel
        .exec(true, "trap '' HUP TERM; setsid sleep 1000 & sleep 1000")
        .await
        .unwrap();
    assert_eq!(lab.connect(&two).await.ok("echo yes").await, "yes");
    println!("lab is up");
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count())
        .await
        .unwrap();
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn a_node_can_be_killed_and_made_again() {
    let lab = TestLab::start().await;
    let (mut one, two) = tokio::join!(lab.node("one"), lab.node("two"));
    let (busy, other) = (lab.connect(&one).await, lab.connect(&two).await);
    let again = lab
        .lab
        .add_node(dispatcher::sandbox::NodeSpec {
            name: "one".into(),
            ..Default::default()
        })
        .await
        .unwrap_err();
    assert!(again.to_string().contains("runs already"), "{again}");
    let mut channel = busy.channel().await;
    channel
        .exec(true, "trap '' TERM HUP; echo up; sleep 1000")
        .await
        .unwrap();
    while !matches!(channel.wait().await, Some(russh::ChannelMsg::Data { .. })) {}
    lab.lab.remove_node("one").await.unwrap();
    one.ended().await;
    // The connection hears of it: there is nobody left to answer.
    drop(channel);
    assert_eq!(other.ok("echo alive").await, "alive");
    let gone = lab.lab.remove_node("one").await;
    assert!(matches!(gone, Err(SandboxError::Refused(_))), "{gone:?}");
    let again = lab.node("one").await;
    assert_ne!(again.address, one.address);
    assert_eq!(lab.connect(&again).await.ok("ls /tmp").await, "");
    lab.lab.stop().await.unwrap();
}

#[tokio::test]
async fn a_node_that_ends_by_itself_is_reported() {
    let lab = TestLab::start().await;
    let mut node = lab.node("guest").await;
    let ssh = lab.connect(&node).await;
    let channel = ssh.channel().await;
    channel.exec(true, "kill -9 -1").await.unwrap();
    node.ended().await;
    let mut other = lab.node("other").await;
    lab.lab.stop().await.unwrap();
    other.ended().await;
}

#[tokio::test]
async fn bad_words_are_refused_before_anything_starts() {
    let lab = TestLab::start().await;
    for name in ["", "-x", "a b", "../x", "a.b", &"x".repeat(64)] {
        let spec = dispatcher::sandbox::NodeSpec {
            name: name.into(),
            ..Default::default()
        };
        assert!(
            matches!(lab.lab.add_node(spec).await, Err(SandboxError::Name(_))),
            "{name}"
        );
    }
    lab.lab.stop().await.unwrap();
}
