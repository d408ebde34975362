//! One machine of a farm.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::farm::first_number;
use crate::processes;

/// How long a server may take until it listens; machines that run tests are often busy.
const UP_LIMIT: Duration = Duration::from_secs(60);

/// What a node is to be.
#[derive(Debug, Clone)]
pub struct NodeSpec {
    name: String,
    disk: String,
    max_sessions: u32,
    authorized: Option<String>,
}

impl NodeSpec {
    /// A node with a large disk that lets in the farm's key. Its prompt is `root@<name>:~# `.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            disk: "4g".into(),
            max_sessions: 100,
            authorized: None,
        }
    }

    /// Size of the writable layer, as tmpfs takes it: `600k`, `2m`.
    #[must_use]
    pub fn disk(mut self, size: &str) -> Self {
        self.disk = size.into();
        self
    }

    /// `MaxSessions` of the server: how many channels one connection may open.
    #[must_use]
    pub fn max_sessions(mut self, count: u32) -> Self {
        self.max_sessions = count;
        self
    }

    /// The text of `authorized_keys`, instead of the farm's key.
    #[must_use]
    pub fn authorized(mut self, keys: &str) -> Self {
        self.authorized = Some(keys.into());
        self
    }
}

/// What the server has said, and a bell that rings at each line.
type Said = Arc<(Mutex<Vec<String>>, Condvar)>;

/// A machine of a farm.
#[derive(Debug)]
pub struct Node {
    spec: NodeSpec,
    address: Ipv4Addr,
    dir: PathBuf,
    process: Child,
    pid: u32,
    said: Said,
}

impl Node {
    pub(super) fn spawn(spec: NodeSpec, index: usize, farm: u32, farm_dir: &Path) -> Self {
        let dir = farm_dir.join(&spec.name);
        fs::create_dir_all(dir.join("disk")).expect("the farm's folder is writable");
        make_key(&dir.join("host_key"));
        let authorized = spec.authorized.clone().unwrap_or_else(|| {
            fs::read_to_string(farm_dir.join("key.pub")).expect("the farm's key is made first")
        });
        fs::write(dir.join("authorized_keys"), authorized).expect("the folder is writable");
        fs::write(dir.join("sshd_config"), sshd_config(&spec)).expect("the folder is writable");

        let last = u8::try_from(index + 1).expect("a farm is smaller than its network");
        let address = Ipv4Addr::new(10, 77, 0, last);
        let mut process = Command::new("nsenter")
            .args(["--mount", "--net", "--pid", "--target", &farm.to_string()])
            .args(["ip", "netns", "exec", &format!("n{index}")])
            .args(["unshare", "--mount", "--pid", "--uts", "--ipc"])
            .args(["--fork", "--kill-child", "--propagation", "private"])
            .args(["sh", "-c", include_str!("node.sh"), "node.sh"])
            .args([&spec.name, &address.to_string()])
            .arg(&dir)
            .arg(&spec.disk)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nsenter (Debian package util-linux) starts");
        let said = Said::default();
        let stderr = process.stderr.take().expect("stderr is piped");
        let ear = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                ear.0.lock().expect("no holder panics").push(line);
                ear.1.notify_all();
            }
        });
        Self {
            spec,
            address,
            dir,
            process,
            pid: 0,
            said,
        }
    }

    pub(super) fn wait_until_up(&mut self) {
        let stdout = self.process.stdout.take().expect("stdout is piped");
        self.pid = first_number(stdout).unwrap_or_else(|| {
            panic!("node {} does not come up: {}", self.spec.name, self.log());
        });
        self.wait_for_listening(1);
    }

    /// Waits until the server has said so many times that it listens.
    fn wait_for_listening(&self, times: usize) {
        let listening = |said: &mut Vec<String>| {
            let count = said.iter().filter(|l| l.starts_with("Server listening"));
            count.count() < times
        };
        let said = self.said.0.lock().expect("no holder panics");
        let (said, late) = self
            .said
            .1
            .wait_timeout_while(said, UP_LIMIT, listening)
            .expect("no holder panics");
        assert!(
            !late.timed_out(),
            "the server of node {} does not listen: {said:?}",
            self.spec.name
        );
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Its address in the farm's network.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// Where its server listens.
    #[must_use]
    pub fn ssh(&self) -> SocketAddr {
        (self.address, 22).into()
    }

    /// Its first process (the server), as the test sees it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What its server has said so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.said.0.lock().expect("no holder panics").join("\n")
    }

    /// Its public host key: `ssh-ed25519 AAAA…`.
    ///
    /// # Panics
    /// When the farm's folder is gone.
    #[must_use]
    pub fn host_key(&self) -> String {
        let text = fs::read_to_string(self.dir.join("host_key.pub")).expect("the node has a key");
        let mut words = text.split_whitespace();
        match (words.next(), words.next()) {
            (Some(kind), Some(key)) => format!("{kind} {key}"),
            _ => panic!("ssh-keygen writes a kind and a key, not '{text}'"),
        }
    }

    /// The root of its file system, from outside. Follow no absolute link below it.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.pid))
    }

    /// Runs a shell command on it, past the server.
    ///
    /// # Panics
    /// When the command cannot be started.
    #[must_use]
    pub fn exec(&self, command: &str) -> Output {
        Command::new("nsenter")
            .args(["--target", &self.pid.to_string()])
            .args(["--mount", "--net", "--pid", "--uts", "--ipc"])
            .args(["sh", "-c", command])
            .stdin(Stdio::null())
            .output()
            .expect("nsenter (Debian package util-linux) starts")
    }

    /// Ends every process of it at once. Its connections are closed; see [`Self::unplug`] for a silent end.
    ///
    /// # Panics
    /// When it is gone already.
    pub fn kill(&mut self) {
        signal(self.pid, Signal::KILL);
        let _ = self.process.wait();
    }

    /// Pulls its network cable: no connection is closed, nothing arrives any more.
    ///
    /// # Panics
    /// When it is dead.
    pub fn unplug(&self) {
        let unplugged = self.exec("ip link set eth0 down");
        assert!(unplugged.status.success(), "{unplugged:?}");
    }

    /// Stops every process of it: the address answers, nobody speaks.
    pub fn stop(&self) {
        // The server first: then nobody is left who starts another.
        self.signal_all(Signal::STOP);
    }

    /// Lets it go on.
    pub fn cont(&self) {
        self.signal_all(Signal::CONT);
    }

    fn signal_all(&self, what: Signal) {
        signal(self.pid, what);
        for pid in processes::in_same_pid_namespace(self.pid) {
            if pid != self.pid {
                signal(pid, what);
            }
        }
    }

    /// Ends the ssh connection under which a command runs, as if that client's side of the machine had died. The
    /// command is found by a part of its command line. False when no such command runs.
    #[must_use]
    pub fn kill_session_of(&self, part: &str) -> bool {
        let found = processes::in_same_pid_namespace(self.pid)
            .into_iter()
            .find(|pid| *pid != self.pid && processes::command_line(*pid).contains(part));
        let Some(mut pid) = found else { return false };
        while let Some(parent) = processes::parent(pid) {
            if parent == self.pid {
                signal(pid, Signal::KILL);
                return true;
            }
            pid = parent;
        }
        false
    }

    /// Gives it another host key, as a machine that was installed anew. Returns when the server uses it.
    ///
    /// # Panics
    /// When the node is dead.
    pub fn change_host_key(&mut self) {
        let key = self.dir.join("host_key");
        fs::remove_file(&key).expect("the node has a key");
        make_key(&key);
        fs::copy(&key, self.root().join("etc/node/host_key")).expect("the node is up");
        let before = self.log().matches("Server listening").count();
        signal(self.pid, Signal::HUP);
        self.wait_for_listening(before + 1);
    }

    /// Fills its disk to the last byte.
    pub fn fill_disk(&self) {
        let _ = self.exec("cat /dev/zero >/filler 2>/dev/null; cat /dev/zero >>/filler");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(pid) = Pid::from_raw(self.pid.cast_signed()) {
            // It may have been killed by the test already.
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn signal(pid: u32, what: Signal) {
    let pid = Pid::from_raw(pid.cast_signed()).expect("the node came up");
    // A process that ended in between is as good as signalled.
    let _ = kill_process(pid, what);
}

/// Makes an ed25519 key without a passphrase, and its `.pub`.
pub(crate) fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args([
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "dispatch-tests",
            "-f",
        ])
        .arg(path)
        .status()
        .expect("ssh-keygen (Debian package openssh-client) starts");
    assert!(made.success(), "ssh-keygen makes {}", path.display());
}

fn sshd_config(spec: &NodeSpec) -> String {
    // `.ssh/authorized_keys` is read as well: `authorize: ssh` puts a key there.
    format!(
        "Port 22\n\
         AddressFamily inet\n\
         HostKey /etc/node/host_key\n\
         AuthorizedKeysFile /etc/node/authorized_keys .ssh/authorized_keys\n\
         PidFile none\n\
         PermitRootLogin prohibit-password\n\
         PasswordAuthentication no\n\
         KbdInteractiveAuthentication no\n\
         UsePAM no\n\
         UseDNS no\n\
         PrintMotd no\n\
         PrintLastLog no\n\
         MaxStartups 100\n\
         MaxSessions {}\n\
         AcceptEnv LANG LC_*\n\
         Subsystem sftp internal-sftp\n\
         LogLevel VERBOSE\n",
        spec.max_sessions
    )
}
