//! What a step does, with its templates filled in from the block and the device.
//!
//! In: the data under a kind's key: `[["{{method.parameters.command}}", --serial, "{{device.board_id}}", "{image}"]]`. Out:
//! the step that runs. Words in single braces stay; what they stand for is known when the step runs. An entry of a list
//! may be `{when: …, each: …, add: [entries]}`: entries in its place, under a condition or once for each of something; or
//! `{words: TEXT}`: the words of a text, as a shell splits them. A command of `host` may be a text: it is split as a shell
//! does before values are put in, so a value never becomes several words or a quote; `{{{path}}}` is split with the rest.

use handlebars::template::Template;
use serde::Deserialize;
use serde_json::{Value, json};

use super::condition::Condition;
use super::each::Each;
use super::scope::Scope;
use super::template::{line, render};
use crate::actions::tool::split::split;
use crate::actions::tool::{self, words};

/// Entries of a list under a condition, or for each of something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    when: Option<Condition>,
    each: Option<Each>,
    add: Vec<Value>,
}

/// The step that runs, from a kind's key and the data under it. `known` are the words that stand for something.
///
/// # Errors
/// Says what the block or the device lacks, or what is wrong with the data.
pub(super) fn step(
    key: &str,
    data: &Value,
    scope: &Scope<'_>,
    known: &impl Fn(&str) -> bool,
) -> Result<tool::Step, String> {
    let filled = match key {
        "host" => match data {
            Value::String(_) => commands(std::slice::from_ref(data), scope)?,
            Value::Array(entries) => commands(entries, scope)?,
            _ => return Err("`host`: it must be a command, or a list of them".to_owned()),
        }
        .into(),
        _ => value(data, scope)?,
    };
    if let Some(word) = unknown(&filled, known) {
        return Err(format!(
            "`{{{word}}}` stands for nothing: no deploy block up to here downloads such a file"
        ));
    }
    let step: tool::Step =
        serde_json::from_value(json!({key: filled})).map_err(|e| format!("`{key}`: {e}"))?;
    match step.lacking(known) {
        None => Ok(step),
        Some(lacking) => Err(lacking),
    }
}

/// Says what is wrong with the data under a kind's key, as far as that can be told without a job.
///
/// # Errors
/// It cannot be read, or a template in it cannot.
pub(super) fn readable(key: &str, data: &Value) -> Result<(), String> {
    match settled(data)? {
        true => step(key, data, &Scope::default(), &|_| true).map(drop),
        false => Ok(()),
    }
}

/// Whether data is the same for all jobs: it has no templates, and no entries under a condition.
fn settled(data: &Value) -> Result<bool, String> {
    let parts: Vec<&Value> = match data {
        Value::String(text) if text.contains("{{") => {
            let read = Template::compile(text);
            read.map_err(|why| format!("`{text}` cannot be read: {}", why.reason()))?;
            return Ok(false);
        }
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let conditional = data.get("add").is_some();
    if conditional {
        Add::deserialize(data).map_err(|e| format!("an entry with `add`: {e}"))?;
    }
    let all = parts
        .into_iter()
        .try_fold(true, |before, one| Ok::<_, String>(settled(one)? && before))?;
    Ok(all && !conditional)
}

/// The first word in single braces that nobody knows.
fn unknown<'a>(filled: &'a Value, known: &impl Fn(&str) -> bool) -> Option<&'a str> {
    match filled {
        Value::String(text) => words::names(text).find(|name| !known(name)),
        Value::Array(list) => list.iter().find_map(|one| unknown(one, known)),
        Value::Object(map) => map.values().find_map(|one| unknown(one, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Commands, each a list of words.
fn commands(entries: &[Value], scope: &Scope<'_>) -> Result<Vec<Value>, String> {
    let mut filled = Vec::new();
    for entry in entries {
        match entry {
            Value::String(text) => filled.push(line(text, scope)?.into()),
            Value::Array(words) => filled.push(list(words, scope)?.into()),
            other => added(other, scope, |entries, scope| {
                filled.extend(commands(entries, scope)?);
                Ok(())
            })?,
        }
    }
    Ok(filled)
}

fn value(data: &Value, scope: &Scope<'_>) -> Result<Value, String> {
    Ok(match data {
        Value::String(text) => Value::String(render(text, scope)?),
        Value::Array(entries) => Value::Array(list(entries, scope)?),
        Value::Object(map) => {
            let filled = map.iter().map(|(k, v)| Ok((k.clone(), value(v, scope)?)));
            Value::Object(filled.collect::<Result<_, String>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => data.clone(),
    })
}

fn list(entries: &[Value], scope: &Scope<'_>) -> Result<Vec<Value>, String> {
    let mut filled = Vec::new();
    for entry in entries {
        if let Some(Value::String(text)) = entry.get("words") {
            let words = split(&render(text, scope)?).map_err(|e| format!("`{text}`: {e}"))?;
            filled.extend(words.into_iter().map(Value::String));
        } else if entry.get("add").is_some() {
            added(entry, scope, |entries, scope| {
                filled.extend(list(entries, scope)?);
                Ok(())
            })?;
        } else {
            filled.push(value(entry, scope)?);
        }
    }
    Ok(filled)
}

/// Hands on the entries of an entry with `add`, as often as it says and in the scope of each time.
fn added(
    entry: &Value,
    scope: &Scope<'_>,
    mut add: impl FnMut(&[Value], &Scope<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let more = Add::deserialize(entry).map_err(|e| format!("an entry with `add`: {e}"))?;
    let mut when = |scope: &Scope<'_>| match &more.when {
        Some(when) if !when.holds(scope) => Ok(()),
        _ => add(&more.add, scope),
    };
    match &more.each {
        None => when(scope),
        Some(each) => each.scopes(scope).try_for_each(|scope| when(&scope)),
    }
}

#[cfg(test)]
mod tests;
