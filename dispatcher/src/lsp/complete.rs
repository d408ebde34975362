//! What may be typed at a cursor: keys, words, and names that the document itself makes.

use job_schema::describe::Segment;
use lsp_types::CompletionItem;

use super::document::Document;
use super::facts;
use super::hover;
use super::items::{self, Style};
use super::repair::{self, Site, Slot};
use super::roles::names_a_role;
use super::steps::{self, Wanted};
use crate::inventory::device_type;

/// More message ids are not offered.
const MOST_IDS: usize = 500;

/// What may stand at a byte.
pub(super) fn complete(document: &Document, byte: usize, snippets: bool) -> Vec<CompletionItem> {
    if document.facts.foreign {
        return Vec::new();
    }
    let line = document.text[..byte].rsplit(['\n', '\r']).next();
    if let Some(wanted) = line.and_then(steps::wanted) {
        return in_step(document, byte, wanted, snippets);
    }
    repair::site(&document.text, byte)
        .map_or_else(Vec::new, |site| in_tree(document, &site, snippets))
}

fn in_tree(document: &Document, site: &Site, snippets: bool) -> Vec<CompletionItem> {
    let describer = facts::describer(&site.root);
    let before = &document.text[..site.word.start];
    let style = Style {
        range: document.places().range(&site.word),
        snippets,
        inset: site.inset,
        colon: site.colon,
        braces: site.slot == Slot::Value,
        flow: site.slot == Slot::Key && before.trim_end().ends_with(['{', ',']),
    };
    let mut found = Vec::new();
    if site.slot != Slot::Key {
        let values = describer.values(&site.root, &site.path);
        found.extend(values.iter().map(|value| items::choice(value, &style)));
        found.extend(names(document, site, &style));
    }
    let in_list = matches!(site.path.last(), Some(Segment::Index(_)));
    if site.slot != Slot::Value || !in_list {
        let keys = describer.keys(&site.root, &site.path);
        let word = &document.text[site.word.clone()];
        found.extend(
            keys.iter()
                .filter(|key| !key.present || site.colon && key.name == word)
                .map(|key| items::key(key, &style, &describer, &site.root, &site.path)),
        );
    }
    found
}

/// Names that fit a value: roles, message ids, device types.
fn names(document: &Document, site: &Site, style: &Style) -> Vec<CompletionItem> {
    if names_a_role(&site.path) {
        return roles(document, style);
    }
    match site.path.last() {
        Some(Segment::Key(key)) if key == "messageID" || key == "hostID" => ids(document, style),
        Some(Segment::Key(key)) if key == "device_type" => device_type::names(None)
            .iter()
            .filter(|name| !device_type::is_base(name))
            .map(|name| items::name(name, "device type of the program", "", style))
            .collect(),
        _ => Vec::new(),
    }
}

fn roles(document: &Document, style: &Style) -> Vec<CompletionItem> {
    let names = document.facts.roles.iter();
    names
        .map(|name| items::name(name, "role", "", style))
        .collect()
}

fn ids(document: &Document, style: &Style) -> Vec<CompletionItem> {
    let names = document.facts.ids.names().into_iter();
    names
        .take(MOST_IDS)
        .map(|id| items::name(id, "message", &hover::message(document, id), style))
        .collect()
}

/// Arguments of our commands in a step.
fn in_step(
    document: &Document,
    byte: usize,
    wanted: Wanted,
    snippets: bool,
) -> Vec<CompletionItem> {
    let word = repair::word_at(&document.text, byte);
    let style = Style {
        range: document.places().range(&word),
        snippets,
        inset: 0,
        colon: false,
        braces: false,
        flow: false,
    };
    match wanted {
        Wanted::MessageId => ids(document, &style),
        Wanted::Role => roles(document, &style),
    }
}
