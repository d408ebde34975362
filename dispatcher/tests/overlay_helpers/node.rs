//! A results folder as it is on a node, and helpers run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

/// What a helper did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Outcome {
    /// Asserts what was printed on stdout, the exit code, and that there was no complaint on stderr.
    #[track_caller]
    pub(crate) fn is(&self, stdout: &str, code: i32) {
        assert_eq!(
            (self.stdout.as_str(), self.stderr.as_str(), self.code),
            (stdout, "", Some(code))
        );
    }

    /// Asserts that the helper refused its arguments: status 1, a word why on stderr, and nothing on stdout.
    #[track_caller]
    pub(crate) fn refuses(&self, why: &str) {
        assert_eq!((self.stdout.as_str(), self.code), ("", Some(1)), "{self:?}");
        assert!(self.stderr.contains(why), "{self:?}");
    }
}

/// A node whose helpers are run by one shell.
pub(crate) struct Node {
    dir: TempDir,
    /// What stands behind `#!`: a path, perhaps with an argument.
    pub(crate) shell: String,
}

impl Node {
    pub(crate) fn new(shell: &str) -> Self {
        Self::with_header(shell, "")
    }

    /// Lays out `bin/` as the dispatcher does: a first line with the node's shell, then assignments.
    pub(crate) fn with_header(shell: &str, header: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("lava-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .unwrap();
        // Written by another process: a file that this one has open for writing, even in a child of another test
        // that is about to exec, can't be executed.
        let script = r#"
            mkdir "$1/bin"
            for source in "$2"/lava/* "$2"/multinode/*; do
                { printf '#!%s\n%s\n' "$3" "$4"; tail -n +2 "$source"; } >"$1/bin/${source##*/}"
            done
            chmod 755 "$1"/bin/*"#;
        let installed = Command::new("sh")
            .args(["-ec", script, "install"])
            .arg(dir.path())
            .arg(overlays())
            .args([shell, header])
            .status()
            .unwrap();
        assert!(installed.success());
        Self {
            dir,
            shell: shell.to_owned(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn bin(&self, helper: &str) -> PathBuf {
        self.root().join("bin").join(helper)
    }

    /// The environment of a test shell: little, and nothing of the machine's own.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.root().join(name).display().to_string();
        vec![
            (
                "PATH",
                format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", path("bin")),
            ),
            ("LAVA_RESULTS_ROOT", path("")),
            ("LAVA_RESULT_DIR", path("out")),
            ("LAVA_MULTI_NODE_CACHE", path("multi_node_cache.txt")),
        ]
    }

    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null());
        command
    }

    /// A helper, called like a user of a strict shell would: its own shell runs with `-eu` too.
    pub(crate) fn helper(&self, helper: &str, arguments: &[&str]) -> Command {
        let mut words = self.shell.split(' ');
        let mut command = self.command(words.next().unwrap());
        command
            .args(words)
            .arg("-eu")
            .arg(self.bin(helper))
            .args(arguments);
        command
    }

    pub(crate) fn run(&self, helper: &str, arguments: &[&str]) -> Outcome {
        outcome(&mut self.helper(helper, arguments))
    }

    /// Runs a script with the node's shell and environment, like `run.sh`.
    pub(crate) fn script(&self, script: &str) -> Outcome {
        let mut words = self.shell.split(' ');
        let mut command = self.command(words.next().unwrap());
        outcome(command.args(words).args(["-euc", script]))
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The names in a folder, sorted.
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let entries =
            fs::read_dir(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

pub(crate) fn overlays() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlays")
}

/// Where a program is, if it is installed.
pub(crate) fn which(program: &str) -> Option<String> {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        .iter()
        .map(|folder| format!("{folder}/{program}"))
        .find(|path| Path::new(path).exists())
}

/// Says that something can't be run here, and counts it.
pub(crate) fn not_run(what: &str) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    eprintln!(
        "NOT RUN: ({}) {what}",
        COUNT.fetch_add(1, Ordering::Relaxed) + 1
    );
}

/// Calls `test` with the `#!` text of each shell of this machine.
pub(crate) fn for_each_shell(test: impl Fn(&str)) {
    let mut found = 0;
    for (package, program, argument) in [
        ("dash", "dash", ""),
        ("bash", "bash", ""),
        ("busybox-static", "busybox", " sh"),
    ] {
        match which(program) {
            Some(path) => {
                let shell = format!("{path}{argument}");
                eprintln!("with {shell}");
                test(&shell);
                found += 1;
            }
            None => not_run(&format!("{program} is missing; install {package}")),
        }
    }
    assert!(found > 0, "no POSIX shell was found");
}
