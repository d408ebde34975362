//! Findings for people, as rustc shows its own.
//!
//! In: findings and the text that they are about. Out: text for a terminal, in which nothing of the input can steer it.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use annotate_snippets::{
    AnnotationKind, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Finding, Severity, Span};
use crate::lines::Lines;

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
    let mut group = if finding.span.is_place() && is_secret(&finding.path) {
        let (line, column) = (finding.span.line as usize, finding.span.column as usize);
        title.element(Origin::path(file).line(line).char_column(column))
    } else if finding.span.is_place() {
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

/// Whether the line of a finding holds what nobody may see: checks run where logs are public.
fn is_secret(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    path.starts_with("secrets.") || matches!(last, "password" | "token")
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
