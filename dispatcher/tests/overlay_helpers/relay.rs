//! The dispatcher's side of `lava-bus-relay`, played by a test.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::node::Node;

/// Long enough for a loaded machine; what takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running relay. Dropping it ends its stdin.
pub(crate) struct Relay {
    pub(crate) process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Relay {
    /// Starts a relay and waits for its `ready`.
    pub(crate) fn start(node: &Node) -> Self {
        let mut process = node
            .helper("lava-bus-relay", &[node.root().to_str().unwrap()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let relay = Self {
            stdin: process.stdin.take(),
            process,
            lines,
        };
        assert_eq!(relay.line(), "ready");
        relay
    }

    /// The next line on the relay's stdout.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        self.lines
            .recv_timeout(PATIENCE)
            .expect("the relay prints a line in time")
    }

    /// The next request, in fields.
    #[track_caller]
    pub(crate) fn request(&self) -> Vec<String> {
        self.line().split('\t').map(str::to_owned).collect()
    }

    /// Says that nothing more comes: the relay's stdout is at its end.
    #[track_caller]
    pub(crate) fn is_silent(&self) {
        assert_eq!(
            self.lines.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected)
        );
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.stdin
            .as_mut()
            .expect("stdin is open until end()")
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Answers the request that waits at `name`.
    pub(crate) fn answer(&mut self, name: &str, lines: &[&str]) {
        self.write(&format!("{name} {}\n{}\n", lines.len(), lines.join("\n")));
    }

    /// Ends the relay's stdin; its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        self.stdin = None;
        self.process.wait().unwrap().code()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.end();
    }
}
