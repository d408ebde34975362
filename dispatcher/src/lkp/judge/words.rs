//! LKP's `last_state`: words that say what went wrong go in, sentences come out.

use std::collections::BTreeSet;
use std::path::Path;

use super::file;
use crate::text;

/// Largest `last_state` that is read, in bytes; LKP's own have a few lines.
const LARGEST: u64 = 64 << 10;

/// LKP's word for a program whose output it misses.
pub(super) const INCOMPLETE: &str = "is_incomplete_run";

/// Whether all the output that LKP misses is that of programs that are not among these. It writes a line `# missing PROGRAM
/// FILE` before each of its words.
pub(super) fn misses_others_only(root: &Path, programs: &[String]) -> bool {
    let bytes = file::read(&root.join("last_state"), LARGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut before = "";
    let mut said = false;
    for line in text.lines() {
        if line.starts_with(INCOMPLETE) {
            let missing = before
                .strip_prefix("# missing ")
                .and_then(|m| m.split(' ').next());
            if missing.is_none_or(|missing| programs.iter().any(|p| p == missing)) {
                return false;
            }
            said = true;
        }
        before = line;
    }
    said
}

/// The words of the file `last_state` of a result folder: lines `word: 1`. None when there is no such file.
pub(super) fn of_file(root: &Path) -> Vec<String> {
    let bytes = match file::read(&root.join("last_state"), LARGEST) {
        Ok(bytes) => bytes,
        Err(file::Unread::Missing) => return Vec::new(),
        Err(_) => return vec!["(the file cannot be read)".to_owned()],
    };
    String::from_utf8_lossy(&bytes)
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .filter(|(_, value)| value.trim() != "0")
        .map(|(word, _)| text::name(word))
        .collect()
}

/// What the words mean, a sentence each.
pub(super) fn sentences(words: &BTreeSet<String>) -> Vec<String> {
    let exits = words.iter().any(|word| word.contains(".exit_code."));
    words
        .iter()
        // The exit status of the program says it, and says more.
        .filter(|word| !(exits && *word == "exit_fail"))
        .map(|word| format!("last_state.{word}: {}", meaning(word)))
        .collect()
}

fn meaning(word: &str) -> String {
    if let Some((program, code)) = word.split_once(".exit_code.") {
        return exit(program, code);
    }
    match word {
        "exit_fail" => "a program of the job ended with an error; look at output and stderr of the result folder",
        INCOMPLETE => {
            "LKP misses the output of a program; the file last_state of the result folder names it"
        }
        "soft_timeout" => "the test ran out of the time that LKP gives it; look at its output in the result folder",
        "OOM" => "the kernel ran out of memory; give the job fewer tasks, or the container more memory",
        "cluster.abort" => "another node of the cluster gave up; look at that node's run",
        "cluster.timeout" => "the other nodes of the cluster did not answer in time; look at their runs",
        _ => "LKP says that the run is not good; look at the file last_state of the result folder",
    }
    .to_owned()
}

/// `test.mytest` and `127` as a sentence.
fn exit(program: &str, code: &str) -> String {
    let (kind, name) = program.split_once('.').unwrap_or(("program", program));
    let means = match code {
        "99" => " (LKP's own: something that it needs is missing)",
        "124" => " (it ran out of time)",
        "126" => " (it may not be executed)",
        "127" => " (a command was not found; is its package installed?)",
        "137" => " (it was killed)",
        "139" => " (it crashed)",
        _ => "",
    };
    format!(
        "the {kind} {name} ended with exit status {code}{means}; look at the file {name} of the result folder"
    )
}
