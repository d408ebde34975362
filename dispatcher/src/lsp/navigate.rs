//! Where something is made, and where it is used: message ids, roles, anchors.

use std::ops::Range;

use lsp_types::Location;

use super::document::Document;
use super::{locate, roles};

/// From a wait to its senders (and from a send to its waits, from a sync to the others), from a role name to the role,
/// from an alias to its anchor.
pub(super) fn definition(document: &Document, byte: usize) -> Vec<Location> {
    if let Some(word) = document.facts.ids.at(byte) {
        return locations(document, document.facts.ids.other_side(word));
    }
    let Some(root) = &document.facts.root else {
        return Vec::new();
    };
    let words = roles::words(root, &document.text);
    if let Some(word) = words.iter().find(|word| covers(&word.range, byte)) {
        let made = words.iter().filter(|w| w.definition && w.name == word.name);
        return locations(document, made.map(|word| word.range.clone()));
    }
    let anchor = locate::at(root, byte).and_then(|spot| anchor(&document.text, spot.range()));
    locations(document, anchor)
}

/// Every place where the message id or the role at a byte is written.
pub(super) fn references(document: &Document, byte: usize, with_definition: bool) -> Vec<Location> {
    let ids = &document.facts.ids;
    if let Some(word) = ids.at(byte) {
        return locations(
            document,
            ids.written(&word.id).map(|word| word.range.clone()),
        );
    }
    let Some(root) = &document.facts.root else {
        return Vec::new();
    };
    let words = roles::words(root, &document.text);
    let Some(word) = words.iter().find(|word| covers(&word.range, byte)) else {
        return Vec::new();
    };
    let same = words
        .iter()
        .filter(|w| w.name == word.name && (with_definition || !w.definition));
    locations(document, same.map(|word| word.range.clone()))
}

/// Whether a cursor is at or in a word.
pub(super) fn covers(range: &Range<usize>, byte: usize) -> bool {
    range.start <= byte && byte <= range.end
}

fn locations(document: &Document, ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Location> {
    let places = document.places();
    let ranges = ranges.into_iter();
    ranges
        .map(|range| Location::new(document.uri.clone(), places.range(&range)))
        .collect()
}

/// The anchor that the alias in `range` repeats. A name is given once in a document, before it is repeated.
fn anchor(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let name = text.get(range.clone())?.strip_prefix('*')?;
    let wanted = format!("&{name}");
    let before = &text[..range.start];
    let ends = |at: usize| {
        let next = before[at + wanted.len()..].chars().next();
        next.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ']' | '}'))
    };
    let begins = |at: usize| {
        let last = before[..at].chars().next_back();
        let in_comment = before[..at]
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.trim_start().starts_with('#'));
        !in_comment && last.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | '[' | '{'))
    };
    before
        .match_indices(&wanted)
        .map(|(at, _)| at)
        .filter(|at| begins(*at) && ends(*at))
        .last()
        .map(|at| at..at + wanted.len())
}
