//! A stage run from beginning to end, and processes in the background.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::node::{Node, for_each_shell, outcome};
use crate::relay::{PATIENCE, Relay};

/// A stage with the given definitions: name, install.sh and run.sh.
fn stage(node: &Node, definitions: &[(&str, Option<&str>, &str)]) -> String {
    let stage = node.root().join("0").display().to_string();
    let mut conf = String::new();
    for (name, install, run) in definitions {
        conf.push_str(&format!("{stage}/tests/{name}\n"));
        node.write(&format!("0/tests/{name}/run.sh"), run);
        if let Some(install) = install {
            node.write(&format!("0/tests/{name}/install.sh"), install);
        }
    }
    node.write("0/lava-test-runner.conf", &conf);
    stage
}

#[test]
fn a_stage_runs_its_definitions_in_order() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let stage = stage(
            &node,
            &[
                (
                    "0_good",
                    Some("echo installing\n"),
                    "read word; echo got $word\nlava-test-case a --result pass\n",
                ),
                (
                    "1_bad",
                    Some("lava-echo-ipv4 none; exit 7\n"),
                    "echo never\n",
                ),
                ("2_failing", None, "false\necho never\n"),
            ],
        );
        let mut command = node.helper("lava-test-runner", &[&stage]);
        node.write("typed", "hello\nrest\n");
        let typed = fs::File::open(node.root().join("typed")).unwrap();
        let told = outcome(command.env("SHELL", "/bin/sh").stdin(typed));
        assert_eq!(
            told.stdout,
            "installing\ngot hello\n<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=a RESULT=pass>\n<LAVA_TEST_RUNNER INSTALL_FAIL>\n<LAVA_TEST_RUNNER EXIT>\n"
        );
        assert_eq!(told.code, Some(0));

        let results = node.list("0/results");
        let names: Vec<_> = results
            .iter()
            .map(|name| name.rsplit_once('-').unwrap())
            .collect();
        assert_eq!(
            names.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["0_good", "1_bad", "2_failing"]
        );
        let epoch = names[0].1;
        assert!(epoch.parse::<u64>().unwrap() > 1_700_000_000);
        assert_eq!(
            node.list("0"),
            [
                format!("lava-test-runner.conf-{epoch}"),
                "results".into(),
                "tests".into()
            ]
        );
        assert_eq!(
            node.read(&format!("0/results/0_good-{epoch}/install_return_code")),
            "0\n"
        );
        assert_eq!(
            node.read(&format!("0/results/0_good-{epoch}/return_code")),
            "0\n"
        );
        assert_eq!(
            node.read(&format!("0/results/0_good-{epoch}/results/a/result")),
            "pass\n"
        );
        assert_eq!(
            node.list(&format!("0/results/1_bad-{epoch}")),
            ["install_return_code"]
        );
        assert_eq!(
            node.read(&format!("0/results/1_bad-{epoch}/install_return_code")),
            "7\n"
        );
        assert_eq!(
            node.list(&format!("0/results/2_failing-{epoch}")),
            ["return_code"]
        );
        assert_eq!(
            node.read(&format!("0/results/2_failing-{epoch}/return_code")),
            "1\n"
        );
    });
}

#[test]
fn a_stage_always_ends_with_exit_once() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let told = node.run(
            "lava-test-runner",
            &[node.root().join("nothing").to_str().unwrap()],
        );
        assert_eq!(
            (told.stdout.as_str(), told.code),
            ("<LAVA_TEST_RUNNER EXIT>\n", Some(1))
        );

        let stage = stage(
            &node,
            &[
                ("0_long", None, "kill -TERM \"$RUNNER\"; echo running\n"),
                ("1_next", None, "echo never\n"),
            ],
        );
        let script = format!(
            "RUNNER=$$; export RUNNER; exec {} {stage}",
            node.bin("lava-test-runner").display()
        );
        let told = node.script(&script);
        assert_eq!(
            (told.stdout.as_str(), told.code),
            ("running\n<LAVA_TEST_RUNNER EXIT>\n", Some(143)),
            "{told:?}"
        );
    });
}

#[test]
fn a_stage_tells_the_channel_its_end() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let stage = stage(
            &node,
            &[(
                "0_a",
                None,
                "export TESTRUN_ID=0_a\nlava-test-set start s\n",
            )],
        );
        let relay = Relay::start(&node);
        node.run("lava-test-runner", &[&stage]).is(
            "<LAVA_SIGNAL_TESTSET START s>\n<LAVA_TEST_RUNNER EXIT>\n",
            0,
        );
        assert_eq!(relay.request(), ["signal", "0_a", "TESTSET START s"]);
        assert_eq!(relay.request(), ["runner-exit", &stage]);
    });
}

fn is_there(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
}

/// Looks again until something has happened that nobody is told of.
#[track_caller]
fn eventually(what: &str, happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_background_process_is_restarted_and_stopped() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let beats = node.root().join("beats").display().to_string();
        let mut command = node.helper(
            "lava-background-process-start",
            &["../beat", "--cmd", "echo beat >>", &beats, "; sleep 0.01"],
        );
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
        let pid: i32 = node.read("out/results/.._beat/pid").trim().parse().unwrap();
        eventually("a third run", || {
            fs::read_to_string(&beats).is_ok_and(|text| text.lines().count() > 2)
        });
        assert!(is_there(pid));
        assert!(node.root().join("out/results/.._beat/bg_run.sh").exists());
        node.run("lava-background-process-stop", &["../beat"])
            .is("", 0);
        // It was left by its parent: some init reaps it, or nobody does and it stays a zombie.
        let gone = || match fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) => stat.contains(") Z "),
            Err(_) => true,
        };
        eventually("the end of the background process", gone);
        node.run("lava-background-process-stop", &["../beat"])
            .refuses("'../beat' is not running");

        // The command ends with its loop.
        let child = node.root().join("child").display().to_string();
        let command = format!("echo $$ >{child}; exec sleep 1000");
        let mut command = node.helper(
            "lava-background-process-start",
            &["server", "--cmd", &format!("sh -c '{command}'")],
        );
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
        eventually("the command", || {
            fs::read_to_string(&child).is_ok_and(|text| text.ends_with('\n'))
        });
        let pid: i32 = node.read("child").trim().parse().unwrap();
        node.run("lava-background-process-stop", &["server"])
            .is("", 0);
        if crate::node::which("setsid").is_some() {
            eventually("the end of the command", || {
                !is_there(pid)
                    || fs::read_to_string(format!("/proc/{pid}/stat"))
                        .is_ok_and(|stat| stat.contains(") Z "))
            });
        } else {
            crate::node::not_run(
                "the end of a background command: setsid is missing; install util-linux",
            );
            kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        }
    });
}
