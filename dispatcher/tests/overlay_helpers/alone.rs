//! When a helper may say that its node does nothing else.

use std::io::Read;
use std::thread;

use crate::node::{Node, for_each_shell};
use crate::relay::Relay;

/// Runs a script on a terminal of its own, as the console's shell; what `lava-send` says of its place.
fn places(node: &Node, relay: &Relay, script: &str, count: usize) -> Vec<String> {
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    let mut words = node.shell.split(' ');
    let mut command = pty_process::blocking::Command::new(words.next().unwrap());
    command = command
        .args(words)
        .args(["-c", script])
        .env_clear()
        .envs(node.environment());
    let mut child = command.spawn(pts).unwrap();
    let drain = thread::spawn(move || {
        let mut screen = Vec::new();
        // Ends with an error when the last process has left the terminal.
        let _ = pty.read_to_end(&mut screen);
        screen
    });
    let place = |mut request: Vec<String>| {
        // A signal has no place, only its test run.
        let at = if request[0] == "signal" { 1 } else { 2 };
        request.swap_remove(at)
    };
    let requests = (0..count).map(|_| place(relay.request())).collect();
    child.wait().unwrap();
    drain.join().unwrap();
    requests
}

#[test]
fn only_who_is_certain_says_alone() {
    for_each_shell(|shell| {
        let node = Node::new(shell);
        let relay = Relay::start(&node);
        let cases: &[(&str, &[&str])] = &[
            ("lava-send a; :", &["alone"]),
            (
                "lava-test-case t --shell lava-send a; :",
                &["-", "alone", "-", "-"],
            ),
            ("sh -c 'sh -c \"lava-send a; :\"; :'; :", &["alone"]),
            ("lava-send a & wait", &["shared"]),
            ("lava-send a </dev/null; :", &["shared"]),
            ("LAVA_BUS_ALONE=no lava-send a; :", &["shared"]),
            ("sleep 1000 & lava-send a; kill $!", &["shared"]),
            // The background command belongs to a shell further up.
            ("sleep 1000 & sh -c 'lava-send a; :'; kill $!", &["shared"]),
            (
                "sleep 1000 & lava-test-case t --shell lava-send a; kill $!",
                &["-", "shared", "-", "-"],
            ),
        ];
        for (script, expected) in cases {
            assert_eq!(
                places(&node, &relay, script, expected.len()),
                *expected,
                "{script}"
            );
        }
        let background = "lava-background-process-start x --cmd sleep 1000; lava-background-process-stop x; lava-send a; :";
        assert_eq!(places(&node, &relay, background, 1), ["shared"]);
    });
}
