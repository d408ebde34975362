//! Boot blocks: what each method takes, refuses and warns about.

mod bad;
mod good;
mod methods;
mod schema;

use job_schema::boot::Boot;
use job_schema::{Action, Finding, Parsed, parse_job};

/// A job with one boot block.
fn parse(block: &str) -> Parsed {
    let text = format!(
        "job_name: x\nvisibility: public\ndevice_type: x\ntimeouts: {{job: {{hours: 1}}}}\nactions:\n\
         - deploy: {{to: ssh}}\n- boot: {block}\n"
    );
    let mut parsed = parse_job("job.yaml", &text);
    // Rules between blocks are tested elsewhere: the other block here has no namespace.
    parsed
        .findings
        .retain(|finding| !matches!(finding.code, "J030" | "J039"));
    parsed
}

/// The boot block of a job without findings.
fn boot(block: &str) -> Boot {
    let parsed = parse(block);
    assert_eq!(parsed.findings, [], "{block}");
    typed(parsed)
}

/// The boot block of a job without errors.
fn typed(parsed: Parsed) -> Boot {
    let job = parsed
        .job
        .unwrap_or_else(|| panic!("{:#?}", parsed.findings));
    match job
        .actions
        .into_iter()
        .next_back()
        .map(|block| block.action)
    {
        Some(Action::Boot(boot)) => boot,
        other => panic!("{other:?}"),
    }
}

/// Code, severity and the path inside the boot block of each finding.
fn told(findings: &[Finding]) -> Vec<String> {
    let one = |finding: &Finding| {
        let path = finding
            .path
            .strip_prefix("actions[1].boot")
            .unwrap_or(&finding.path);
        let path = path.strip_prefix('.').unwrap_or(path);
        format!("{} {:?} {path}", finding.code, finding.severity)
    };
    findings.iter().map(one).collect()
}
