//! What a check reports, as data; rendered in one place.

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

/// Something wrong in a job or a test definition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Stable code, for example `J003`.
    pub code: &'static str,
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
}
