//! The lines of a document that lead to a line: the keys that hold it, and the simple `key: word` lines beside it and
//! beside them, which say the method. Everything else, and what may be wrong with it, is left out.

use std::ops::Range;

/// The lines that lead to a line, each with its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// Before it.
    pub(super) before: String,
    /// After it; begins with the end of the line itself.
    pub(super) after: String,
}

/// A line as far as it matters.
struct Line<'t> {
    text: &'t str,
    /// Column of the `-` of a list entry.
    dash: Option<usize>,
    /// Column of the key.
    column: usize,
    key: &'t str,
    /// `None`: the value follows in the next lines.
    value: Option<&'t str>,
}

/// The lines that lead to `line` of `text`, of which `head` is the beginning, up to the cursor's word. `None`: the line
/// goes on with the value of the line before.
pub(super) fn around(text: &str, line: &Range<usize>, head: &str) -> Option<Lines> {
    let blank = head.len() - head.trim_start().len();
    let dash = head[blank..].starts_with("- ").then_some(blank);
    let content = head[blank..].trim_start_matches(['-', ' ']);
    let own = head.len() - content.len();
    let above = &text[..line.start];
    let level = dash.unwrap_or(own);
    let last = above.lines().rev().find_map(Line::read);
    if last.is_some_and(|last| last.value.is_some() && last.column < level) {
        return None;
    }
    Some(Lines {
        before: before(above, level, dash.is_some()),
        after: after(&text[line.end..], own),
    })
}

/// Upwards: entries beside the line, then the key that holds them, entries beside it, and so on.
fn before(text: &str, mut level: usize, mut in_list: bool) -> String {
    let mut found = Vec::new();
    for line in text.lines().rev().filter_map(Line::read) {
        let holds = line.value.is_none()
            && (line.column < level || in_list && line.dash.is_none() && line.column == level);
        let beside = !in_list && line.column == level;
        if holds || beside && line.is_simple() {
            found.push(line.text.to_owned());
        } else if let (true, Some(dash)) = (beside, line.dash) {
            // The entry begins with something that does not matter; its key keeps the place.
            found.push(format!("{:dash$}- {}:", "", line.key));
        } else {
            continue;
        }
        if holds || line.dash.is_some() {
            level = line.dash.unwrap_or(line.column);
            in_list = line.dash.is_some();
        }
    }
    let mut lines = String::new();
    for line in found.into_iter().rev() {
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

/// Downwards: entries beside the line.
fn after(text: &str, column: usize) -> String {
    let mut lines = String::from("\n");
    let rest = text.lines().skip(1).filter_map(Line::read);
    for line in
        rest.take_while(|line| line.column >= column && line.dash.is_none_or(|dash| dash >= column))
    {
        if line.column == column && line.dash.is_none() && line.is_simple() {
            lines.push_str(line.text);
            lines.push('\n');
        }
    }
    lines
}

impl<'t> Line<'t> {
    /// A line that has a key, or begins an entry of a list.
    fn read(text: &'t str) -> Option<Self> {
        let blank = text.len() - text.trim_start_matches(' ').len();
        let mut rest = &text[blank..];
        let dash = rest.starts_with("- ").then_some(blank);
        if dash.is_some() {
            rest = rest[1..].trim_start_matches(' ');
        }
        let column = text.len() - rest.len();
        let (key, value) = rest.split_once(':')?;
        let is_key = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let value = value.split(" #").next().unwrap_or_default();
        let ends = value.is_empty() || value.starts_with(' ');
        let value = value.trim();
        (is_key && ends).then_some(Self {
            text,
            dash,
            column,
            key,
            value: (!value.is_empty()).then_some(value),
        })
    }

    /// `key: word`
    fn is_simple(&self) -> bool {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        self.value.is_some_and(|value| value.chars().all(plain))
    }
}
