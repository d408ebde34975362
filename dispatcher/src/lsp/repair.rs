//! A document that is being typed, made whole at the cursor.
//!
//! While one types, the text is seldom YAML. In: the text and the cursor. Out: a tree that has a mark where the cursor is,
//! and the mark's key path. The word at the cursor is replaced by the mark: as it is, then as a key (`mark:`), then with the
//! brackets closed that the line leaves open. When the text does not load for another reason, the same is tried with the
//! lines only that lead to the cursor ([`super::skeleton`]).

use std::ops::Range;

use job_schema::describe::Segment;
use job_schema::yaml::{self, Node};

use super::{locate, skeleton};

/// No document of the field has it; short, so that no limit is passed.
const MARK: &str = "zz-cursor-zz";

/// Where the cursor is.
#[derive(Debug)]
pub(super) struct Site {
    /// A tree with the mark.
    pub(super) root: Node,
    /// The key path of the marked value, or of the mapping with the marked key.
    pub(super) path: Vec<Segment>,
    /// What is typed.
    pub(super) slot: Slot,
    /// The word at the cursor, in the text.
    pub(super) word: Range<usize>,
    /// Columns between the line's first character and the word: those of `- `.
    pub(super) inset: usize,
    /// A `:` follows already.
    pub(super) colon: bool,
}

/// What is typed at a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A key.
    Key,
    /// A value behind its key, or an entry of a list in brackets.
    Value,
    /// The first word of a line: a value, or the first key of a mapping.
    Either,
}

/// Where the cursor at `byte` is; `None` in comments, in the middle of texts, and where nothing can be made of the lines.
pub(super) fn site(text: &str, byte: usize) -> Option<Site> {
    let line = line(text, byte);
    let before = &text[line.start..byte];
    if in_comment(before) {
        return None;
    }
    let word = word(text, &line, byte);
    if text[word.clone()].starts_with('-') {
        return None;
    }
    let quoted = with_quotes(text, &line, &word);
    let head = &text[line.start..quoted.start];
    let lead = head.len() - head.trim_start().len();
    let own_line = head[lead..].chars().all(|c| matches!(c, '-' | ' '));
    let tail = &text[quoted.end..line.end];
    let lines = skeleton::around(text, &line, head);
    let whole = (&text[..line.start], &text[line.end..]);
    let lines = lines.as_ref();
    let lines = lines.map(|lines| (lines.before.as_str(), lines.after.as_str()));
    for (above, below) in [Some(whole), lines].into_iter().flatten() {
        for marked in marked(head, tail) {
            let whole = format!("{above}{marked}{below}");
            let Ok(document) = yaml::load(&whole) else {
                continue;
            };
            let Some((path, is_key)) = find(&document.root) else {
                continue;
            };
            let slot = match (is_key, own_line) {
                (true, _) => Slot::Key,
                (false, true) => Slot::Either,
                (false, false) => Slot::Value,
            };
            return Some(Site {
                root: document.root,
                path,
                slot,
                inset: if own_line { head.len() - lead } else { 0 },
                colon: tail.trim_start().starts_with(':'),
                word,
            });
        }
    }
    None
}

/// The word at a byte.
pub(super) fn word_at(text: &str, byte: usize) -> Range<usize> {
    word(text, &line(text, byte), byte)
}

/// The line at a byte, without its end.
fn line(text: &str, byte: usize) -> Range<usize> {
    let end = |c| matches!(c, '\n' | '\r');
    let start = text[..byte].rfind(end).map_or(0, |at| at + 1);
    let length = text[byte..].find(end);
    start..length.map_or(text.len(), |length| byte + length)
}

fn word(text: &str, line: &Range<usize>, byte: usize) -> Range<usize> {
    let other = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '$'));
    let start = text[line.start..byte].char_indices();
    let start = start.rev().find(|(_, c)| other(*c));
    let start = start.map_or(line.start, |(at, c)| line.start + at + c.len_utf8());
    let length = text[byte..line.end].find(other);
    start..length.map_or(line.end, |length| byte + length)
}

/// The word with the quote that opens it, and the one that closes it.
fn with_quotes(text: &str, line: &Range<usize>, word: &Range<usize>) -> Range<usize> {
    for quote in ['"', '\''] {
        if text[line.start..word.start].ends_with(quote) {
            let closed = text[word.end..line.end].starts_with(quote);
            return word.start - 1..word.end + usize::from(closed);
        }
    }
    word.clone()
}

/// The line with the mark, in several ways.
fn marked(head: &str, tail: &str) -> Vec<String> {
    let closing = closing(head);
    let mut lines = vec![format!("{head}{MARK}{tail}")];
    if !tail.trim_start().starts_with(':') {
        lines.push(format!("{head}{MARK}:{tail}"));
    }
    if !closing.is_empty() {
        lines.push(format!("{head}{MARK}{closing}"));
        lines.push(format!("{head}{MARK}: 0{closing}"));
    }
    lines
}

/// The brackets that a line leaves open, closed.
fn closing(head: &str) -> String {
    let mut open = Vec::new();
    for c in head.chars() {
        match c {
            '[' => open.push(']'),
            '{' => open.push('}'),
            ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.into_iter().rev().collect()
}

fn in_comment(before: &str) -> bool {
    let mut last = ' ';
    before.chars().any(|c| {
        let begins = c == '#' && last.is_whitespace();
        last = c;
        begins
    })
}

/// The mark in a tree: its path, and whether it is a key.
fn find(root: &Node) -> Option<(Vec<Segment>, bool)> {
    if root.as_str() == Some(MARK) {
        return Some((Vec::new(), false));
    }
    let mut found = None;
    locate::each(root, &mut |path, child| {
        if child.key.is_some_and(|key| key.as_str() == Some(MARK)) {
            found = Some((path[..path.len() - 1].to_vec(), true));
        } else if child.node.as_str() == Some(MARK) {
            found = Some((path.to_vec(), false));
        }
    });
    found
}

#[cfg(test)]
mod tests;
