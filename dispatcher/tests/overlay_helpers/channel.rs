//! The private channel: helpers on one side, the relay in between, a test as the dispatcher.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::node::{Node, Outcome, for_each_shell, not_run, outcome, which};
use crate::relay::{PATIENCE, Relay};

fn spawn(node: &Node, helper: &str, arguments: &[&str]) -> Child {
    node.helper(helper, arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The outcome of a helper that must end by itself in time.
#[track_caller]
fn finish(child: Child) -> Outcome {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = receiver.recv_timeout(PATIENCE) else {
        kill_process(pid, Signal::KILL).unwrap();
        panic!("the helper hangs");
    };
    let output = output.unwrap();
    Outcome {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

#[test]
fn the_relay_makes_the_channel_and_leaves_nothing() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        let bus = node.root().join("bus");
        assert_eq!(
            fs::metadata(&bus).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert!(
            fs::metadata(bus.join("request"))
                .unwrap()
                .file_type()
                .is_fifo()
        );
        assert_eq!(relay.end(), Some(0));
        relay.is_silent();
        assert_eq!(node.list(""), ["bin"]);
    });
}

#[test]
fn a_later_relay_replaces_an_earlier_one() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut first = Relay::start(&node);
        let second = Relay::start(&node);
        assert_eq!(first.end(), Some(0));
        node.run("lava-send", &["a"])
            .is("<LAVA_SEND_DEBUG lava-send a>\n", 0);
        assert_eq!(second.request(), ["send", "-", "shared", "a"]);
        // Killed, it can't clean up: its `cat` ends all the same, and the next one takes over.
        let mut second = second;
        second.process.kill().unwrap();
        second.is_silent();
        let mut third = Relay::start(&node);
        node.run("lava-send", &["b"])
            .is("<LAVA_SEND_DEBUG lava-send b>\n", 0);
        assert_eq!(third.request(), ["send", "-", "shared", "b"]);
        assert_eq!(third.end(), Some(0));
        assert_eq!(node.list(""), ["bin"]);
    });
}

#[test]
fn signals_go_both_ways() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let relay = Relay::start(&node);
        let marker = "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass>\n";
        node.run("lava-test-case", &["a", "--result", "pass"])
            .is(marker, 0);
        assert_eq!(
            relay.request(),
            ["signal", "-", "TESTCASE TEST_CASE_ID=a RESULT=pass"]
        );
        outcome(
            node.helper("lava-test-case", &["a", "--result", "pass"])
                .env("TESTRUN_ID", "0_smoke\tx"),
        )
        .is(marker, 0);
        assert_eq!(
            relay.request(),
            ["signal", "0_smoke x", "TESTCASE TEST_CASE_ID=a RESULT=pass"]
        );
        node.run("lava-test-raise", &["tab\there\nand there"])
            .is("<LAVA_SIGNAL_TESTRAISE tab here and there>\n", 1);
        assert_eq!(
            relay.request(),
            ["signal", "-", "TESTRAISE tab here and there"]
        );
    });
}

#[test]
fn messages_over_the_channel() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        node.run(
            "lava-send",
            &["ipv4", "ipv4=10.0.0.1", "text=all", "is well", "tab=a\tb"],
        )
        .is(
            "<LAVA_SEND_DEBUG lava-send ipv4 ipv4=10.0.0.1 text=all is well tab=a b>\n",
            0,
        );
        assert_eq!(
            relay.request(),
            [
                "send",
                "-",
                "shared",
                "ipv4",
                "ipv4=10.0.0.1",
                "text=all is well",
                "tab=a b"
            ]
        );

        let helper = spawn(&node, "lava-wait", &["ipv4"]);
        let request = relay.request();
        assert_eq!(
            [&request[..3], &request[4..]].concat(),
            ["wait", "-", "shared", "ipv4"]
        );
        assert_eq!(request[3], format!("reply.{}", helper.id()));
        relay.answer(&request[3], &["ok", "201:a=1 2  x", "201:b=\\n  ", "77:c="]);
        finish(helper).is("<LAVA_WAIT_DEBUG lava-wait ipv4>\n", 0);
        assert_eq!(
            node.read("multi_node_cache.txt"),
            "201:a=1 2  x\n201:b=\\n  \n77:c=\n"
        );

        let helper = spawn(&node, "lava-wait-all", &["up", "guest"]);
        let request = relay.request();
        assert_eq!(
            [&request[..3], &request[4..]].concat(),
            ["wait-all", "-", "shared", "up", "guest"]
        );
        relay.answer(&request[3], &["nack guest-1 ended"]);
        finish(helper).is(
            "<LAVA_WAIT_ALL_DEBUG lava-wait-all up guest>\nError:no-response  nack, Exit from LAVA_WAIT_ALL!\nguest-1 ended\n",
            1,
        );

        let helper = spawn(&node, "lava-sync", &["s"]);
        let request = relay.request();
        assert_eq!(
            [&request[..3], &request[4..]].concat(),
            ["sync", "-", "shared", "s"]
        );
        relay.answer(&request[3], &["ok"]);
        finish(helper).is("<LAVA_SYNC_DEBUG lava-sync s>\n", 0);
        assert!(
            node.read("multi_node_cache.txt").starts_with("201:a"),
            "a sync keeps the cache"
        );

        let helper = spawn(&node, "lava-wait-all", &["up"]);
        let request = relay.request();
        assert_eq!(request[4..], ["up"]);
        relay.answer(&request[3], &["ok"]);
        finish(helper).is("<LAVA_WAIT_ALL_DEBUG lava-wait-all up>\n", 0);
        assert_eq!(node.read("multi_node_cache.txt"), "");
        assert_eq!(
            node.list("bus"),
            [".owner", "request"],
            "nothing is left of the answers"
        );
    });
}

#[test]
fn helpers_at_once_get_their_own_answers() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        let mut helpers = Vec::new();
        for id in ["a", "b", "c", "d"] {
            let cache = node.root().join(format!("cache-{id}"));
            let mut command = node.helper("lava-wait", &[id]);
            helpers.push(
                command
                    .env("LAVA_MULTI_NODE_CACHE", cache)
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap(),
            );
        }
        let mut requests: Vec<_> = helpers.iter().map(|_| relay.request()).collect();
        requests.sort_by(|one, other| other[4].cmp(&one[4]));
        for request in &requests {
            relay.answer(&request[3], &["ok", &format!("1:id={}", request[4])]);
        }
        for (helper, id) in helpers.into_iter().zip(["a", "b", "c", "d"]) {
            assert_eq!(finish(helper).code, Some(0));
            assert_eq!(node.read(&format!("cache-{id}")), format!("1:id={id}\n"));
        }
    });
}

#[test]
fn many_writers_do_not_mix_their_lines() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let relay = Relay::start(&node);
        let body = "ü".repeat(100);
        let script = format!(
            "for n in 1 2 3 4 5 6 7 8; do {{ for m in 1 2 3 4 5; do lava-send id$n body={body}; done >/dev/null; }} & done; wait"
        );
        node.script(&script).is("", 0);
        let mut seen: Vec<_> = (0..40).map(|_| relay.request()).collect();
        seen.sort();
        for (index, request) in seen.iter().enumerate() {
            assert_eq!(
                *request,
                [
                    "send",
                    "-",
                    "shared",
                    &format!("id{}", index / 5 + 1),
                    &format!("body={body}")
                ]
            );
        }
    });
}

#[test]
fn large_requests_and_answers() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        let value = "v".repeat(100_000);
        let told = node.run("lava-send", &["big", &format!("value={value}")]);
        assert_eq!(told.code, Some(0));
        let line = relay.line();
        let number = line
            .strip_prefix("@big.")
            .expect("a large request comes by file");
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
        assert_eq!(
            node.read(&format!("bus/big.{number}")),
            format!("send\t-\tshared\tbig\tvalue={value}")
        );

        // Two by one process, and a file that is still there, get different names.
        let id = "i".repeat(300);
        assert_eq!(
            node.run("lava-test-case", &[&id, "--shell", "true"]).code,
            Some(0)
        );
        for text in [
            format!("STARTTC {id}"),
            format!("ENDTC {id}"),
            format!("TESTCASE TEST_CASE_ID={id} RESULT=pass"),
        ] {
            let line = relay.line();
            assert_eq!(
                node.read(&format!("bus/{}", line.strip_prefix('@').unwrap())),
                format!("signal\t-\t{text}")
            );
        }

        let helper = spawn(&node, "lava-wait", &["big"]);
        let request = relay.request();
        let pairs: Vec<_> = (0..1000)
            .map(|index| format!("201:key{index}={}", "x".repeat(90)))
            .collect();
        let mut lines = vec!["ok"];
        lines.extend(pairs.iter().map(String::as_str));
        relay.answer(&request[3], &lines);
        finish(helper).is("<LAVA_WAIT_DEBUG lava-wait big>\n", 0);
        assert_eq!(node.read("multi_node_cache.txt"), pairs.join("\n") + "\n");
    });
}

#[test]
fn a_dead_relay_hangs_nobody() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        relay.process.kill().unwrap();
        relay.is_silent();
        // The fifo is there, but nobody reads it.
        finish(spawn(&node, "lava-send", &["a"])).is("<LAVA_SEND_DEBUG lava-send a>\n", 0);
        finish(spawn(&node, "lava-test-set", &["stop"])).is("<LAVA_SIGNAL_TESTSET STOP>\n", 0);
        // Whoever waits is ended by the dispatcher, and cleans up.
        let helper = spawn(&node, "lava-wait", &["a"]);
        let fifo = node.root().join(format!("bus/reply.{}", helper.id()));
        let start = std::time::Instant::now();
        while !fifo.exists() {
            assert!(start.elapsed() < PATIENCE);
            thread::yield_now();
        }
        // Between the fifo and the trap there are a few instructions of the shell.
        thread::sleep(std::time::Duration::from_millis(200));
        kill_process(
            Pid::from_raw(i32::try_from(helper.id()).unwrap()).unwrap(),
            Signal::TERM,
        )
        .unwrap();
        assert_eq!(finish(helper).code, Some(143));
        assert!(!fifo.exists());
    });
}

#[test]
fn the_relay_survives_what_is_no_answer() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        relay.write("nobody 2\nok\n1:a=b\n../evil 1\nok\nrequest 1\nx\n.owner 1\nx\n$(id) 0\n");
        let helper = spawn(&node, "lava-wait", &["a"]);
        let request = relay.request();
        relay.answer(&request[3], &["ok"]);
        assert_eq!(finish(helper).code, Some(0));
        assert_eq!(node.list("bus"), [".owner", "request"]);
        assert_eq!(node.list(""), ["bin", "bus", "multi_node_cache.txt"]);
        relay.write("name x\n");
        relay.is_silent();
        assert_eq!(relay.end(), Some(1));
        assert!(!node.root().join("bus").exists());
    });
}

#[test]
fn an_answer_that_cannot_be_stored_is_no_success() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        let helper = spawn(&node, "lava-wait", &["a"]);
        let request = relay.request();
        // Takes the place of the file: every write to it fails as on a full disk.
        std::os::unix::fs::symlink(
            "/dev/full",
            node.root().join(format!("bus/{}.data", request[3])),
        )
        .unwrap();
        relay.answer(&request[3], &["ok", "1:a=b"]);
        finish(helper).is(
            "<LAVA_WAIT_DEBUG lava-wait a>\nError:no-response  nack, Exit from LAVA_WAIT!\nthe answer could not be stored on this node; is its disk full?\n",
            1,
        );
    });
}

#[test]
fn the_well_known_cache_is_written_too() {
    let Some(_) = which("unshare") else {
        return not_run("the well-known cache: unshare is missing; install util-linux");
    };
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut relay = Relay::start(&node);
        // A /tmp of its own; the results folder may be below the real one and is reached as the working folder.
        let script = "mount -t tmpfs tmpfs /tmp && ./bin/lava-wait a && cat /tmp/lava_multi_node_cache.txt && \
                      cat ./own && rm /tmp/lava*.txt && mkdir /tmp/lava_multi_node_cache.txt && \
                      ./bin/lava-wait b && cat ./own";
        let mut command = node.command("unshare");
        command
            .current_dir(node.root())
            .env("LAVA_RESULTS_ROOT", ".")
            .env("LAVA_MULTI_NODE_CACHE", "./own");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let probe = node
            .command("unshare")
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "mount",
                "-t",
                "tmpfs",
                "tmpfs",
                "/tmp",
            ])
            .output()
            .unwrap();
        if !probe.status.success() {
            drop(finish(child));
            return not_run(&format!(
                "the well-known cache: {}",
                String::from_utf8_lossy(&probe.stderr)
            ));
        }
        for pair in ["1:a=b", "1:c=d"] {
            let request = relay.request();
            relay.answer(&request[3], &["ok", pair]);
        }
        finish(child).is(
            "<LAVA_WAIT_DEBUG lava-wait a>\n1:a=b\n1:a=b\n<LAVA_WAIT_DEBUG lava-wait b>\n1:c=d\n",
            0,
        );
    });
}
