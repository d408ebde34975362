//! What something means: documentation from the language's types, effective time limits, both sides of a message.

use std::ops::Range;

use job_schema::describe::{Choice, Description};

use super::document::Document;
use super::navigate::covers;
use super::places::Places;
use super::{facts, limits, locate, roles};
use crate::check::messages::{Call, Verb};
use crate::text;

/// Lines of a list that are shown.
const LONGEST_LIST: usize = 20;

/// Markdown about what is at a byte, and the words that it is about.
pub(super) fn hover(document: &Document, byte: usize) -> Option<(Range<usize>, String)> {
    if let Some(word) = document.facts.ids.at(byte) {
        return Some((word.range.clone(), message(document, &word.id)));
    }
    if document.facts.foreign {
        return None;
    }
    let root = document.facts.root.as_ref()?;
    let spot = locate::at(root, byte)?;
    let mut parts = Vec::new();
    let describer = facts::describer(root);
    if spot.key.is_some() || spot.node.as_map().is_none() && spot.node.as_seq().is_none() {
        let value = spot.node.as_str().filter(|_| spot.key.is_none());
        let described = describer.describe(root, &spot.path);
        parts.extend(described.map(|description| about(&description, value)));
        let job = document.facts.job.as_ref();
        parts.extend(job.and_then(|job| limits::note(job, &spot.path)));
    }
    let range = spot.range();
    if roles::words(root, &document.text)
        .iter()
        .any(|word| !word.definition && covers(&word.range, byte))
    {
        parts.extend(role(document, byte));
    }
    (!parts.is_empty()).then(|| (range, parts.join("\n\n")))
}

/// The documentation of a key; of a word that is one of several, the word's own first.
fn about(description: &Description, value: Option<&str>) -> String {
    let needed = if description.required {
        ", required"
    } else {
        ""
    };
    let mut text = format!(
        "**{}**: {}{needed}",
        code(&description.path),
        description.kind
    );
    if let Some(method) = &description.method {
        text.push_str(&format!(" ({method})"));
    }
    let chosen = description
        .choices
        .iter()
        .find(|choice| Some(choice.word.as_str()) == value && !choice.doc.is_empty());
    if let Some(choice) = chosen {
        text.push_str(&format!("\n\n`{}`: {}", choice.word, choice.doc));
    }
    if !description.doc.is_empty() {
        text.push_str(&format!("\n\n{}", description.doc));
    }
    if chosen.is_none() {
        text.push_str(&choices(&description.choices));
    }
    text
}

fn choices(choices: &[Choice]) -> String {
    let mut text = String::new();
    for (index, choice) in choices.iter().take(LONGEST_LIST).enumerate() {
        text.push_str(if index == 0 { "\n\n" } else { "\n" });
        text.push_str(&format!("- `{}`", choice.word));
        if !choice.doc.is_empty() {
            text.push_str(&format!(": {}", choice.doc));
        }
    }
    more(&mut text, choices.len());
    text
}

/// Who says a message and who waits for it.
pub(super) fn message(document: &Document, id: &str) -> String {
    let mut text = format!("message {}", code(id));
    let places = document.places();
    let calls: Vec<&Call> = document.facts.ids.calls_of(id).collect();
    for (title, verbs) in [
        ("sent by", &[Verb::Send][..]),
        ("awaited by", &[Verb::Wait, Verb::WaitAll, Verb::Start]),
        ("met by", &[Verb::Sync]),
    ] {
        let calls: Vec<&Call> = calls
            .iter()
            .copied()
            .filter(|call| verbs.contains(&call.verb))
            .collect();
        if !calls.is_empty() {
            text.push_str(&format!("\n\n{title}"));
        }
        for call in calls.iter().take(LONGEST_LIST) {
            text.push_str(&format!("\n- {}", side(call, &places)));
        }
        more(&mut text, calls.len());
    }
    if calls
        .iter()
        .all(|call| !matches!(call.verb, Verb::Send | Verb::Sync))
    {
        text.push_str("\n\nsent by nobody that can be read");
    }
    text
}

fn side(call: &Call, places: &Places<'_>) -> String {
    let role = code(&call.role);
    match &call.place.file {
        Some((file, line)) => {
            format!(
                "{role}, {} line {line}: {}",
                code(file),
                code(&call.words())
            )
        }
        None => {
            let byte = call.id_span.unwrap_or(call.place.span).start;
            let line = places.position(byte).line + 1;
            format!("{role}, line {line}: {}", code(&call.words()))
        }
    }
}

/// What a role is, in a line.
fn role(document: &Document, byte: usize) -> Option<String> {
    let root = document.facts.root.as_ref()?;
    let words = roles::words(root, &document.text);
    let word = words.iter().find(|word| covers(&word.range, byte))?;
    let at = root.at(&["protocols", "lava-multinode", "roles", &word.name])?;
    let says = |key: &str| Some(at.get(key)?.key_text()).filter(|text| !text.is_empty());
    let what = match (says("device_type"), says("host_role")) {
        (Some(device_type), _) => format!("of the device type {}", code(&device_type)),
        (None, Some(host)) => format!("on the machine of {}", code(&host)),
        (None, None) => return None,
    };
    let count = says("count").unwrap_or_else(|| "?".to_owned());
    Some(format!(
        "role {}: {} × {what}",
        code(&word.name),
        code(&count)
    ))
}

fn more(text: &mut String, all: usize) {
    if all > LONGEST_LIST {
        text.push_str(&format!("\n- … and {} more", all - LONGEST_LIST));
    }
}

/// A text of the document as code: in one line, without what Markdown would obey.
fn code(word: &str) -> String {
    format!("`{}`", text::name(word).replace('`', "'"))
}
