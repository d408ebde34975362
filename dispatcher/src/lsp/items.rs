//! Completion items: how a key or a word is put into the text.

use job_schema::describe::{Choice, Describer, Key, Segment};
use job_schema::yaml::Node;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat,
    InsertTextMode, MarkupContent, MarkupKind, Range, TextEdit,
};

/// Where items go, and how the editor takes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// What an item replaces.
    pub(super) range: Range,
    /// The editor fills in snippets.
    pub(super) snippets: bool,
    /// Columns between the line's indentation, which the editor repeats, and the key.
    pub(super) inset: usize,
    /// A `:` follows already: only the word is written.
    pub(super) colon: bool,
    /// The key stands behind another one: it needs braces.
    pub(super) braces: bool,
    /// The key stands in braces.
    pub(super) flow: bool,
}

/// A key. Keys that it needs in turn are written with it.
pub(super) fn key(
    key: &Key,
    style: &Style,
    describer: &Describer<'_>,
    root: &Node,
    holder: &[Segment],
) -> CompletionItem {
    let insert = if style.colon {
        escaped(&key.name, style)
    } else if style.braces {
        format!("{{{}: {}}}", escaped(&key.name, style), stop(1, style))
    } else if style.flow {
        format!("{}: {}", escaped(&key.name, style), stop(1, style))
    } else {
        let mut path = holder.to_vec();
        path.push(Segment::Key(key.name.clone()));
        block(key, style, &describer.keys(root, &path))
    };
    let needed = if key.required { ", required" } else { "" };
    CompletionItem {
        kind: Some(CompletionItemKind::PROPERTY),
        detail: Some(format!("{}{needed}", key.kind)),
        documentation: documentation(&key.doc),
        // What is needed comes first.
        sort_text: Some(format!("{}{}", u8::from(!key.required), key.name)),
        ..item(&key.name, insert, style)
    }
}

/// A word that a value may be.
pub(super) fn choice(choice: &Choice, style: &Style) -> CompletionItem {
    CompletionItem {
        kind: Some(CompletionItemKind::ENUM_MEMBER),
        documentation: documentation(&choice.doc),
        ..item(&choice.word, escaped(&choice.word, style), style)
    }
}

/// A name from the document: a role, a message id.
pub(super) fn name(name: &str, what: &str, doc: &str, style: &Style) -> CompletionItem {
    CompletionItem {
        kind: Some(CompletionItemKind::REFERENCE),
        detail: Some(what.to_owned()),
        documentation: documentation(doc),
        ..item(name, escaped(name, style), style)
    }
}

fn item(label: &str, insert: String, style: &Style) -> CompletionItem {
    CompletionItem {
        label: label.to_owned(),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(style.range, insert))),
        insert_text_format: Some(if style.snippets {
            InsertTextFormat::SNIPPET
        } else {
            InsertTextFormat::PLAIN_TEXT
        }),
        insert_text_mode: Some(InsertTextMode::ADJUST_INDENTATION),
        ..CompletionItem::default()
    }
}

fn documentation(doc: &str) -> Option<Documentation> {
    (!doc.is_empty()).then(|| {
        Documentation::MarkupContent(MarkupContent {
            kind: MarkupKind::Markdown,
            value: doc.to_owned(),
        })
    })
}

/// `key:` and what comes below or behind it.
fn block(key: &Key, style: &Style, inner: &[Key]) -> String {
    let name = escaped(&key.name, style);
    let line = format!("\n{:1$}", "", style.inset + 2);
    let needed: Vec<&Key> = inner
        .iter()
        .filter(|key| key.required && !key.present)
        .collect();
    if key.kind == "a timeout" {
        format!("{name}:{line}minutes: {}", stop(1, style))
    } else if !style.snippets && (key.kind.starts_with("a list") || !inner.is_empty()) {
        // Without stops a cursor cannot be put below the key.
        format!("{name}:")
    } else if key.kind.starts_with("a list") {
        format!("{name}:{line}- {}", stop(1, style))
    } else if !needed.is_empty() {
        let lines = needed.iter().enumerate().map(|(index, key)| {
            let entry = if key.kind.starts_with("a list") {
                format!("{line}  -")
            } else {
                String::new()
            };
            let stop = stop(index + 1, style);
            format!("{line}{}:{entry} {stop}", escaped(&key.name, style))
        });
        format!("{name}:{}", lines.collect::<String>())
    } else if !inner.is_empty() || key.kind.starts_with("a mapping") {
        format!("{name}:{line}{}", stop(1, style))
    } else {
        format!("{name}: {}", stop(1, style))
    }
}

/// A place where the cursor stops.
fn stop(number: usize, style: &Style) -> String {
    if style.snippets {
        format!("${number}")
    } else {
        String::new()
    }
}

/// A word as a snippet holds it.
fn escaped(word: &str, style: &Style) -> String {
    if style.snippets {
        word.replace('\\', "\\\\")
            .replace('$', "\\$")
            .replace('}', "\\}")
    } else {
        word.to_owned()
    }
}
