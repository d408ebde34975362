//! The check of messages on real jobs: it finds no error in any of them.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::path::{Path, PathBuf};

use common::corpus::corpus;
use dispatcher::check::local::load_local;
use dispatcher::check::messages;
use job_schema::Severity;

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// How many calls were read; `None` for what this version cannot read as a job.
fn read(name: &str, text: &str, folder: &Path) -> Option<usize> {
    let job = job_schema::parse_job(name, text).job?;
    job.multinode()?;
    let exchange = messages::read(&job, text, &mut load_local(folder));
    let findings = exchange.findings();
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{name}: {findings:#?}");
    assert!(!exchange.text().is_empty() && exchange.mermaid().starts_with("sequenceDiagram\n"));
    Some(exchange.calls().len())
}

#[test]
fn the_examples_are_without_a_finding() {
    let folder = project().join("examples/jobs");
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let job = job_schema::parse_job("job.yaml", &text).job.unwrap();
        let exchange = messages::read(&job, &text, &mut load_local(&folder));
        assert_eq!(exchange.findings(), [], "{}", path.display());
        if path.file_stem().unwrap() == "host-guests" {
            insta::assert_snapshot!("host-guests", exchange.text());
        }
    }
}

#[test]
fn real_jobs_are_without_an_error() {
    let Some(corpus) = corpus("real_jobs_are_without_an_error") else {
        return;
    };
    let mut read_jobs = 0;
    let mut calls = 0;
    let mut one = |name: &str, text: &str| {
        if let Some(count) = read(name, text, &corpus) {
            read_jobs += 1;
            calls += count;
        }
    };
    let verdicts = std::fs::read_to_string(corpus.join("verdicts/verdicts.jsonl")).unwrap();
    for line in verdicts.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        if row["mutation"].is_null() {
            one(row["name"].as_str().unwrap(), row["job"].as_str().unwrap());
        }
    }
    for case in std::fs::read_dir(corpus.join("pipelines")).unwrap() {
        let file = case.unwrap().path().join("job.yaml");
        one(
            &file.to_string_lossy(),
            &std::fs::read_to_string(&file).unwrap(),
        );
    }
    let seed = corpus.join("seed/mustang-ssh-guest.yaml");
    one("seed", &std::fs::read_to_string(seed).unwrap());
    eprintln!("{read_jobs} jobs with {calls} calls");
    assert!(read_jobs > 0 && calls > 0);
}
