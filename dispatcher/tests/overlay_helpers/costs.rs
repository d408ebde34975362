//! How many processes a call starts, and how long it takes.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::node::{Node, for_each_shell, not_run, outcome, which};
use crate::relay::Relay;

/// The arguments of `unshare` that give a process id namespace here, if anything does.
fn namespace() -> Option<&'static [&'static str]> {
    which("unshare")?;
    let ways: [&[&str]; 2] = [
        &["--pid", "--fork"],
        &["--user", "--map-root-user", "--pid", "--fork"],
    ];
    ways.into_iter().find(|way| {
        Command::new("unshare")
            .args(*way)
            .arg("true")
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

#[test]
fn a_call_starts_few_processes() {
    let Some(namespace) = namespace() else {
        return not_run("counting processes: no process id namespace can be made here");
    };
    for_each_shell(|shell| {
        let node = Node::new(shell);
        node.write("log", "x\n");
        let mut relay = Relay::start(&node);
        let calls: &[(&str, u32)] = &[
            (
                "lava-test-case new --result pass --units s --measurement 1",
                2,
            ),
            ("lava-test-case new --result pass", 1),
            (
                "lava-test-case log --result pass --output $LAVA_RESULTS_ROOT/log",
                3,
            ),
            ("lava-test-case shell --shell :", 3),
            ("lava-test-set stop", 1),
            ("lava-test-reference a --result pass --reference u", 1),
            ("lava-test-event a", 1),
            ("lava-send a b=c", 1),
            ("lava-wait a", 3),
            ("lava-wait-all a r", 3),
            ("lava-sync a", 3),
            ("lava-echo-ipv4 lo", 3),
            ("LAVA_JOB_ID_SELF=1 lava-self", 1),
            ("LAVA_ROLE=r lava-role", 1),
            ("LAVA_GROUP=1 lava-group", 1),
        ];
        for (call, most) in calls {
            // The first process of the namespace has number 1 and the last one prints its own: between them are those
            // of the call.
            let mut command = node.command("unshare");
            command.args(namespace).args([
                "sh",
                "-c",
                &format!("{call} >/dev/null 2>&1; sh -c 'echo $$'; :"),
            ]);
            let asks = call.contains("wait") || call.contains("sync");
            let told = if asks {
                let child = command.stdout(Stdio::piped()).spawn().unwrap();
                let request = relay.request();
                relay.answer(&request[3], &["ok", "1:a=b"]);
                String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
            } else {
                let told = outcome(&mut command).stdout;
                if call.contains("test-case") || call.contains("test-") || call.contains("send") {
                    let requests = if call.contains("--shell") || call.contains("--output") {
                        3
                    } else {
                        1
                    };
                    (0..requests).for_each(|_| drop(relay.line()));
                }
                told
            };
            let processes = told.trim().parse::<u32>().unwrap() - 2;
            assert!(
                processes <= *most,
                "{call}: {processes} processes, not {most}"
            );
        }
    });
}

#[test]
fn a_thousand_test_cases() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let start = Instant::now();
        let told = node.script(
            "n=0; while [ $n -lt 1000 ]; do lava-test-case x --result pass; n=$((n + 1)); done",
        );
        let time = start.elapsed();
        assert_eq!(
            told.stdout,
            "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=pass>\n".repeat(1000)
        );
        eprintln!(
            "1000 lava-test-case calls: {time:.2?}, {:.2?} each",
            time / 1000
        );
    });
}
