//! What a check reports, as data; rendered in one place.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::codes;

/// A place in a file: byte offsets, and line and column (both from 1, columns in characters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line of the first byte.
    pub line: u32,
    /// Column of the first byte.
    pub column: u32,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The job runs; something in it has no effect or is not what the author meant.
    Warning,
    /// The job cannot run.
    Error,
}

/// What kind of rule a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// The text is not YAML, or odd YAML.
    Yaml,
    /// What LAVA's schemas and its rules at submission say too.
    Structure,
    /// Rules of ours across keys.
    Rules,
    /// What roles say to each other.
    Messages,
    /// What the machines of a lab can do.
    Lab,
}

/// A change of the text that repairs a finding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fix {
    /// What the change does: `rename it to \`timeout\``.
    pub title: String,
    /// The parts of the text that change; they do not overlap.
    pub edits: Vec<Edit>,
}

/// A part of a text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

/// Something wrong in a job or a test definition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Stable code, for example `J003`; [`crate::codes`] lists them.
    pub code: &'static str,
    /// What kind of rule it comes from.
    pub group: Group,
    /// How bad it is.
    pub severity: Severity,
    /// Key path, for example `actions[1].deploy.to`.
    pub path: String,
    /// What is wrong: what was expected, what was found.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Other places that matter, each with a word about it.
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
    /// A change that certainly repairs it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of the group that its code belongs to.
    #[must_use]
    pub fn new(
        code: &'static str,
        severity: Severity,
        path: impl Into<String>,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            group: codes::group(code),
            severity,
            path: path.into(),
            message: message.into(),
            span,
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// What to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Another place that matters.
    pub fn see(&mut self, span: Span, note: impl Into<String>) -> &mut Self {
        self.related.push((span, note.into()));
        self
    }

    /// A change that certainly repairs it: replace `span` by `text`.
    pub fn fix(
        &mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> &mut Self {
        let edit = Edit {
            span,
            text: text.into(),
        };
        self.fix = Some(Fix {
            title: title.into(),
            edits: vec![edit],
        });
        self
    }
}

/// Shows findings under the lines that they are about. `file` is the name to show, `source` its text.
#[must_use]
pub fn render_text(findings: &[Finding], file: &str, source: &str, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for finding in findings {
        text.push_str(&renderer.render(&[group(finding, file, source)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(finding: &'a Finding, file: &'a str, source: &'a str) -> annotate_snippets::Group<'a> {
    let level = match finding.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let related = finding.related.iter().map(|(span, note)| {
        let range = range(*span, source);
        AnnotationKind::Context.span(range).label(note.as_str())
    });
    let snippet = Snippet::source(source)
        .path(file)
        .annotation(AnnotationKind::Primary.span(range(finding.span, source)))
        .annotations(related);
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.code);
    let mut group = title.element(snippet);
    if !finding.path.is_empty() {
        group = group.element(Level::NOTE.message(format!("at {}", finding.path)));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// A span may be of another text: keep it inside this one, and on borders of characters.
fn range(span: Span, source: &str) -> Range<usize> {
    let start = source.floor_char_boundary(span.start);
    let end = source.ceil_char_boundary(span.end.min(source.len()));
    start..end.max(start)
}
