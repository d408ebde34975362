//! Renaming a message id in all roles, and a role everywhere.

use std::ops::Range;

use job_schema::yaml;

use super::document::Document;
use super::navigate::covers;
use super::roles;
use crate::check::messages::Verb;

/// What a cursor stands on that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    Message(String),
    Role(String),
}

/// The word at a byte that can be renamed.
pub(super) fn target(document: &Document, byte: usize) -> Option<Range<usize>> {
    let (range, _) = named(document, byte)?;
    Some(range)
}

/// The places that change when the word at a byte is called `new`.
///
/// # Errors
/// Why it cannot be done.
pub(super) fn rename(
    document: &Document,
    byte: usize,
    new: &str,
) -> Result<Vec<Range<usize>>, String> {
    let (_, named) = named(document, byte)
        .ok_or("only message ids and roles can be renamed: put the cursor on one")?;
    check_name(new)?;
    match named {
        Named::Message(id) => message(document, &id),
        Named::Role(name) => role(document, &name, new),
    }
}

fn named(document: &Document, byte: usize) -> Option<(Range<usize>, Named)> {
    if let Some(word) = document.facts.ids.at(byte) {
        return Some((word.range.clone(), Named::Message(word.id.clone())));
    }
    let words = roles::words(document.facts.root.as_ref()?, &document.text);
    let word = words.into_iter().find(|word| covers(&word.range, byte))?;
    Some((word.range, Named::Role(word.name)))
}

fn message(document: &Document, id: &str) -> Result<Vec<Range<usize>>, String> {
    if document.facts.job.is_none() {
        return Err(
            "the job has errors: repair them first, so that every use of the id is known"
                .to_owned(),
        );
    }
    let ids = &document.facts.ids;
    for call in ids.calls_of(id) {
        if call.verb == Verb::Start {
            return Err(format!(
                "`{id}` is LAVA's own word for the delayed start of the role {}",
                call.role
            ));
        }
        if let Some((file, line)) = &call.place.file {
            return Err(format!(
                "`{id}` is also written in {file}, line {line}: rename it there and here by hand"
            ));
        }
        if call.id_span.is_none() {
            return Err(format!(
                "in line {} `{id}` is not written out, but put together: rename it by hand",
                call.place.span.line
            ));
        }
    }
    Ok(ids.written(id).map(|word| word.range.clone()).collect())
}

fn role(document: &Document, name: &str, new: &str) -> Result<Vec<Range<usize>>, String> {
    let root = document.facts.root.as_ref();
    let root = root.ok_or("the file is not YAML at the moment")?;
    if new != name && roles::names(root).iter().any(|other| other == new) {
        return Err(format!("there is a role `{new}` already"));
    }
    let words = roles::words(root, &document.text);
    let same = words.into_iter().filter(|word| word.name == name);
    Ok(same.map(|word| word.range).collect())
}

/// A name stands in YAML and in shell scripts, both without quotes.
fn check_name(new: &str) -> Result<(), String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_word = new.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && new.len() <= 200
        && new.chars().all(letter);
    let is_text = yaml::load(new).is_ok_and(|read| read.root.as_str() == Some(new));
    match (is_word, is_text) {
        (true, true) => Ok(()),
        (true, false) => Err(format!("YAML does not read `{new}` as a text: choose another name")),
        (false, _) => Err("a name has letters, digits, `_`, `-` and `.` only, and begins with a letter or a digit".to_owned()),
    }
}
