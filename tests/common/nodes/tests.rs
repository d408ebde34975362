//! The farm is proven with the plain OpenSSH client, and with what the kernel says afterwards.

use std::io::Read;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::*;
use crate::processes::{self, Identity};
use crate::proxy::{FlakyProxy, Mood};
use crate::traces::Traces;
use crate::{need, nodes};

/// `ssh` into an address of the farm, with no user's configuration.
fn ssh(farm: &Farm, host: &str, port: u16, known_hosts: &str, command: &str) -> Output {
    let enter = farm.enter();
    Command::new(&enter[0])
        .args(&enter[1..])
        .args([
            "ssh",
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "IdentitiesOnly=yes",
        ])
        .args([
            "-o",
            "StrictHostKeyChecking=accept-new",
            "-o",
            "ConnectTimeout=5",
        ])
        .args(["-o", &format!("UserKnownHostsFile={known_hosts}")])
        .args(["-p", &port.to_string(), "-i"])
        .arg(farm.key())
        .args([&format!("root@{host}"), command])
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn at(farm: &Farm, node: &str, command: &str) -> Output {
    let host = farm.node(node).address().to_string();
    ssh(farm, &host, 22, "/dev/null", command)
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn three_nodes_answer_each_as_itself() {
    if !need::farm("three_nodes_answer_each_as_itself") {
        return;
    }
    let farm = Farm::start(&["a", "b", "c"]);
    for node in farm.nodes() {
        let name = node.name();
        assert_eq!(out(&at(&farm, name, "cat /proc/sys/kernel/hostname")), name);
        assert_eq!(out(&node.exec("cat /proc/sys/kernel/hostname")), name);
        assert!(
            out(&at(&farm, name, "ip -4 addr show eth0")).contains(&node.address().to_string())
        );
    }
    // Nodes reach one another, and share no files.
    let banner = format!(
        "exec 3<>/dev/tcp/{}/22; head -c 4 <&3",
        farm.node("b").address()
    );
    assert_eq!(out(&at(&farm, "a", &banner)), "SSH-");
    out(&at(
        &farm,
        "a",
        "echo mine >/own; echo mine >/tmp/own; echo mine >/root/own",
    ));
    out(&at(
        &farm,
        "b",
        "test ! -e /own && test ! -e /tmp/own && test ! -e /root/own",
    ));
    assert_eq!(
        std::fs::read_to_string(farm.node("a").root().join("own")).unwrap(),
        "mine\n"
    );
    assert!(
        !std::path::Path::new("/own").exists(),
        "a node writes to its own disk only"
    );
    // A shell with a prompt that a job can wait for.
    let shell = out(&at(&farm, "c", "bash -i 2>&1 </dev/null"));
    assert!(shell.contains("root@c:~#"), "{shell}");
}

#[test]
fn a_killed_node_takes_nobody_along() {
    if !need::farm("a_killed_node_takes_nobody_along") {
        return;
    }
    let mut farm = Farm::start(&["a", "b"]);
    let inside = Identity::of(farm.node("b").pid()).unwrap();
    farm.node_mut("b").kill();
    assert!(!inside.lives());
    assert!(!at(&farm, "b", "true").status.success());
    out(&at(&farm, "a", "true"));
    assert!(
        farm.node("a").log().contains("Connection from"),
        "the server tells who comes"
    );
    farm.node("a").unplug();
    assert!(!at(&farm, "a", "true").status.success());
}

#[test]
fn a_stopped_node_is_silent_and_can_go_on() {
    if !need::farm("a_stopped_node_is_silent_and_can_go_on") {
        return;
    }
    let farm = Farm::start(&["a"]);
    let node = farm.node("a");
    node.stop();
    let mut connection = farm.connect(node.ssh()).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let silence = connection.read(&mut [0; 4]).unwrap_err();
    assert_eq!(silence.kind(), std::io::ErrorKind::WouldBlock);
    node.cont();
    connection
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut banner = [0; 4];
    connection.read_exact(&mut banner).unwrap();
    assert_eq!(&banner, b"SSH-");
}

#[test]
fn a_new_host_key_is_noticed() {
    if !need::farm("a_new_host_key_is_noticed") {
        return;
    }
    let mut farm = Farm::start(&["a"]);
    let known = farm.dir().join("known_hosts").display().to_string();
    let host = farm.node("a").address().to_string();
    let before = farm.node("a").host_key();
    out(&ssh(&farm, &host, 22, &known, "true"));
    farm.node_mut("a").change_host_key();
    assert_ne!(before, farm.node("a").host_key());
    let refused = ssh(&farm, &host, 22, &known, "true");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("REMOTE HOST IDENTIFICATION HAS CHANGED")
    );
}

#[test]
fn options_are_honoured() {
    if !need::farm("options_are_honoured") {
        return;
    }
    let farm = Farm::of(vec![
        NodeSpec::named("small").disk("1m"),
        NodeSpec::named("closed").authorized(""),
    ]);
    let closed = at(&farm, "closed", "true");
    assert!(String::from_utf8_lossy(&closed.stderr).contains("Permission denied"));
    let small = farm.node("small");
    small.fill_disk();
    let full = at(&farm, "small", "echo more >/more");
    assert!(
        String::from_utf8_lossy(&full.stderr).contains("No space left"),
        "{full:?}"
    );
}

#[test]
fn a_session_dies_alone() {
    if !need::farm("a_session_dies_alone") {
        return;
    }
    let farm = Farm::start(&["a"]);
    let node = farm.node("a");
    out(&node.exec("mkfifo /tmp/gate"));
    std::thread::scope(|scope| {
        let doomed = scope.spawn(|| at(&farm, "a", "sleep 1001"));
        let other = scope.spawn(|| at(&farm, "a", "cat /tmp/gate"));
        let here = processes::wait_until(Duration::from_secs(20), || {
            node.kill_session_of("sleep 1001")
        });
        assert!(here, "the session was there to be killed");
        assert!(!doomed.join().unwrap().status.success());
        // Waits in the fifo until the other session reads it.
        out(&node.exec("echo alive >/tmp/gate"));
        assert_eq!(out(&other.join().unwrap()), "alive");
    });
}

#[test]
fn a_proxy_forwards_cuts_and_falls_silent() {
    if !need::farm("a_proxy_forwards_cuts_and_falls_silent") {
        return;
    }
    let farm = Farm::start(&["a"]);
    let through = |mood| {
        let proxy = FlakyProxy::start(&farm, farm.node("a"), mood);
        let port = proxy.address().port();
        let said = ssh(&farm, "127.0.0.1", port, "/dev/null", "echo through");
        (said, proxy.from_client())
    };
    let (fair, bytes) = through(Mood::Fair);
    assert_eq!(out(&fair), "through");
    let (cut, _) = through(Mood::CutAfter(bytes / 2));
    assert!(!cut.status.success());

    let proxy = FlakyProxy::start(&farm, farm.node("a"), Mood::SilentAfter(0));
    let mut client = farm.connect(proxy.address()).unwrap();
    std::io::Write::write_all(&mut client, b"SSH-2.0-test\r\n").unwrap();
    let silent = processes::wait_until(Duration::from_secs(20), || proxy.from_client() == 14);
    assert!(silent, "the proxy heard it");
    still_open(&mut client);
}

/// A connection on which nothing comes but that nobody closed.
fn still_open(client: &mut TcpStream) {
    client
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let mut buffer = [0; 256];
    let end = loop {
        match client.read(&mut buffer) {
            Ok(0) => panic!("closed"),
            // The banner came before the silence.
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(end.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn nothing_is_left_of_a_farm() {
    if !need::farm("nothing_is_left_of_a_farm") {
        return;
    }
    let farm = Farm::start(&["a", "b"]);
    let roots: Vec<u32> = farm
        .nodes()
        .iter()
        .map(nodes::Node::pid)
        .chain([farm.pid()])
        .collect();
    let traces = Traces::of(&roots, farm.dir());
    assert!(traces.processes() >= 3);
    let dir = farm.dir().to_path_buf();
    drop(farm);
    traces.assert_gone();
    assert!(!dir.exists());
}

#[test]
fn nothing_is_left_of_a_farm_whose_test_is_killed() {
    if !need::farm("nothing_is_left_of_a_farm_whose_test_is_killed") {
        return;
    }
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "nodes::tests::hold_a_farm",
            "--ignored",
            "--nocapture",
        ])
        .env(HOLD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(holder.stdout.take().unwrap()));
    let up = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("farm at ")?.1.to_owned()));
    let dir = PathBuf::from(up.expect("the holder says where its farm is"));
    let traces = Traces::of(&[holder.id()], &dir);
    assert!(
        traces.processes() > 4,
        "the test program, unshare, the farm, the node"
    );
    holder.kill().unwrap();
    holder.wait().unwrap();
    traces.assert_gone();
    std::fs::remove_dir_all(dir).unwrap();
}

const HOLD: &str = "DISPATCH_TEST_HOLD";

#[test]
#[ignore = "not a test: the other end of the one above"]
fn hold_a_farm() {
    if std::env::var_os(HOLD).is_none() {
        return;
    }
    let farm = Farm::start(&["a"]);
    println!("farm at {}", farm.dir().display());
    // Until the test kills this process.
    let _ = std::io::stdin().read(&mut [0]);
}
