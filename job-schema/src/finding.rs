//! What a check reports, as data; rendered in one place.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use annotate_snippets::{
    AnnotationKind, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use crate::codes;
use crate::lines::Lines;

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

impl Span {
    /// `false`: it is about the file as a whole.
    #[must_use]
    pub fn is_place(&self) -> bool {
        self.line > 0
    }
}

/// Shows findings under the lines that they are about. `file` is the name to show, `source` its text.
///
/// A file with very many findings or very long lines is cut short, and says so.
#[must_use]
pub fn render_text(findings: &[Finding], file: &str, source: &str, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let lines = Lines::new(source);
    let mut text = String::new();
    let mut left = MOST_RENDERED;
    for (shown, finding) in findings.iter().enumerate() {
        let window = Window::of(finding, &lines);
        let Some(rest) = left.checked_sub(window.text.len() + 1024) else {
            let more = findings.len() - shown;
            text.push_str(&format!(
                "{}: {more} more findings are not shown\n\n",
                normalize_untrusted_str(file)
            ));
            break;
        };
        left = rest;
        text.push_str(&renderer.render(&[group(finding, file, &window)]));
        text.push_str("\n\n");
    }
    text
}

/// Bytes of source that the findings of one file may make the renderer look at.
const MOST_RENDERED: usize = 16 << 20;

/// The lines that a finding is about. The renderer looks at all that it is given, for each finding anew.
struct Window<'a> {
    text: &'a str,
    /// Line of its first byte.
    line: usize,
    /// Its place in the source.
    bytes: Range<usize>,
}

impl<'a> Window<'a> {
    fn of(finding: &Finding, lines: &Lines<'a>) -> Self {
        let spans = || {
            let related = finding.related.iter().map(|(span, _)| span);
            related.chain([&finding.span])
        };
        let first = spans().map(|span| span.start).min().unwrap_or(0);
        let last = spans().map(|span| span.end).max().unwrap_or(0);
        let line = lines.position(first).line.saturating_sub(1).max(1);
        let from = lines.start_of(line);
        let to = lines.start_of(lines.position(last).line.saturating_add(2));
        Self {
            text: &lines.text()[from..to],
            line: line as usize,
            bytes: from..to,
        }
    }

    /// A span as a range of this window. It may be of another text: keep it inside, and on borders of characters.
    fn range(&self, span: Span) -> Range<usize> {
        let inside = |byte: usize| byte.clamp(self.bytes.start, self.bytes.end) - self.bytes.start;
        let start = self.text.floor_char_boundary(inside(span.start));
        let end = self.text.ceil_char_boundary(inside(span.end));
        start..end.max(start)
    }
}

fn group<'a>(
    finding: &'a Finding,
    file: &'a str,
    window: &Window<'a>,
) -> annotate_snippets::Group<'a> {
    let level = match finding.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level
        .primary_title(shown(&finding.message))
        .id(finding.code);
    let mut group = if finding.span.is_place() {
        let related = finding.related.iter().map(|(span, note)| {
            let range = window.range(*span);
            AnnotationKind::Context.span(range).label(shown(note))
        });
        let snippet = Snippet::source(shown(window.text))
            .line_start(window.line)
            .path(file)
            .annotation(AnnotationKind::Primary.span(window.range(finding.span)))
            .annotations(related);
        title.element(snippet)
    } else {
        title.element(Origin::path(file))
    };
    if !finding.path.is_empty() {
        let path = normalize_untrusted_str(&shown(&finding.path));
        group = group.element(Level::NOTE.message(format!("at {path}")));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(&shown(help))));
    }
    group
}

/// The renderer shows most control characters as pictures, but not those from U+0080: many terminals take U+009B for
/// the beginning of a command. What takes their place has as many bytes, so that spans stay right.
fn shown(text: &str) -> Cow<'_, str> {
    const CONTROL: RangeInclusive<char> = '\u{80}'..='\u{9f}';
    if text.contains(|c| CONTROL.contains(&c)) {
        Cow::Owned(text.replace(|c| CONTROL.contains(&c), "¤"))
    } else {
        Cow::Borrowed(text)
    }
}
