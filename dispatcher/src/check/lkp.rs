//! `lkp:` blocks against their trees, where these are on this machine: that the jobs are there, and what they expand to.
//!
//! In: a job and the folder that its paths are relative to. Out: findings. Nothing is fetched, and a block without a source
//! is left to `plan` and `submit`, because what stands in for it differs from machine to machine.

use std::path::Path;

use job_schema::test::lkp::Lkp;
use job_schema::{Block, Finding, Job, Severity};

use crate::lkp::load::{self, Origins};
use crate::lkp::suite::SuiteError;

/// The code of a block that its tree cannot run.
const NOT_THERE: &str = "J078";

/// What is wrong with the blocks of a job.
pub(super) fn check(job: &Job, base: &Path) -> Vec<Finding> {
    let origins = Origins::new(base);
    let wrong = load::blocks(job).filter_map(|(block, form)| {
        let source = origins.source(form, job).ok()?;
        let error = load::look_at(form, &source, &origins).err()?;
        Some(finding(block, form, &error))
    });
    wrong.collect()
}

fn finding(block: &Block, form: &Lkp, error: &SuiteError) -> Finding {
    let source = form.source.as_ref().map(|source| source.span);
    let span = error.span().or(source).unwrap_or(block.span);
    let key = match error {
        SuiteError::NoTree(_) | SuiteError::Tree(_) => "source",
        SuiteError::NoCase(_) => "cases",
        SuiteError::Job { .. } => "jobs",
    };
    let path = format!("{}.lkp.{key}", block.path);
    let text = error.to_string();
    // What to do follows a semicolon.
    let (message, help) = text.split_once("; ").unwrap_or((&text, ""));
    let mut finding = Finding::new(NOT_THERE, Severity::Error, path, span, message);
    if !help.is_empty() {
        finding.help(help);
    }
    finding
}

#[cfg(test)]
mod tests {
    use job_schema::finding::render_text;

    use super::*;
    use crate::check::{Options, check_file};

    const NEEDED: &str =
        "job_name: example\nvisibility: public\ndevice_type: ssh\ntimeouts: {job: {minutes: 60}}\n";
    const PAGE: &str = include_str!("../../../docs/checks/J078.md");

    /// What is said of a block of the page, or of another job beside the miniature tree.
    fn said(job: &str) -> String {
        let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
        let text = format!("{job}{NEEDED}");
        let options = Options {
            base: Some(Path::new(examples)),
            ..Options::default()
        };
        let mut findings = check_file("job.yaml", &text, &options).findings;
        findings.retain(|finding| finding.code == NOT_THERE);
        render_text(&findings, "job.yaml", &text, false).replace(examples, ".")
    }

    fn fenced(kind: &str) -> &'static str {
        let start = PAGE.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
        &PAGE[start..start + PAGE[start..].find("```").unwrap()]
    }

    #[test]
    fn the_page_is_true() {
        assert_eq!(said(fenced("yaml bad")).trim(), fenced("text").trim());
        assert_eq!(said(fenced("yaml good")), "");
    }

    #[test]
    fn a_job_that_the_tree_lacks_is_found_where_it_is_named() {
        let job = "actions:\n- deploy: {to: ssh}\n- test:\n    lkp:\n      source: lkp-mini\n      jobs: [hackbensh]\n";
        let said = said(job);
        assert!(said.contains("job.yaml:6:14"), "{said}");
        assert!(said.contains("did you mean `hackbench`?"), "{said}");
    }
}
