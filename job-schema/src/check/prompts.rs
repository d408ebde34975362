//! The change that makes a list out of a single prompt.

use super::outline::Outline;
use crate::read::Report;

/// Adds it to the findings about single prompts.
pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    for block in job.blocks.iter().filter(|block| block.word == "boot") {
        let Some(prompt) = block.text("prompts") else {
            continue;
        };
        // Written over several lines the text cannot be put back as it was.
        let length = prompt.span.end.saturating_sub(prompt.span.start);
        let whole = prompt.text.len();
        if prompt.text.contains(['\n', '\'']) || (length != whole && length != whole + 2) {
            continue;
        }
        let about = |f: &&mut crate::Finding| f.code == "J017" && f.span == prompt.span;
        for finding in report.findings.iter_mut().filter(about) {
            let list = format!("['{}']", prompt.text);
            finding.fix("make it a list", prompt.span, list);
        }
    }
}
