//! A tree of lkp-tests, real or not, and scripts run on it in a machine of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{job::source_dir, need};
use serde_json::Value;
use tempfile::TempDir;

/// A tree, and what its `/bin/sh` and awk are.
pub(crate) struct Tree {
    pub(crate) name: String,
    source: PathBuf,
    shell: Option<&'static str>,
    awk: Option<&'static str>,
    /// Where the jobs are that both trees have, in the same form.
    hackbench: &'static str,
    iperf: &'static str,
}

/// What a script has left.
pub(crate) struct Left {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    dir: TempDir,
}

/// Calls `test` with each tree that can be run here; says which can't.
pub(crate) fn for_each_tree(name: &str, test: impl Fn(&Tree)) {
    if !need::namespaces(name) {
        return;
    }
    for_each_miniature(name, &test);
    match real(name) {
        Some(tree) => {
            eprintln!("with {}", tree.name);
            test(&tree);
        }
        None => need::not_run(
            name,
            "with the real lkp-tests: LKP_TESTS names none, or ruby is missing",
        ),
    }
}

/// Calls `test` with the miniature under each shell and awk.
pub(crate) fn for_each_miniature(name: &str, test: impl Fn(&Tree)) {
    if !need::namespaces(name) {
        return;
    }
    for tree in miniatures(name) {
        eprintln!("with {}", tree.name);
        test(&tree);
    }
}

/// The miniature, as this machine's shell and awk run it and as the others do that it has.
fn miniatures(test: &str) -> Vec<Tree> {
    let mini = |name: &str, shell, awk| Tree {
        name: format!("the miniature, {name}"),
        source: source_dir().join("examples/lkp-mini"),
        shell,
        awk,
        hackbench: "jobs/hackbench.yaml",
        iperf: "jobs/iperf-cluster.yaml",
    };
    let mut trees = vec![mini("the machine's sh and awk", None, None)];
    let busybox = Some("/usr/bin/busybox");
    for (program, package, shell, awk) in [
        ("busybox", "busybox-static", busybox, busybox),
        ("mawk", "mawk", None, Some("/usr/bin/mawk")),
    ] {
        if need::program(test, program, package) {
            trees.push(mini(program, shell, awk));
        }
    }
    trees
}

fn real(test: &str) -> Option<Tree> {
    let source = PathBuf::from(std::env::var_os("LKP_TESTS")?);
    need::program(test, "ruby", "ruby").then(|| Tree {
        name: "the real lkp-tests".to_owned(),
        source,
        shell: None,
        awk: None,
        hackbench: "jobs/hackbench/hackbench.yaml",
        iperf: "jobs/iperf.yaml",
    })
}

impl Tree {
    /// Runs a script in the folder `/own`, where `hackbench.yaml` and `iperf.yaml` are; `$lkp` is the command. The machine
    /// has the name `box`, and no network but itself.
    pub(crate) fn run(&self, script: &str) -> Left {
        self.start(script, true)
    }

    /// The same with this machine's network.
    pub(crate) fn run_in_network(&self, script: &str) -> Left {
        self.start(script, false)
    }

    fn start(&self, script: &str, own_network: bool) -> Left {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        for folder in ["root", "lkp"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--uts", "--fork", "--kill-child"]);
        if own_network {
            command.arg("--net").env("OWN_NETWORK", "yes");
        }
        let output = command
            .args(["sh", "-c", include_str!("private.sh"), "private.sh"])
            .arg(dir.path())
            .arg(&self.source)
            .args([self.shell.unwrap_or(""), self.awk.unwrap_or(""), script])
            .env("HACKBENCH", self.hackbench)
            .env("IPERF", self.iperf)
            .env("USER", "root")
            .env_remove("HOSTNAME")
            .env_remove("LKP_SRC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Left {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            dir,
        }
    }
}

impl Left {
    /// A file below `/lkp`.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("lkp").join(path)
    }

    /// The result folder of the last run, below `/lkp`.
    pub(crate) fn last_result(&self) -> PathBuf {
        let line = self.paths().pop().expect("a run has left its path");
        self.path(line.strip_prefix("/lkp/").unwrap())
    }

    /// The lines of `/lkp/paths`: a result folder each, oldest first.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut files = Vec::new();
        for day in fs::read_dir(self.path("paths")).unwrap() {
            for file in fs::read_dir(day.unwrap().path()).unwrap() {
                files.push(file.unwrap().path());
            }
        }
        files.sort();
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// The statistics of the last run.
    pub(crate) fn stats(&self) -> Value {
        json(&self.last_result().join("stats.json"))
    }
}

pub(crate) fn json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{}: {error}: {text}", path.display()))
}

/// The names of the statistics that are no times.
pub(crate) fn measured(stats: &Value) -> Vec<String> {
    let names = stats.as_object().unwrap().keys();
    names
        .filter(|name| !name.contains(".time.") && !name.starts_with("time."))
        .cloned()
        .collect()
}
