//! What a run of `dispatch` left: its words, its exit code, its journal, its results.

use std::cell::OnceCell;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::journal;

/// The end of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The test's name.
    pub name: String,
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// From start to exit.
    pub elapsed: Duration,
    pub(crate) program: PathBuf,
    pub(crate) state: PathBuf,
    pub(crate) run_dir: Option<PathBuf>,
    pub(crate) work: TempDir,
    pub(crate) results: OnceCell<Value>,
}

impl Outcome {
    /// The state folder.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The folder in which the job ran.
    #[must_use]
    pub fn work(&self) -> &Path {
        self.work.path()
    }

    /// The run's folder.
    ///
    /// # Panics
    /// When the run came to nothing before it had one.
    #[must_use]
    pub fn run_dir(&self) -> &Path {
        let dir = self.run_dir.as_deref();
        dir.unwrap_or_else(|| panic!("no run was made\n{self}"))
    }

    /// The run's id; none when no run was made.
    #[must_use]
    pub fn run_id(&self) -> Option<String> {
        let name = self.run_dir.as_deref()?.file_name()?;
        Some(name.to_str()?.to_owned())
    }

    /// The journal, oldest entry first.
    #[must_use]
    pub fn journal(&self) -> Vec<Value> {
        self.run_dir
            .as_deref()
            .map(|dir| journal::read(&dir.join("journal.jsonl")))
            .unwrap_or_default()
    }

    /// What `dispatch results --format json` says.
    ///
    /// # Panics
    /// When it says no JSON.
    #[must_use]
    pub fn results(&self) -> &Value {
        self.results.get_or_init(|| {
            let text = self.view(&[
                "results",
                &self.run_id().unwrap_or_default(),
                "--format",
                "json",
            ]);
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in results: {text}\n{self}"))
        })
    }

    /// What another command says about this run's state, on standard output.
    ///
    /// # Panics
    /// When the command cannot be started.
    #[must_use]
    pub fn view(&self, words: &[&str]) -> String {
        let output = Command::new(&self.program)
            .args(words)
            .env("DISPATCH_STATE", &self.state)
            .env("HOME", self.work.path().join("home"))
            .output()
            .expect("the program ran before");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// All rows of the results of one test case of a node.
    #[must_use]
    pub fn rows(&self, node: &str, suite: &str, case: &str) -> Vec<&Value> {
        let rows = self.results()["results"].as_array();
        rows.into_iter()
            .flatten()
            .filter(|row| row["node"] == node && row["suite"] == suite && row["case"] == case)
            .collect()
    }

    /// The one row of a test case.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[must_use]
    pub fn row(&self, node: &str, suite: &str, case: &str) -> &Value {
        match self.rows(node, suite, case)[..] {
            [row] => row,
            ref rows => panic!(
                "{} results of {node} {suite} {case}, not one, among {:#}\n{self}",
                rows.len(),
                self.results()["results"]
            ),
        }
    }

    /// The result of a test case: `pass`, `fail`, `skip` or `unknown`.
    #[must_use]
    pub fn result(&self, node: &str, suite: &str, case: &str) -> &str {
        self.row(node, suite, case)["result"]
            .as_str()
            .unwrap_or_default()
    }

    /// The class of the run's failure; empty when it has none.
    #[must_use]
    pub fn class(&self) -> &str {
        self.results()["class"].as_str().unwrap_or_default()
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.results()["verdict"].as_str().unwrap_or_default()
    }

    /// Why a node is incomplete: its last words in the journal.
    #[must_use]
    pub fn failure_of(&self, node: &str) -> Option<Value> {
        let journal = self.journal();
        let end = journal
            .iter()
            .find(|entry| journal::is(entry, "node-ended", node))?;
        end.get("failure").cloned()
    }

    /// The first entry of the journal that fits.
    ///
    /// # Panics
    /// When none does.
    #[must_use]
    pub fn entry(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let found = self.journal().into_iter().find(is);
        found.unwrap_or_else(|| panic!("no entry '{what}' in the journal\n{self}"))
    }

    /// The job id of a node.
    ///
    /// # Panics
    /// When the journal does not name it.
    #[must_use]
    pub fn job_id(&self, node: &str) -> String {
        let entry = self.entry("node-assigned", |e| journal::is(e, "node-assigned", node));
        entry["job_id"].as_str().unwrap_or_default().to_owned()
    }

    /// The console of a node.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn console(&self, node: &str) -> String {
        let file = self.run_dir().join("nodes").join(node).join("console.log");
        let bytes = fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}\n{self}", file.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Asserts that the user was told so.
    ///
    /// # Panics
    /// When neither stream holds the words.
    pub fn says(&self, words: &str) {
        assert!(
            self.stdout.contains(words) || self.stderr.contains(words),
            "nobody says '{words}'\n{self}"
        );
    }

    /// Asserts that the user was told one of these, in whatever case.
    ///
    /// # Panics
    /// When neither stream holds any.
    pub fn says_one_of(&self, words: &[&str]) {
        let said = format!("{}\n{}", self.stdout, self.stderr).to_lowercase();
        assert!(
            words.iter().any(|word| said.contains(&word.to_lowercase())),
            "nobody says any of {words:?}\n{self}"
        );
    }

    /// Asserts how the run failed: its class in the results, and that it names evidence.
    ///
    /// # Panics
    /// When the class is none of these.
    pub fn failed_as(&self, classes: &[&str]) {
        assert!(
            classes.contains(&self.class()),
            "class '{}' is none of {classes:?}\n{self}",
            self.class()
        );
        assert!(
            !self.results()["evidence"].is_null(),
            "a failure without evidence\n{self}"
        );
    }

    /// Asserts the result of a test case.
    ///
    /// # Panics
    /// When it is another.
    pub fn has(&self, node: &str, suite: &str, case: &str, result: &str) {
        let found = self.result(node, suite, case);
        assert!(
            found == result,
            "{node} {suite} {case} is '{found}', not '{result}'\n{self}"
        );
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let journal = self.journal();
        let first = journal.len().saturating_sub(40);
        writeln!(
            f,
            "--- {}: exit code {:?} after {:?}",
            self.name, self.code, self.elapsed
        )?;
        writeln!(f, "--- stdout\n{}", tail(&self.stdout))?;
        writeln!(f, "--- stderr\n{}", tail(&self.stderr))?;
        writeln!(f, "--- journal, from line {}", first + 1)?;
        for entry in &journal[first..] {
            writeln!(f, "{}", tail(&entry.to_string()))?;
        }
        Ok(())
    }
}

/// The last few kilobytes of a text.
fn tail(text: &str) -> &str {
    let start = text.len().saturating_sub(6000);
    let start = (start..text.len()).find(|i| text.is_char_boundary(*i));
    start.map_or("", |start| &text[start..])
}
