//! What to say about a text that is not YAML.
//!
//! In: the parser's complaint and the text. Out: a finding with a place and help.

use super::load::MAX_DEPTH;
use crate::finding::{Finding, Severity, Span};

/// The parser's complaint; `mark` is where it is about, `context` where what is wrong began.
pub(super) fn syntax(
    text: &str,
    problem: &str,
    mark: Option<Span>,
    context: Option<(Span, String)>,
) -> Box<Finding> {
    let span = match mark {
        Some(at) => Span {
            end: text.ceil_char_boundary((at.start + 1).min(text.len())),
            ..at
        },
        None => refused_character(text),
    };
    let found = text[span.start..].chars().next();
    let message = format!("this is not YAML: {problem}");
    let mut finding = Finding::new("J001", Severity::Error, "", span, message);
    finding.related.extend(context);
    finding.help(help(problem, found));
    Box::new(finding)
}

/// A tag with a comma right after it: `[!tag, x]`.
pub(super) fn glued_tag(tag: Span) -> Box<Finding> {
    let message = "a tag must be followed by a space";
    let mut finding = Finding::new("J001", Severity::Error, "", tag, message);
    finding.help("put a text that begins with `!` in quotes");
    Box::new(finding)
}

/// More levels than the loader takes.
pub(super) fn too_deep(span: Span) -> Box<Finding> {
    let message = format!("lists and mappings are nested deeper than {MAX_DEPTH} levels");
    let mut finding = Finding::new("J002", Severity::Error, "", span, message);
    finding.help("make the document flatter");
    Box::new(finding)
}

/// The parser failed in a way of its own after `last`.
pub(super) fn gave_up(last: Span) -> Box<Finding> {
    let message = "the YAML after this could not be understood";
    let mut finding = Finding::new("J001", Severity::Error, "", last, message);
    finding.help("write what follows in a simpler way, or put it in quotes");
    Box::new(finding)
}

/// The reader names no mark for a character that YAML refuses: find the first one.
fn refused_character(text: &str) -> Span {
    let refused = |c: char| {
        !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    };
    let start = text.find(refused).unwrap_or(text.len());
    place(
        text,
        start,
        text.ceil_char_boundary((start + 1).min(text.len())),
    )
}

/// A part of the text with its line and column.
pub(super) fn place(text: &str, start: usize, end: usize) -> Span {
    let before = text[..start].trim_start_matches('\u{feff}');
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    Span {
        start,
        end,
        line: count(before.matches('\n').count()),
        column: count(before[line_start..].chars().count()),
    }
}

/// A sentence on what usually causes the parser's complaint.
fn help(problem: &str, found: Option<char>) -> String {
    match found {
        Some('\t') => "indent with spaces: YAML takes no tabs there".to_owned(),
        Some(c @ ('@' | '`' | '%')) => {
            format!("a text that begins with `{c}` must stand in quotes")
        }
        _ if problem.contains("mapping values are not allowed") => {
            "put a text that contains `: ` in quotes; if this is a key, align it with its neighbours"
                .to_owned()
        }
        _ if problem.contains("expected ':'") => {
            "a key needs `:` and a space after it; a text over several lines must be indented deeper than its key"
                .to_owned()
        }
        _ if problem.contains("expected key") || problem.contains("expected '-'") => {
            "keys of one mapping begin in one column, and so do the `-` of one list".to_owned()
        }
        _ if problem.contains("end of stream") => "a quote is not closed".to_owned(),
        _ if problem.contains("expected ',' or") => {
            "a list in `[ ]` or a mapping in `{ }` is not closed, or a comma is missing".to_owned()
        }
        _ if problem.contains("control characters") => {
            "remove the character; in double quotes it can be written as `\\x..`".to_owned()
        }
        _ => "compare the indentation and the quotes with the lines before".to_owned(),
    }
}
