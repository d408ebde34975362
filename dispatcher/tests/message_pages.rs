//! The pages of `docs/checks/` about messages: their examples are checked, and what they show is what is said.
//!
//! `UPDATE_DOCS=1 cargo test -p dispatcher --test message_pages` writes the messages anew.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::path::Path;

use dispatcher::check::messages;
use job_schema::codes::RULES;
use job_schema::finding::{Group, render_text};

/// Keys that every job needs; examples leave them out.
const NEEDED: &str = "job_name: example\nvisibility: public\ntimeouts: {job: {minutes: 60}}\n";

/// The text between a line of three backticks and `kind`, and the next one of three backticks.
fn fenced<'p>(page: &'p str, kind: &str) -> &'p str {
    let start = page.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
    &page[start..start + page[start..].find("```").unwrap()]
}

/// What is said about an example, as text; only findings with this code.
fn said(code: &str, example: &str) -> String {
    let text = format!("{example}{NEEDED}");
    let parsed = job_schema::parse_job("job.yaml", &text);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{code}: {:#?}", parsed.findings));
    let mut findings = messages::read(&job, &text, &mut |_| None).findings();
    findings.retain(|finding| finding.code == code);
    render_text(&findings, "job.yaml", &text, false)
}

#[test]
fn examples_of_pages_are_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checks");
    for rule in RULES.iter().filter(|rule| rule.group == Group::Messages) {
        let path = folder.join(format!("{}.md", rule.code));
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page.starts_with(&format!("# {}: {}\n", rule.code, rule.what)));
        let said_of_bad = format!(
            "{}\n",
            said(rule.code, fenced(&page, "yaml bad")).trim_end()
        );
        assert_ne!(said_of_bad, "\n", "{}: the bad example is good", rule.code);
        assert_eq!(
            said(rule.code, fenced(&page, "yaml good")),
            "",
            "{}",
            rule.code
        );
        let shown = fenced(&page, "text");
        if shown != said_of_bad && std::env::var_os("UPDATE_DOCS").is_some() {
            let old = format!("```text\n{shown}```");
            let fresh = format!("```text\n{said_of_bad}```");
            std::fs::write(&path, page.replacen(&old, &fresh, 1)).unwrap();
            continue;
        }
        assert_eq!(shown, said_of_bad, "{}: run with UPDATE_DOCS=1", rule.code);
    }
}
