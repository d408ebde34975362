//! The private network and what lives in it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tempfile::TempDir;

use super::node::{Node, NodeSpec, make_key};

/// Machines on a private network; all gone when it is dropped.
#[derive(Debug)]
pub struct Farm {
    // Declared first: the nodes' processes are reaped before the folder is removed.
    nodes: Vec<Node>,
    init: Child,
    lifeline: Option<ChildStdin>,
    pid: u32,
    dir: TempDir,
}

impl Farm {
    /// A farm of plain nodes with these names.
    ///
    /// # Panics
    /// When the machine cannot make one; ask [`crate::need::farm`] first.
    #[must_use]
    pub fn start(names: &[&str]) -> Self {
        Self::of(names.iter().map(|name| NodeSpec::named(name)).collect())
    }

    /// A farm of these nodes. Returns when every server listens.
    ///
    /// # Panics
    /// When the machine cannot make one, with the words of the part that failed.
    #[must_use]
    pub fn of(specs: Vec<NodeSpec>) -> Self {
        assert!(specs.len() < 250, "a farm's network has room for 249 nodes");
        let dir = tempfile::Builder::new()
            .prefix("dispatch-farm-")
            .tempdir()
            .expect("a temporary folder");
        make_key(&dir.path().join("key"));

        let mut init = Command::new("unshare")
            .args(["--net", "--mount", "--pid", "--fork", "--kill-child"])
            .args(["sh", "-c", include_str!("farm.sh"), "farm.sh"])
            .arg(specs.len().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare (Debian package util-linux) starts");
        let lifeline = init.stdin.take();
        let pid = first_number(init.stdout.take().expect("stdout is piped"))
            .expect("the farm's network comes up; see the message above");

        let nodes = specs
            .into_iter()
            .enumerate()
            .map(|(i, spec)| Node::spawn(spec, i + 1, pid, dir.path()))
            .collect();
        let mut farm = Self {
            nodes,
            init,
            lifeline,
            pid,
            dir,
        };
        for node in &mut farm.nodes {
            node.wait_until_up();
        }
        farm
    }

    /// The node with this name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn node(&self, name: &str) -> &Node {
        self.nodes
            .iter()
            .find(|node| node.name() == name)
            .unwrap_or_else(|| panic!("the farm has no node '{name}'"))
    }

    /// The node with this name, to change it.
    ///
    /// # Panics
    /// When there is none.
    pub fn node_mut(&mut self, name: &str) -> &mut Node {
        self.nodes
            .iter_mut()
            .find(|node| node.name() == name)
            .unwrap_or_else(|| panic!("the farm has no node '{name}'"))
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The private key that every node lets in as root.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.dir.path().join("key")
    }

    /// Process id of the farm's first process, as the test sees it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The farm's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Words to put before a command so that it runs in the farm's network, as a direct child of the caller.
    #[must_use]
    pub fn enter(&self) -> Vec<String> {
        vec!["nsenter".into(), format!("--net={}", self.network())]
    }

    /// Does something in the farm's network: a socket made inside stays there, wherever it is used.
    ///
    /// # Panics
    /// When the farm is gone, or when `f` panics.
    pub fn in_network<T: Send>(&self, f: impl FnOnce() -> T + Send) -> T {
        let enter = self.door();
        std::thread::scope(|scope| {
            // A network namespace belongs to a thread: this one is for the door only.
            let inside = scope.spawn(move || {
                enter();
                f()
            });
            inside.join().expect("what runs inside does not panic")
        })
    }

    /// Moves the thread that calls it into the farm's network, for good.
    pub(crate) fn door(&self) -> impl FnOnce() + Send + use<> {
        let namespace = fs::File::open(self.network()).expect("the farm is up");
        move || {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("root may enter a network namespace");
        }
    }

    /// A listener on loopback inside the farm.
    ///
    /// # Panics
    /// When the farm is gone.
    #[must_use]
    pub fn listen(&self) -> TcpListener {
        self.in_network(|| TcpListener::bind("127.0.0.1:0"))
            .expect("loopback is up inside a farm")
    }

    /// A connection from inside the farm.
    ///
    /// # Errors
    /// When nobody answers at the address.
    pub fn connect(&self, to: SocketAddr) -> std::io::Result<TcpStream> {
        self.in_network(|| TcpStream::connect(to))
    }

    fn network(&self) -> String {
        format!("/proc/{}/ns/net", self.pid)
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // Killing unshare kills its child, the farm's first process, and with it the whole farm.
        let _ = self.init.kill();
        let _ = self.init.wait();
    }
}

/// The first line of a stream, as a number.
pub(super) fn first_number(stream: impl std::io::Read) -> Option<u32> {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    line.trim().parse().ok()
}
