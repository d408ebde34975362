//! The programs of a tree and the parameters each of them takes. In: a tree. Out: names, kinds and options.

use indexmap::IndexMap;

use super::Tree;

/// What a program does in a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Prepares the machine.
    Setup,
    /// Is the test.
    Test,
    /// Serves the test.
    Daemon,
}

/// The programs whose parameters tell one result from another.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Name to the script that counts: of a program that is both set up and run, the run.
    workload: IndexMap<String, String>,
    /// Those that are tests with a parser of their output.
    measured: Vec<String>,
    monitors: Vec<String>,
}

impl Programs {
    /// Lists them. A script that may not be executed is none, as in LKP.
    pub(crate) fn of(tree: &Tree) -> Self {
        let (mut workload, mut measured, mut monitors) = (IndexMap::new(), vec![], vec![]);
        let names = tree.children("programs");
        for kind in [Kind::Setup, Kind::Test, Kind::Daemon] {
            let script = match kind {
                Kind::Setup => "setup",
                Kind::Test => "run",
                Kind::Daemon => "daemon",
            };
            for name in &names {
                let path = format!("programs/{name}/{script}");
                if !tree.is_executable(&path) {
                    continue;
                }
                if kind == Kind::Test && tree.is_file(&format!("programs/{name}/parse")) {
                    measured.push((*name).to_owned());
                }
                workload.insert((*name).to_owned(), path);
            }
        }
        for name in names {
            for script in ["", "no-stdout-", "one-shot-", "plain-"] {
                if tree.is_executable(&format!("programs/{name}/{script}monitor")) {
                    monitors.push(name.to_owned());
                }
            }
        }
        Self {
            workload,
            measured,
            monitors,
        }
    }

    /// Whether a key names a program that is set up, run or started.
    pub(crate) fn is_workload(&self, key: &str) -> bool {
        self.workload.contains_key(key)
    }

    /// Whether a key names a test whose output is parsed: its numbers must be among the results.
    pub(crate) fn is_measured(&self, key: &str) -> bool {
        self.measured.iter().any(|name| name == key)
    }

    /// Whether a key names a monitor.
    pub(crate) fn is_monitor(&self, key: &str) -> bool {
        self.monitors.iter().any(|name| name == key)
    }

    /// The script of a program.
    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        self.workload.get(name).map(String::as_str)
    }
}

/// The parameters that a script says it takes: its lines `# - name` before the first empty line, with `-` or `=`, which
/// says whether file names show the parameter's name too.
pub(crate) fn options(script: &str) -> impl Iterator<Item = (&str, char)> {
    script
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (kind, name) = match line.strip_prefix("# - ") {
                Some(name) => ('-', name),
                None => ('=', line.strip_prefix("# = ")?),
            };
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            (!name.is_empty() && name.chars().all(good)).then_some((name, kind))
        })
}
