//! A device file by itself: its type, tags, count, and the variables of the type.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use job_schema::suggest::{nearest, slip};
use job_schema::yaml::{Entry, Node, Value};
use job_schema::{Finding, Severity, Span};

use super::file::Files;
use super::finding;
use super::messages::{place_in, split_place};
use super::type_file::has_errors;
use crate::failure::Failure;
use crate::inventory::device_type::listed;
use crate::inventory::{Inventory, device_type, lava};

/// Keys that are not variables.
const OWN: [&str; 3] = ["device_type", "tags", "count"];
/// A file makes at most so many devices.
const MOST: i64 = 10_000;

/// Adds what is wrong with a device file.
pub(super) fn check(files: &mut Files, path: &Path, lab: &Inventory) {
    let Some(at) = files.find(path) else { return };
    let Some(root) = files.get(at).root.clone() else {
        return;
    };
    let mut found = Vec::new();
    let Some(entries) = root.as_map() else {
        let message = format!(
            "a device is a mapping with `device_type`; this is {}",
            root.kind()
        );
        return files.add(at, error("D003", root.span, &message));
    };
    let plain: IndexMap<String, Value> = match root.to_value() {
        Value::Map(map) => map,
        _ => IndexMap::new(),
    };
    tags(&root, &mut found);
    count(&root, &mut found);
    if !lava::is_rendered(&plain) {
        let known = lab.type_names();
        match device_type_of(&root, entries, &known, &mut found) {
            Some(name) if !lab.is_lava_type(name) => variables(name, entries, lab, &mut found),
            Some(_) | None => {}
        }
    }
    found.into_iter().for_each(|finding| files.add(at, finding));
}

/// Gives a device's name to its file, unless another has it.
pub(super) fn claim(
    files: &mut Files,
    owners: &mut BTreeMap<String, PathBuf>,
    name: &str,
    path: &Path,
) {
    let Some(other) = owners.get(name) else {
        owners.insert(name.to_owned(), path.to_owned());
        return;
    };
    let message = format!("the device {name} is in {} too", other.display());
    let Some(at) = files.find(path) else { return };
    let root = files.get(at).root.as_ref();
    let span = root.and_then(|root| root.entry("count").or_else(|| root.as_map()?.first()));
    let span = span.map(|entry| entry.key.span).unwrap_or_default();
    let mut finding = error("D007", span, &message);
    finding.help("rename one of the files; jobs may name devices");
    files.add(at, finding);
}

/// What the reader of devices has against a file, unless a rule has said it there or in the device type.
pub(super) fn refused(files: &mut Files, path: &Path, folder: &Path, failure: &Failure) {
    let Some(at) = files.find(path).filter(|at| !files.has_errors(*at)) else {
        return;
    };
    let own = &files.get(at);
    let named = own
        .root
        .as_ref()
        .and_then(|root| root.get("device_type")?.as_str());
    if named.is_some_and(|name| has_errors(files, name, folder)) {
        return;
    }
    let message = failure.message.strip_prefix(&format!("{}: ", own.name));
    let message = message.unwrap_or(&failure.message);
    let (line, message) = match split_place(message) {
        (Some((file, line)), why) if file == own.name => (line, why),
        _ => (1, message),
    };
    let finding = error("D010", place_in(&own.text, line), message);
    files.add(at, finding);
}

fn device_type_of<'n>(
    root: &'n Node,
    entries: &[Entry],
    known: &[String],
    found: &mut Vec<Finding>,
) -> Option<&'n str> {
    let words = || known.iter().map(String::as_str);
    let Some(node) = root.get("device_type") else {
        let span = entries.first().map_or(root.span, |entry| entry.key.span);
        let mut missing = error("D001", span, "`device_type` is missing");
        let keys = entries.iter().filter_map(|entry| entry.key.as_str());
        let near = keys
            .into_iter()
            .find(|key| nearest(key, ["device_type"].into_iter()).is_some());
        missing.help(match near {
            Some(key) => format!("did you mean `device_type` by `{key}`?"),
            None => "say what the device is, for example `device_type: ssh`".to_owned(),
        });
        found.push(missing);
        return None;
    };
    let Some(name) = node.as_str() else {
        let message = format!(
            "`device_type` is the name of a device type, not {}",
            node.kind()
        );
        found.push(error("D001", node.span, &message));
        return None;
    };
    if known.iter().any(|one| one == name) {
        return Some(name);
    }
    let is_base =
        device_type::is_base(name) && device_type::names(None).iter().any(|it| it == name);
    let message = match is_base {
        true => format!("`{name}` is for device types to extend: a device is of a type of its own"),
        false => format!("there is no device type `{name}`"),
    };
    let mut unknown = error("D001", node.span, &message);
    unknown.path = "device_type".to_owned();
    if is_base {
        unknown.help(format!(
            "write device-types/my-board.yaml with `extends: {name}`, and `device_type: my-board` here"
        ));
    } else {
        suggest(&mut unknown, name, node.span, words);
    }
    found.push(unknown);
    None
}

fn variables(name: &str, entries: &[Entry], lab: &Inventory, found: &mut Vec<Finding>) {
    // A type that cannot be read is told where it is written.
    let Ok(of) = lab.types().get(name) else {
        return;
    };
    let unread = of.unread();
    let no_effect = |key: &Node, path: String| {
        let message = format!("nothing of the type {name} reads `{path}`: it has no effect");
        let mut idle = finding("D002", Severity::Warning, key.span, &message);
        idle.path = path;
        idle.help(format!(
            "take it out; `dispatch device-types {name}` lists what the type has"
        ));
        idle
    };
    for entry in entries {
        let key = entry.key.key_text();
        if OWN.contains(&key.as_str()) {
            continue;
        }
        let Some(variable) = of.variables.get(&key) else {
            let message = format!("a device of type {name} has no key `{key}`");
            let words = || of.variables.keys().map(String::as_str).chain(OWN);
            found.push(unknown_key(&entry.key, &key, "", &message, words));
            continue;
        };
        if unread.contains(&key) {
            found.push(no_effect(&entry.key, key));
            continue;
        }
        let keys: Vec<&str> = variable.keys.keys().map(String::as_str).collect();
        if keys.is_empty() {
            continue;
        }
        let Some(below) = entry.value.as_map() else {
            let message = format!("`{key}` is a mapping, not {}", entry.value.kind());
            let mut wrong = error("D003", entry.value.span, &message);
            wrong.path.clone_from(&key);
            wrong.help(format!("its keys are: {}", keys.join(", ")));
            found.push(wrong);
            continue;
        };
        for entry in below {
            let inner = entry.key.key_text();
            if !keys.contains(&inner.as_str()) {
                let message = format!("`{key}` has no key `{inner}`");
                let words = || keys.iter().copied();
                let parent = format!("{key}.");
                found.push(unknown_key(&entry.key, &inner, &parent, &message, words));
            } else if unread.contains(&format!("{key}.{inner}")) {
                found.push(no_effect(&entry.key, format!("{key}.{inner}")));
            }
        }
    }
}

fn unknown_key<'w, I: Iterator<Item = &'w str>>(
    node: &Node,
    key: &str,
    parent: &str,
    message: &str,
    words: impl Fn() -> I,
) -> Finding {
    let mut unknown = error("D002", node.span, message);
    unknown.path = format!("{parent}{key}");
    suggest(&mut unknown, key, node.span, words);
    unknown
}

/// The word that was probably meant, else all that there are.
pub(super) fn suggest<'w, I: Iterator<Item = &'w str>>(
    finding: &mut Finding,
    word: &str,
    span: Span,
    words: impl Fn() -> I,
) {
    match nearest(word, words()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(listed(words())),
    };
    if let Some(right) = slip(word, words()) {
        finding.fix(format!("write `{right}`"), span, right);
    }
}

fn tags(root: &Node, found: &mut Vec<Finding>) {
    let Some(tags) = root.get("tags") else { return };
    let Some(items) = tags.as_seq() else {
        let message = format!("`tags` is a list of words, not {}", tags.kind());
        let mut wrong = error("D003", tags.span, &message);
        wrong.path = "tags".to_owned();
        if let Some(word) = tags.as_str() {
            wrong.help(format!("write `tags: [{word}]`"));
        }
        return found.push(wrong);
    };
    for (index, item) in items.iter().enumerate() {
        if item.as_map().is_some() || item.as_seq().is_some() || item.is_null() {
            let message = format!("a tag is a word, not {}", item.kind());
            let mut wrong = error("D003", item.span, &message);
            wrong.path = format!("tags[{index}]");
            found.push(wrong);
        }
    }
}

fn count(root: &Node, found: &mut Vec<Finding>) {
    let Some(count) = root.get("count") else {
        return;
    };
    if !matches!(count.to_value(), Value::Int(n) if (1..=MOST).contains(&n)) {
        let message = format!("`count` is a number from 1 to {MOST}");
        let mut wrong = error("D003", count.span, &message);
        wrong.path = "count".to_owned();
        found.push(wrong);
    }
}

fn error(code: &'static str, span: Span, message: &str) -> Finding {
    finding(code, Severity::Error, span, message)
}
