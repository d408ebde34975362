//! What the loader says about documents that it does not take, or takes with a warning.

use super::super::node::Node;
use super::super::{join_index, join_key, problem};
use super::{Loader, Result, Segment};
use crate::finding::{Finding, Severity, Span};

impl Loader<'_> {
    pub(super) fn unused(&self, name: &str, span: Span) -> Result<()> {
        let Some((first, _)) = self.anchors.get(name) else {
            return Ok(());
        };
        let mut finding = self.fail(
            "J001",
            span,
            format!("the anchor `&{name}` is written twice"),
            "give each anchor a name of its own",
        );
        finding
            .related
            .push((*first, "first written here".to_owned()));
        Err(finding)
    }

    pub(super) fn expect_tag(
        &self,
        tag: Option<&str>,
        allowed: &[&str],
        what: &str,
        span: Span,
    ) -> Result<()> {
        match tag {
            None | Some("!") => Ok(()),
            Some(tag) => match tag.strip_prefix("tag:yaml.org,2002:") {
                Some(short) if allowed.contains(&short) => Ok(()),
                _ => Err(self.bad_tag(tag, what, span)),
            },
        }
    }

    pub(super) fn duplicate(&mut self, first: Span, second: &Node) {
        let message = format!(
            "`{}` is written twice; the last one counts",
            second.key_text()
        );
        let path = self.path();
        let mut finding = Finding::new("J007", Severity::Warning, path, second.span, message);
        finding
            .see(first, "first written here, without effect")
            .help("remove one of the two");
        self.findings.push(finding);
    }

    pub(super) fn too_deep(&self, span: Span) -> Box<Finding> {
        let mut finding = problem::too_deep(span);
        finding.path = self.path();
        finding
    }

    pub(super) fn bad_tag(&self, tag: &str, what: &str, span: Span) -> Box<Finding> {
        let tag = tag.replace("tag:yaml.org,2002:", "!!");
        self.fail(
            "J002",
            span,
            format!("the tag `{tag}` does not fit a {what} of plain data"),
            "remove the tag; put a text that begins with `!` in quotes",
        )
    }

    pub(super) fn fail(
        &self,
        code: &'static str,
        span: Span,
        message: String,
        help: &str,
    ) -> Box<Finding> {
        let mut finding = Finding::new(code, Severity::Error, self.path(), span, message);
        finding.help(help);
        Box::new(finding)
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Key(key) => join_key(&mut path, &key.key_text()),
                Segment::Index(index) => join_index(&mut path, *index),
            }
        }
        path
    }
}
