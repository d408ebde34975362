//! The pages of `docs/checks/` about the files of a lab: their examples are checked, and what they show is what is said.
//!
//! `UPDATE_DOCS=1 cargo test -p dispatcher --test device_pages` writes the messages anew.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::fs;
use std::path::Path;

use dispatcher::check::devices;
use job_schema::codes::RULES;
use job_schema::finding::{Group, Severity, render_text};

/// The texts between a line of three backticks with `kind` at its end, and the next one of three backticks.
fn fenced<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let mut texts = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find("```") {
        let (first, after) = rest[at + 3..].split_once('\n').unwrap();
        let end = after.find("```").unwrap();
        if first.split(' ').next_back() == Some(kind) {
            texts.push(&after[..end]);
        }
        rest = &after[end + 3..];
    }
    texts
}

/// An example says in its first line which file of a lab it is.
fn write(lab: &Path, example: &str) {
    let first = example.lines().next().unwrap();
    let name = first.trim_matches(['#', '{', '}', ' ']);
    fs::create_dir_all(lab.join(name).parent().unwrap()).unwrap();
    fs::write(lab.join(name), example).unwrap();
}

/// What is said about the examples, as text, and how bad it is; only findings with this code.
fn said(code: &str, examples: &[&str]) -> (String, Vec<Severity>) {
    let lab = tempfile::tempdir().unwrap();
    fs::create_dir(lab.path().join("devices")).unwrap();
    examples
        .iter()
        .for_each(|example| write(lab.path(), example));
    let mut text = String::new();
    let mut severities = Vec::new();
    for mut file in devices::check(lab.path()).unwrap().files {
        file.findings.retain(|finding| finding.code == code);
        severities.extend(file.findings.iter().map(|finding| finding.severity));
        text.push_str(&render_text(&file.findings, &file.name, &file.text, false));
    }
    let folder = format!("{}/", lab.path().display());
    (text.replace(&folder, ""), severities)
}

#[test]
fn examples_of_pages_are_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checks");
    for rule in RULES.iter().filter(|rule| rule.group == Group::Devices) {
        let path = folder.join(format!("{}.md", rule.code));
        let page = fs::read_to_string(&path).unwrap();
        let beside = fenced(&page, "beside");
        let with = |kind| [fenced(&page, kind), beside.clone()].concat();
        let (bad, severities) = said(rule.code, &with("bad"));
        assert_ne!(bad, "", "{}: the bad example is good", rule.code);
        let told = page.lines().nth(2).unwrap();
        for severity in severities {
            let word = format!("{severity:?}").to_lowercase();
            assert!(told.contains(&word), "{}: {told}", rule.code);
        }
        assert_eq!(said(rule.code, &with("good")).0, "", "{}", rule.code);
        let bad = format!("{}\n", bad.trim_end());
        let shown = fenced(&page, "text")[0];
        if shown != bad && std::env::var_os("UPDATE_DOCS").is_some() {
            let old = format!("```text\n{shown}```");
            let fresh = format!("```text\n{bad}```");
            fs::write(&path, page.replacen(&old, &fresh, 1)).unwrap();
            continue;
        }
        assert_eq!(shown, bad, "{}: run with UPDATE_DOCS=1", rule.code);
    }
}
