//! The way back of a result of random bytes: `lkp-node pack` on the node, over our SSH, checked and unpacked; beside
//! `scp -r` of the same folder over the same network.
//!
//! 16 MB with the connection's set-up on both sides, 256 MB over connections that stand already (`scp`: `ControlMaster`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use common::{Farm, need};
use dispatcher::lkp::unpack::{Limits, unpack};
use dispatcher::overlay::helpers;
use dispatcher::transport::dial::Dialer;
use dispatcher::transport::host_key::HostKeyRule;
use dispatcher::transport::ssh::{Link, Target};
use dispatcher::transport::ssh_auth::Identity;
use sha2::{Digest, Sha256};

use crate::cases::Bench;
use crate::figure::{Figure, figure};

/// Megabytes of a result, and of one that takes long enough to forget the connection's set-up.
const SMALL: u32 = 16;
const LARGE: u32 = 256;

/// Where LKP would have put it, below /lkp.
const RESULT: &str = "result/random/defaults/a/debian/defconfig/none/6.1/0";

/// Where the node has the blocks and the helpers.
const ROOT: &str = "/lkp-bench";

pub(crate) fn prepare() -> Result<Bench, String> {
    let farm = need::machines("bench", &["a"]).ok_or("see the message above")?;
    let node = farm.node("a");
    let bin = node.root().join(&ROOT[1..]).join("bin");
    let put = |e: std::io::Error| format!("cannot put the helpers on the node: {e}");
    fs::create_dir_all(&bin).map_err(put)?;
    for (name, script) in helpers::for_lkp() {
        let file = bin.join(name);
        fs::write(&file, script).map_err(put)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).map_err(put)?;
    }
    for size in [SMALL, LARGE] {
        let script = format!(
            "set -e; mkdir -p {ROOT}/{size}/c1/out {ROOT}/{size}/c1/lkp/{RESULT}; cd {ROOT}/{size}/c1; \
             echo {RESULT} >out/result; echo done >out/console.log; \
             head -c {size}000000 /dev/urandom >lkp/{RESULT}/random.bin"
        );
        let made = node.exec(&script);
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
    }
    Ok(Box::new(move || run(&farm)))
}

fn run(farm: &Farm) -> Vec<Figure> {
    let work = tempfile::tempdir().expect("a temporary folder");
    let scp = Scp::new(farm, work.path());
    let ours = Ours::new(farm, work.path());
    let small = (
        farm.in_network(|| ours.with_connection(SMALL)),
        scp.copy(SMALL, &[]),
    );
    let socket = scp.connect();
    let large = (
        farm.in_network(|| ours.without_connection(LARGE)),
        scp.copy(LARGE, &["-o".to_owned(), format!("ControlPath={socket}")]),
    );
    scp.disconnect(&socket);
    [(SMALL, "with", small), (LARGE, "without", large)]
        .into_iter()
        .flat_map(|(size, set_up, (ours, scp))| {
            let rate = |seconds: f64| f64::from(size) / seconds;
            let what = format!("{size} MB of random bytes back, {set_up} connecting");
            [
                figure(what, "MB/s", rate(ours)).beside("scp", rate(scp)),
                figure("of scp's speed", "%", 100.0 * scp / ours).at_least(80.0),
            ]
        })
        .collect()
}

/// Our way.
struct Ours {
    target: Target,
    work: PathBuf,
    sums: [(u32, String); 2],
}

impl Ours {
    fn new(farm: &Farm, work: &Path) -> Self {
        let node = farm.node("a");
        let sum = |size: u32| {
            let file = node
                .root()
                .join(&ROOT[1..])
                .join(format!("{size}/c1/lkp/{RESULT}/random.bin"));
            (size, sha256(&file))
        };
        Self {
            target: Target {
                dialer: Dialer::Direct,
                host: node.ssh().ip().to_string(),
                port: node.ssh().port(),
                user: "root".to_owned(),
                identity: Identity::File(farm.key()),
                host_key: HostKeyRule::PinOnFirstUse(work.join("pinned")),
            },
            work: work.to_owned(),
            sums: [sum(SMALL), sum(LARGE)],
        }
    }

    /// Seconds of connecting, and of the way back of everything.
    fn with_connection(&self, size: u32) -> f64 {
        runtime().block_on(async {
            let start = Instant::now();
            let link = self.connect().await;
            self.back(&link, size).await;
            let seconds = start.elapsed().as_secs_f64();
            self.check(size);
            seconds
        })
    }

    /// Seconds of the way back of everything.
    fn without_connection(&self, size: u32) -> f64 {
        runtime().block_on(async {
            let link = self.connect().await;
            let start = Instant::now();
            self.back(&link, size).await;
            let seconds = start.elapsed().as_secs_f64();
            self.check(size);
            seconds
        })
    }

    async fn connect(&self) -> Link {
        Link::open(&self.target)
            .await
            .expect("the farm's node lets its key in")
    }

    async fn back(&self, link: &Link, size: u32) {
        let archive = self.work.join("result.tar");
        let command = format!("{ROOT}/bin/lkp-node pack {ROOT}/{size} 1");
        let pulled = link
            .pull(&command, &archive, u64::MAX)
            .await
            .expect("the node is up");
        let said = String::from_utf8_lossy(&pulled.stderr);
        assert!(said.contains(&pulled.sha256), "{said}");
        let into = self.work.join("ours");
        let file = fs::File::open(&archive).expect("it was pulled");
        unpack(file, &into, &Limits::default()).expect("it is a result");
    }

    /// What came is what was sent.
    fn check(&self, size: u32) {
        let came = sha256(&self.work.join("ours").join(RESULT).join("random.bin"));
        let sent = self.sums.iter().find(|(s, _)| *s == size);
        assert_eq!(Some(&came), sent.map(|(_, sum)| sum));
        fs::remove_dir_all(self.work.join("ours")).expect("it is ours");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    // Its threads are in the network of the thread that makes it.
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be made")
}

fn sha256(file: &Path) -> String {
    let bytes = fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// OpenSSH's client, with its own choice of ciphers.
struct Scp {
    enter: Vec<String>,
    options: Vec<String>,
    host: String,
    work: PathBuf,
}

impl Scp {
    fn new(farm: &Farm, work: &Path) -> Self {
        let known = work.join("known_hosts").display().to_string();
        let mut options: Vec<String> = ["-q", "-F", "none"].map(ToOwned::to_owned).to_vec();
        for option in [
            "BatchMode=yes".to_owned(),
            "IdentitiesOnly=yes".to_owned(),
            "StrictHostKeyChecking=accept-new".to_owned(),
            format!("UserKnownHostsFile={known}"),
            format!("Port={}", farm.node("a").ssh().port()),
        ] {
            options.extend(["-o".to_owned(), option]);
        }
        options.extend(["-i".to_owned(), farm.key().display().to_string()]);
        Self {
            enter: farm.enter(),
            options,
            host: format!("root@{}", farm.node("a").ssh().ip()),
            work: work.to_owned(),
        }
    }

    /// Seconds of the way back of everything.
    fn copy(&self, size: u32, more: &[String]) -> f64 {
        let into = self.work.join("scp").display().to_string();
        let from = format!("{}:{ROOT}/{size}/c1/lkp/result", self.host);
        let start = Instant::now();
        let mut words = vec!["-r".to_owned()];
        words.extend(more.iter().cloned());
        self.call("scp", &words, &[from, into.clone()]);
        let seconds = start.elapsed().as_secs_f64();
        fs::remove_dir_all(into).expect("it is ours");
        seconds
    }

    /// A connection for others to use; its socket.
    fn connect(&self) -> String {
        let socket = self.work.join("socket").display().to_string();
        let words = ["-f", "-N", "-M", "-S", &socket].map(ToOwned::to_owned);
        self.call("ssh", &words, std::slice::from_ref(&self.host));
        socket
    }

    fn disconnect(&self, socket: &str) {
        let words = ["-S", socket, "-O", "exit"].map(ToOwned::to_owned);
        self.call("ssh", &words, std::slice::from_ref(&self.host));
    }

    fn call(&self, program: &str, words: &[String], last: &[String]) {
        let status = Command::new(&self.enter[0])
            .args(&self.enter[1..])
            .arg(program)
            .args(&self.options)
            .args(words)
            .args(last)
            .status()
            .expect("nsenter (Debian package util-linux) starts");
        assert!(
            status.success(),
            "{program} (Debian package openssh-client): {status}"
        );
    }
}
