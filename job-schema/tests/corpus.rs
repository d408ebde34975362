//! Real documents: LAVA's sample jobs, kept beside the project.

use common::corpus::corpus;
use job_schema::finding::{Group, render_text};
use job_schema::{Action, Severity, parse_job, yaml};

#[test]
fn the_seed_job_has_no_error() {
    let Some(corpus) = corpus("the_seed_job_has_no_error") else {
        return;
    };
    let text =
        std::fs::read_to_string(corpus.join("seed/mustang-ssh-guest.yaml")).expect("the seed job");
    let parsed = parse_job("seed", &text);
    let shown = render_text(&parsed.findings, "seed", &text, false);
    let codes: Vec<_> = parsed
        .findings
        .iter()
        .map(|f| (f.code, f.severity))
        .collect();
    // The guests may wait less long for `lava_start` than the host may need; LAVA's strict schema knows no `connection`
    // beside `to: ssh` and `method: ssh`; a key is there twice.
    let expected = ["J038", "J006", "J006", "J007"].map(|code| (code, Severity::Warning));
    assert_eq!(codes, expected, "{shown}");
    let job = parsed.job.expect("no error, so a job");
    assert_eq!(job.multinode().expect("roles").roles["guest"].count, 3);
    let kinds: Vec<_> = job
        .actions
        .iter()
        .map(|block| match block.action {
            Action::Deploy(_) => "deploy",
            Action::Boot(_) => "boot",
            Action::Test(_) => "test",
            Action::Command(_) => "command",
        })
        .collect();
    assert_eq!(kinds, ["deploy", "deploy", "boot", "boot", "test", "test"]);
}

#[test]
fn every_sample_job_is_yaml() {
    let Some(corpus) = corpus("every_sample_job_is_yaml") else {
        return;
    };
    let mut count = 0;
    for case in std::fs::read_dir(corpus.join("pipelines")).expect("the samples") {
        let path = case.expect("a readable folder").path().join("job.yaml");
        let text = std::fs::read_to_string(&path).expect("a sample job");
        let document = yaml::load(&text).unwrap_or_else(|f| panic!("{}: {f:?}", path.display()));
        assert!(document.root.as_map().is_some(), "{}", path.display());
        let parsed = parse_job("job.yaml", &text);
        assert!(parsed.job.is_some() || parsed.has_errors());
        count += 1;
    }
    assert!(count > 100, "only {count} samples");
}

/// A rule of ours may refuse only what cannot succeed: no real job that LAVA accepts.
#[test]
fn no_rule_refuses_a_real_job() {
    let Some(corpus) = corpus("no_rule_refuses_a_real_job") else {
        return;
    };
    let lines = std::fs::read_to_string(corpus.join("verdicts/verdicts.jsonl")).expect("verdicts");
    let mut count = 0;
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let accepted = |by: &str| case["verdict"][by]["ok"] == true;
        if !case["mutation"].is_null() || !accepted("submission") || !accepted("relaxed") {
            continue;
        }
        let text = case["job"].as_str().expect("the text of a job");
        let mut findings = parse_job("job.yaml", text).findings;
        findings.retain(|f| f.group == Group::Rules && f.severity == Severity::Error);
        let shown = render_text(&findings, "job.yaml", text, false);
        assert!(findings.is_empty(), "{}\n{shown}", case["name"]);
        count += 1;
    }
    assert!(count > 100, "only {count} jobs");
}
