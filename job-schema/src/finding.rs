//! What a check reports, as data; rendered in one place.

mod render;

use std::ops::RangeInclusive;

use crate::codes;

pub use render::render_text;

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

impl Span {
    /// Whether it is a place; the default span is none: what has it is about the file as a whole.
    #[must_use]
    pub fn is_place(&self) -> bool {
        self.line > 0
    }
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
    /// The files that describe the machines of a lab.
    Devices,
    /// What the machines of a lab answered when they were tried.
    Infrastructure,
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
            message: plain(message.into()),
            span,
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// What to do about it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(plain(help.into()));
        self
    }

    /// Another place that matters.
    pub fn see(&mut self, span: Span, note: impl Into<String>) -> &mut Self {
        self.related.push((span, plain(note.into())));
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
            title: plain(title.into()),
            edits: vec![edit],
        });
        self
    }
}

/// Words of the input are in what a finding says: nothing in them may steer a terminal or an editor.
fn plain(text: String) -> String {
    const TURNS: [RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}')
            || TURNS.iter().any(|turns| turns.contains(&c))
    };
    if !text.contains(steers) {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match steers(c) {
            true => plain.extend(c.escape_default()),
            false => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_steers_is_written_out() {
        assert_eq!(
            plain("a é\u{1b}[2J\u{202e}\n".to_owned()),
            "a é\\u{1b}[2J\\u{202e}\\n"
        );
    }
}
