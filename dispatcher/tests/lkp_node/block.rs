//! A block's folder with a small tree in it, and calls for it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use common::need;

/// `bin/lkp` of the small tree: LKP's folders and quirks, and jobs that are told by their first line what to do.
const LKP: &str = r#"#!/bin/sh
call=$1
shift
case $call in
split-job)
    while [ $# -gt 1 ]; do
        case $1 in -o) out=$2 ;; -t) host=$2 ;; -s) set=$2 ;; esac
        shift 2
    done
    [ -e "$LKP_SRC/hosts/$host" ] || { echo "hosts/$host doesn't exist"; exit 0; }
    grep -q nothing "$1" && { echo "no job in $1"; exit 0; }
    name=${1##*/}
    for n in 1 2; do { cat "$1"; echo "n: $n"; echo "set: $set"; } >"$out/${name%.yaml}-$n-100%.yaml"; done
    ;;
install) echo "E: no network"; exit 1 ;;
run)
    for job; do :; done
    root=/lkp/result/small/p/0
    while [ -d "$root" ]; do root=${root%/*}/$((${root##*/} + 1)); done
    mkdir -p "$root" /lkp/paths/2026-01-01
    echo "$root/" >>/lkp/paths/2026-01-01/2026-01-01-root
    echo "arguments $*"
    echo "left in /tmp: $(ls -A /tmp)"
    touch /tmp/left "$LKP_SRC/left"
    cp "$job" "$root/job.yaml"
    cp /bin/sh "$root/binary"
    echo matrix >"${root%/*}/matrix.json"
    sed -n 's/^Cpus_allowed_list:[[:space:]]*/processors /p' /proc/self/status
    awk '$2 == "/lkp/lkp/src" { print "tree on " $3 }' /proc/mounts
    ulimit -v | sed 's/^/memory /'
    sleep 3600 </dev/null >/dev/null 2>&1 &
    grep -q hang "$job" && sleep 3600
    grep -q trick "$job" && { mv /lkp/result /lkp/real; ln -s /etc /lkp/result; }
    exit 0
    ;;
esac
"#;

pub(crate) struct Block {
    base: tempfile::TempDir,
    shell: String,
    environment: Vec<(String, String)>,
}

/// What a call printed and its status.
pub(crate) struct Outcome {
    pub(crate) lines: Vec<String>,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Outcome {
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// The last line of standard error, which says what is wrong.
    pub(crate) fn wrong(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        let last = self.stderr.lines().last().unwrap_or_default();
        last.strip_prefix("lkp-node: ").expect(last)
    }
}

/// Whether these tests can run here; if not, the test is listed as not run.
pub(crate) fn possible(test: &str) -> bool {
    if !need::is_root() {
        need::not_run(test, "only root may make namespaces for containers");
        return false;
    }
    need::program(test, "unshare", "util-linux") && need::program(test, "flock", "util-linux")
}

/// The shells that a node may have, as `#!` text.
pub(crate) fn shells(test: &str) -> Vec<String> {
    let mut found = vec!["/bin/sh".to_owned()];
    if need::program(test, "busybox", "busybox-static") {
        found.push("/usr/bin/busybox sh".to_owned());
    }
    found
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

impl Block {
    pub(crate) fn new(shell: &str) -> Self {
        let base = tempfile::Builder::new()
            .prefix("lkp-node-")
            .tempdir()
            .unwrap();
        let block = Self {
            base,
            shell: shell.to_owned(),
            environment: Vec::new(),
        };
        let overlays = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlays/lkp");
        for entry in fs::read_dir(overlays).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let text = text.replacen("/bin/sh", shell, 1);
            put(&block.path("bin").join(path.file_name().unwrap()), &text);
        }
        for job in ["good", "hang", "nothing", "trick"] {
            block.tree(&format!("jobs/{job}.yaml"), &format!("does: {job}\n"));
        }
        block.tree("bin/lkp", LKP);
        block
    }

    /// Gives later calls a variable.
    pub(crate) fn environment(&mut self, key: &str, value: &str) {
        self.environment.push((key.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.base.path().join(below)
    }

    /// Puts a program before those of the node, for later calls.
    pub(crate) fn program(&mut self, name: &str, text: &str) {
        put(&self.path("programs").join(name), text);
        let before = self.path("programs");
        let path = std::env::var("PATH").unwrap();
        self.environment("PATH", &format!("{}:{path}", before.display()));
    }

    /// What container `k` has printed.
    pub(crate) fn console(&self, k: u32) -> String {
        let file = self.folder().join(format!("c{k}/out/console.log"));
        fs::read_to_string(file).unwrap()
    }

    /// The block's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path("root/lkp/0")
    }

    /// Puts a file into the tree, which is packed anew.
    pub(crate) fn tree(&self, name: &str, text: &str) {
        put(&self.path("tree/lkp-tests").join(name), text);
        fs::create_dir_all(self.folder()).unwrap();
        let packed = Command::new("tar")
            .arg("-czf")
            .arg(self.folder().join("tests.tar.gz"))
            .arg("-C")
            .arg(self.path("tree"))
            .arg("lkp-tests")
            .status()
            .unwrap();
        assert!(packed.success());
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path("bin/lkp-node"));
        command
            .arg(arguments[0])
            .arg(folder)
            .args(&arguments[1..])
            .env("DISPATCH_LKP_CACHE", self.path("cache"))
            .env("LKP_NODE_TEST", self.base.path())
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped());
        command
    }

    /// A call that is let come to its end.
    pub(crate) fn call(&self, arguments: &[&str]) -> Outcome {
        self.call_in(&self.folder(), arguments)
    }

    pub(crate) fn call_in(&self, folder: &Path, arguments: &[&str]) -> Outcome {
        let mut child = self
            .command(folder, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        Outcome {
            lines: String::from_utf8_lossy(&output.stdout)
                .lines()
                .map(str::to_owned)
                .collect(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    /// A call that goes on, and its lines.
    pub(crate) fn start(&self, arguments: &[&str]) -> (Child, BufReader<ChildStdout>) {
        let mut child = self
            .command(&self.folder(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        (child, lines)
    }

    /// What `pack` streams, and its standard error.
    pub(crate) fn pack(&self, container: &str) -> (Vec<u8>, String) {
        let mut child = self
            .command(&self.folder(), &["pack", container])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let (mut tar, mut said) = (Vec::new(), String::new());
        child.stdout.take().unwrap().read_to_end(&mut tar).unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        drop(stdin);
        (tar, said)
    }

    /// Processes of this block's calls that are alive.
    pub(crate) fn alive(&self) -> Vec<String> {
        let mark = format!("LKP_NODE_TEST={}", self.base.path().display());
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
            if environ
                .split(|byte| *byte == 0)
                .any(|one| one == mark.as_bytes())
            {
                let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push(String::from_utf8_lossy(&command).replace('\0', " "));
            }
        }
        found
    }

    /// That nothing of a call is left on the node.
    pub(crate) fn assert_clean(&self) {
        assert_eq!(self.alive(), Vec::<String>::new(), "with {}", self.shell);
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        let own = self.base.path().to_str().unwrap();
        assert!(!mounts.contains(own), "{mounts}");
    }
}

/// Reads lines up to the `count`-th that begins with `word`.
pub(crate) fn until(lines: &mut BufReader<ChildStdout>, word: &str, count: usize) {
    let mut line = String::new();
    let mut seen = 0;
    while seen < count {
        line.clear();
        assert_ne!(
            lines.read_line(&mut line).unwrap(),
            0,
            "ended before {word}"
        );
        seen += usize::from(line.starts_with(word));
    }
}
