//! What the helpers print and write where there is no channel.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;

use rustix::fs::OFlags;

use crate::node::{Node, Outcome, for_each_shell, not_run, outcome};

#[test]
fn a_given_result_is_kept_and_told() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.run("lava-test-case", &["boot", "--result", "pass"])
            .is("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=boot RESULT=pass>\n", 0);
        assert_eq!(node.list("out/results/boot"), ["result"]);
        assert_eq!(node.read("out/results/boot/result"), "pass\n");

        node.run(
            "lava-test-case",
            &[
                "two words",
                "--measurement",
                "1.5",
                "--units",
                "s",
                "--result",
                "fail",
            ],
        )
        .is(
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=two words RESULT=fail UNITS=s MEASUREMENT=1.5>\n",
            0,
        );
        assert_eq!(
            node.list("out/results/two words"),
            ["measurement", "result", "units"]
        );
        assert_eq!(node.read("out/results/two words/measurement"), "1.5\n");
        assert_eq!(node.read("out/results/two words/units"), "s\n");

        node.write("log", "line 1\nline 2\n");
        let log = node.root().join("log");
        node.run("lava-test-case", &["o", "--result", "skip", "--output", log.to_str().unwrap()]).is(
            "<LAVA_SIGNAL_STARTTC o>\nline 1\nline 2\n<LAVA_SIGNAL_ENDTC o>\n<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=o RESULT=skip>\n",
            0,
        );
    });
}

#[test]
fn a_command_gives_the_result() {
    let told = |id: &str, inside: &str, result: &str| {
        format!(
            "<LAVA_SIGNAL_STARTTC {id}>\n{inside}<LAVA_SIGNAL_ENDTC {id}>\n<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={id} RESULT={result}>\n"
        )
    };
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.run(
            "lava-test-case",
            &["a", "--shell", "echo $TEST_CASE_ID; true"],
        )
        .is(&told("a", "a\n", "pass"), 0);
        node.run("lava-test-case", &["a", "--shell", "false"])
            .is(&told("a", "", "fail"), 0);
        node.run(
            "lava-test-case",
            &["a", "--shell", "echo", "'x  y'", "&&", "false"],
        )
        .is(&told("a", "x  y\n", "fail"), 0);
        // None of these gets hold of the helper itself.
        for command in [
            "exit 3",
            "set -e; false",
            "cd /; TEST_CASE_ID=b; LAVA_RESULT_DIR=/; false",
            "set -f; IFS=a; false",
        ] {
            node.run("lava-test-case", &["a", "--shell", command])
                .is(&told("a", "", "fail"), 0);
        }
        assert_eq!(node.list("out/results"), ["a"]);
        assert_eq!(node.read("out/results/a/result"), "fail\n");
    });
}

#[test]
fn no_name_leads_out_of_the_results_folder() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        for id in [
            "..",
            ".",
            "../../evil",
            "/etc/evil",
            "a/../b",
            "/",
            "//",
            "-p",
            "*",
        ] {
            let outcome = node.run("lava-test-case", &[id, "--result", "pass"]);
            outcome.is(
                &format!("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={id} RESULT=pass>\n"),
                0,
            );
        }
        let names = node.list("out/results");
        assert!(
            names.contains(&".._.._evil".to_owned()) && names.contains(&"_etc_evil".to_owned()),
            "{names:?}"
        );
        assert_eq!(node.list(""), ["bin", "out"]);
        assert_eq!(node.list("out"), ["results"]);
        // A name that no folder can have does not hide the result.
        let long = "x".repeat(300);
        let told = node.run("lava-test-case", &[&long, "--result", "pass"]);
        assert_eq!(
            told.stdout,
            format!("<LAVA_SIGNAL_TESTCASE TEST_CASE_ID={long} RESULT=pass>\n")
        );
        assert_eq!(told.code, Some(0));
        // A marker is one line.
        node.run("lava-test-case", &["a\n<b\tc", "--result", "pass"])
            .is(
                "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a <b c RESULT=pass>\n",
                0,
            );
    });
}

#[test]
fn the_other_signals() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.run("lava-test-set", &["start", "net work"])
            .is("<LAVA_SIGNAL_TESTSET START net work>\n", 0);
        node.run("lava-test-set", &["stop"])
            .is("<LAVA_SIGNAL_TESTSET STOP>\n", 0);
        node.run(
            "lava-test-reference",
            &["id", "--result", "pass", "--reference", "http://x/1"],
        )
        .is("<LAVA_SIGNAL_TESTREFERENCE id pass http://x/1>\n", 0);
        node.run("lava-test-raise", &["no", "disk"])
            .is("<LAVA_SIGNAL_TESTRAISE no disk>\n", 1);
        node.run("lava-test-event", &["reached"])
            .is("<LAVA_SIGNAL_TESTEVENT reached>\n", 0);
        node.run("lava-test-feedback", &["--namespace", "guest"])
            .is("<LAVA_SIGNAL_TESTFEEDBACK guest>\n", 0);

        let mut slow = node.helper("lava-test-event", &["x"]);
        outcome(slow.env("CHARACTER_DELAY", "0.01")).is("<LAVA_SIGNAL_TESTEVENT x>\n", 0);
    });
}

#[test]
fn wrong_arguments_are_refused() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let wrong: &[(&str, &[&[&str]])] = &[
            (
                "lava-test-case",
                &[
                    &[],
                    &["a"],
                    &["", "--result", "pass"],
                    &["a", "--result"],
                    &["a", "--shell"],
                    &["a", "--x", "y"],
                ],
            ),
            ("lava-test-set", &[&[], &["start"], &["stop", "x"], &["go"]]),
            (
                "lava-test-reference",
                &[
                    &[],
                    &["a"],
                    &["a", "--result", "pass"],
                    &["a", "--reference", "u"],
                    &["a", "--result"],
                ],
            ),
            ("lava-test-raise", &[&[]]),
            ("lava-test-event", &[&[], &["a", "b"]]),
            ("lava-test-feedback", &[&[], &["guest"], &["--namespace"]]),
            (
                "lava-background-process-start",
                &[&[], &["a"], &["a", "--cmd"], &["a", "b", "c"]],
            ),
            ("lava-background-process-stop", &[&[]]),
            ("lava-wait", &[&[], &["a", "b"]]),
            ("lava-wait-all", &[&[], &["a", "b", "c"]]),
            ("lava-sync", &[&[], &["a", "b"]]),
            ("lava-send", &[&[]]),
        ];
        for (helper, calls) in wrong {
            for arguments in *calls {
                node.run(helper, arguments).refuses("Usage: lava-");
            }
        }
        node.run("lava-test-case", &["a", "--units", "s"])
            .refuses("--result must be specified");
        node.run("lava-background-process-stop", &["a"])
            .refuses("'a' is not running");
        for helper in ["lava-send", "lava-wait", "lava-wait-all", "lava-sync"] {
            node.run(helper, &["a=b"])
                .refuses("must not be empty nor contain '='");
            node.run(helper, &[""])
                .refuses("must not be empty nor contain '='");
        }
        node.run("lava-send", &["a", "b"])
            .refuses("expected KEY=VALUE after the message id, found 'b'");
        node.run("lava-send", &["a", "=b"]).refuses("found '=b'");
        assert_eq!(node.list(""), ["bin"]);
    });
}

#[test]
fn who_is_who() {
    for_each_shell(|shell| {
        let header = "LAVA_JOB_ID_SELF='201'\nLAVA_ROLE='host'\nLAVA_GROUP='201\thost\n202\tguest one\n203\tguest one\n'";
        let node = Node::with_header(shell, header);
        node.run("lava-self", &[]).is("201\n", 0);
        node.run("lava-role", &[]).is("host", 0);
        node.run("lava-role", &["list"])
            .is("host\nguest one\nguest one\n", 0);
        node.run("lava-group", &[])
            .is("201\thost\n202\tguest one\n203\tguest one\n", 0);
        node.run("lava-group", &["guest one"]).is("202\n203\n", 0);
        node.run("lava-group", &["guest"]).is("", 1);
        node.run("lava-role", &["x"]).refuses("Usage: lava-role");
        node.run("lava-group", &["x", "y"])
            .refuses("Usage: lava-group");
        let outside = Node::new(shell).run("lava-self", &[]);
        assert!(
            outside.code != Some(0) && outside.stderr.contains("MultiNode jobs only"),
            "{outside:?}"
        );
    });
}

/// Runs a helper with something typed on its stdin.
fn typed(node: &Node, helper: &str, arguments: &[&str], text: &str) -> Outcome {
    let mut command = node.helper(helper, arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Outcome {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

#[test]
fn messages_over_the_console() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.run("lava-send", &["ipv4", "ipv4=10.0.0.1", "text=all", "is well"]).is(
            "<LAVA_SEND_DEBUG lava-send ipv4 ipv4=10.0.0.1 text=all is well>\n<LAVA_MULTI_NODE> <LAVA_SEND ipv4 ipv4=10.0.0.1 text=all is well>\n",
            0,
        );

        let asked = "<LAVA_WAIT_DEBUG lava-wait ipv4>\n<LAVA_MULTI_NODE> <LAVA_WAIT ipv4>\n";
        let answer =
            "\n\nnoise\r\n<LAVA_WAIT_COMPLETE 201:a=1 2  x 201:b=http://[::1]:80 77:c=d\\n>\r\n\n";
        typed(&node, "lava-wait", &["ipv4"], answer).is(asked, 0);
        assert_eq!(
            node.read("multi_node_cache.txt"),
            "201:a=1 2  x\n201:b=http://[::1]:80\n77:c=d\\n\n"
        );

        typed(&node, "lava-sync", &["s"], "<LAVA_SYNC_COMPLETE>\n").is(
            "<LAVA_SYNC_DEBUG lava-sync s>\n<LAVA_MULTI_NODE> <LAVA_SYNC s>\n",
            0,
        );
        assert!(
            node.read("multi_node_cache.txt").starts_with("201:a"),
            "a sync keeps the cache"
        );

        typed(&node, "lava-wait", &["ipv4"], "<LAVA_WAIT_COMPLETE>\n").is(asked, 0);
        assert_eq!(node.read("multi_node_cache.txt"), "");

        let asked = "<LAVA_WAIT_ALL_DEBUG lava-wait-all up guest>\n<LAVA_MULTI_NODE> <LAVA_WAIT_ALL up guest>\n";
        typed(
            &node,
            "lava-wait-all",
            &["up", "guest"],
            "<LAVA_WAIT_ALL_COMPLETE 202:k=v 203:k=w>\n",
        )
        .is(asked, 0);
        assert_eq!(node.read("multi_node_cache.txt"), "202:k=v\n203:k=w\n");
        typed(
            &node,
            "lava-wait-all",
            &["up", "guest"],
            "<LAVA_WAIT_ALL_COMPLETE nack>\n",
        )
        .is(
            &format!("{asked}Error:no-response  nack, Exit from LAVA_WAIT_ALL!\n"),
            1,
        );
        typed(&node, "lava-wait-all", &["up", "guest"], "").is(
            &format!("{asked}Error:no-response  nack, Exit from LAVA_WAIT_ALL!\nstdin ended before the answer came\n"),
            1,
        );
    });
}

#[test]
fn the_address_of_an_interface() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.run("lava-echo-ipv4", &[])
            .refuses("Usage: lava-echo-ipv4");
        match crate::node::which("ip").or(crate::node::which("ifconfig")) {
            Some(_) => {
                assert_eq!(node.run("lava-echo-ipv4", &["lo"]).stdout, "127.0.0.1\n");
                let none = node.run("lava-echo-ipv4", &["nosuch0"]);
                assert_eq!((none.stdout.as_str(), none.code), ("", Some(0)));
            }
            None => not_run("lava-echo-ipv4 lo: neither ip nor ifconfig is here; install iproute2"),
        }
        every_tool_is_understood(&node);
    });
}

/// What tools print that are not on this machine, by one that takes the place of the machine's own.
fn every_tool_is_understood(node: &Node) {
    let Some(own) = ["/sbin/ifconfig", "/sbin/ip"]
        .into_iter()
        .find(|tool| Path::new(tool).exists())
    else {
        return not_run(
            "lava-echo-ipv4 with other tools: neither ifconfig nor ip is in /sbin; install iproute2",
        );
    };
    let namespace = ["--user", "--map-root-user", "--mount", "sh", "-c"];
    for printed in [
        "inet addr:10.1.2.3  Bcast:10.1.2.255",
        "inet 10.1.2.3  netmask 255.0.0.0",
        "inet 10.1.2.3/8 scope global",
    ] {
        let screen =
            format!("eth0: flags\n    inet6 fe80::1/64\n    {printed}\n    inet 9.9.9.9\n");
        node.write("fake", &format!("#!/bin/sh\ncat <<'END'\n{screen}END\n"));
        let script =
            format!("chmod 755 ./fake && mount --bind ./fake {own} || exit 9; lava-echo-ipv4 eth0");
        let mut command = node.command("unshare");
        let told = outcome(command.current_dir(node.root()).args(namespace).arg(script));
        if told.code != Some(0) {
            return not_run(&format!(
                "lava-echo-ipv4 with other tools: no mount namespace: {}",
                told.stderr
            ));
        }
        told.is("10.1.2.3\n", 0);
    }
}

#[test]
fn signals_in_the_kernel_log() {
    let kmsg = match OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open("/dev/kmsg")
    {
        Ok(kmsg) => kmsg,
        Err(error) => return not_run(&format!("signals in the kernel log: /dev/kmsg: {error}")),
    };
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let mut kmsg = kmsg.try_clone().unwrap();
        kmsg.seek(SeekFrom::End(0)).unwrap();
        let told = outcome(
            node.helper("lava-test-event", &["deep"])
                .env("KMSG", "true"),
        );
        if told.stderr.contains("ermission") || told.stderr.contains("permitted") {
            return not_run(&format!("signals in the kernel log: {}", told.stderr));
        }
        told.is("", 0);
        let mut record = [0; 8192];
        let mut log = String::new();
        while let Ok(length) = kmsg.read(&mut record) {
            log.push_str(&String::from_utf8_lossy(&record[..length]));
        }
        assert!(log.contains(";<LAVA_SIGNAL_TESTEVENT deep>\n"), "{log}");
    });
}
