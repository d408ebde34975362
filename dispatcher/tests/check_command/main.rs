//! `dispatch check` as its users call it: the real program on real files.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod drawings;
mod examples;
mod files;
mod fixes;
mod formats;
mod given;
mod lab;
mod refusals;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A job without a fault.
const GOOD: &str = "\
job_name: two roles
visibility: public
timeouts:
  job: {minutes: 10}
protocols:
  lava-multinode:
    roles:
      server: {count: 1, device_type: ssh}
      client: {count: 2, device_type: ssh}
actions:
- deploy:
    role: [server, client]
    to: ssh
- boot:
    role: [server, client]
    method: ssh
    prompts: ['# ']
- test:
    role: [client]
    definitions:
    - from: inline
      name: hello
      path: hello.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: hello}
        run: {steps: ['true']}
";

/// [`GOOD`] with a slip of the pen, a wrong key, and a key written twice.
fn bad() -> String {
    GOOD.replace("role: [client]", "role: [cleint]")
        .replace("visibility: public\n", "visibility: public\nvisibilty: x\n")
        .replace("  job: {minutes: 10}", "  job: {minutes: 10, minutes: 5}")
}

/// A folder in which the program runs.
struct Place {
    folder: TempDir,
}

/// What the program said.
#[derive(Debug)]
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with(self, file: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn run(&self, words: &[&str]) -> Said {
        self.run_with_input(words, b"")
    }

    fn run_with_input(&self, words: &[&str], input: &[u8]) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dispatch"))
            .args(words)
            .current_dir(self.folder.path())
            .env("DISPATCH_STATE", self.path("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that ends without reading is its own affair.
        let _ = stdin.write_all(input);
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// What `check --format json` says of files: an array.
    fn json(&self, words: &[&str]) -> Vec<serde_json::Value> {
        let mut all = vec!["check", "--format", "json"];
        all.extend(words);
        let said = self.run(&all);
        serde_json::from_str(&said.stdout).unwrap_or_else(|e| panic!("{e}: {said:?}"))
    }
}

/// The codes of findings, in order.
fn codes(findings: &[serde_json::Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}
