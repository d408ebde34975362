//! Jobs and what is found in them.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod changes;
mod dialogues;
mod forms;
mod jobs;
mod slips;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use job_schema::{Finding, Severity};

use super::{Exchange, LoadedDefinition, read};

/// A job with a role per entry: `name`, `name:3` for three nodes, `name<host` for a guest of `host` with a delayed
/// start; and the steps of its one test.
pub(super) fn job(roles: &[(&str, &[&str])]) -> String {
    let mut text = String::from(
        "job_name: test\nvisibility: public\ntimeouts:\n  job: {minutes: 5}\nprotocols:\n  lava-multinode:\n    roles:\n",
    );
    for (role, _) in roles {
        let (name, count, host) = parts(role);
        write!(text, "      {name}:\n        count: {count}\n").unwrap();
        match host {
            Some(host) => write!(
                text,
                "        connection: ssh\n        host_role: {host}\n        expect_role: {host}\n        request: lava-start\n"
            ),
            None => writeln!(text, "        device_type: ssh"),
        }
        .unwrap();
    }
    text.push_str("actions:\n");
    for (role, steps) in roles {
        let (name, ..) = parts(role);
        write!(
            text,
            "- deploy: {{role: [{name}], to: ssh}}\n- boot: {{role: [{name}], method: ssh, prompts: ['#']}}\n\
             - test:\n    role: [{name}]\n    definitions:\n    - name: {name}\n      from: inline\n      path: inline.yaml\n      \
             repository:\n        metadata: {{format: Lava-Test Test Definition 1.0, name: {name}}}\n        run:\n          steps:\n"
        )
        .unwrap();
        for step in *steps {
            if step.contains('\n') {
                text.push_str("          - |\n");
                for line in step.lines() {
                    writeln!(text, "            {line}").unwrap();
                }
            } else {
                writeln!(text, "          - '{}'", step.replace('\'', "''")).unwrap();
            }
        }
    }
    text
}

fn parts(role: &str) -> (&str, u32, Option<&str>) {
    let (role, host) = match role.split_once('<') {
        Some((role, host)) => (role, Some(host)),
        None => (role, None),
    };
    match role.split_once(':') {
        Some((name, count)) => (name, count.parse().unwrap(), host),
        None => (role, 1, host),
    }
}

pub(super) fn exchange(text: &str) -> Exchange {
    exchange_with(text, &BTreeMap::new())
}

/// Definitions that are not inline are found by their name.
pub(super) fn exchange_with(text: &str, files: &BTreeMap<&str, LoadedDefinition>) -> Exchange {
    let parsed = job_schema::parse_job("job.yaml", text);
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{text}\n{:#?}", parsed.findings));
    read(&job, text, &mut |definition| {
        files.get(definition.name.as_str()).cloned()
    })
}

pub(super) fn findings(roles: &[(&str, &[&str])]) -> Vec<Finding> {
    exchange(&job(roles)).findings()
}

/// `error J060: message` and, indented, the other places and the help.
pub(super) fn told(roles: &[(&str, &[&str])]) -> String {
    let text = job(roles);
    let mut out = String::new();
    for finding in exchange(&text).findings() {
        let kind = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let words = &text[finding.span.start..finding.span.end];
        writeln!(
            out,
            "{kind} {}: {} [{words}]",
            finding.code, finding.message
        )
        .unwrap();
        for (span, note) in &finding.related {
            writeln!(out, "  see {note} [{}]", &text[span.start..span.end]).unwrap();
        }
        writeln!(out, "  help {}", finding.help.unwrap()).unwrap();
        if let Some(fix) = finding.fix {
            let edit = &fix.edits[0];
            let old = &text[edit.span.start..edit.span.end];
            writeln!(out, "  fix {old} -> {}", edit.text).unwrap();
        }
    }
    out
}
