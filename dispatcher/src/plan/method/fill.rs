//! What a step does, with its templates filled in from the block and the device.
//!
//! In: the data under a kind's key: `[["{{method.parameters.command}}", --serial, "{{device.board_id}}", "{image}"]]`. Out:
//! the step that runs. Words in single braces stay; what they stand for is known when the step runs. An entry of a list
//! may be `{when: …, each: …, add: [entries]}`: entries in its place, under a condition or once for each of something; or
//! `{words: TEXT}`: the words of a text, as a shell splits them.
//! `{{hex path}}` writes a number as `0x…`, `{{word path}}` a text as a word in single braces, `{{words path files}}` a text
//! in which files are named in capitals, as LAVA has it for some tools, with the names that they have here.

use handlebars::{Handlebars, RenderErrorReason};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::condition::Condition;
use super::each::Each;
use super::helpers;
use super::scope::Scope;
use crate::actions::tool;

/// Entries of a list under a condition, or for each of something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    when: Option<Condition>,
    each: Option<Each>,
    add: Vec<Value>,
}

/// The step that runs, from a kind's key and the data under it.
///
/// # Errors
/// Says what the block or the device lacks, or what is wrong with the data.
pub(super) fn step(key: &str, data: &Value, scope: &Scope<'_>) -> Result<tool::Step, String> {
    let filled = value(data, scope)?;
    serde_json::from_value(json!({key: filled})).map_err(|e| format!("`{key}`: {e}"))
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
            let words = tool::split::split(&render(text, scope)?);
            let words = words.map_err(|e| format!("`{text}`: {e}"))?;
            filled.extend(words.into_iter().map(Value::String));
            continue;
        }
        if entry.get("add").is_none() {
            filled.push(value(entry, scope)?);
            continue;
        }
        let more = Add::deserialize(entry).map_err(|e| format!("an entry with `add`: {e}"))?;
        let mut add = |scope: &Scope<'_>| {
            if more.when.as_ref().is_none_or(|c| c.holds(scope)) {
                filled.extend(list(&more.add, scope)?);
            }
            Ok::<(), String>(())
        };
        match &more.each {
            None => add(scope)?,
            Some(each) => each.scopes(scope).try_for_each(|scope| add(&scope))?,
        }
    }
    Ok(filled)
}

fn render(text: &str, scope: &Scope<'_>) -> Result<String, String> {
    if !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(handlebars::no_escape);
    helpers::register(&mut engine);
    let rendered = engine.render_template(text, &named(text, scope));
    rendered.map_err(|e| match e.reason() {
        RenderErrorReason::MissingVariable(Some(path)) => format!("`{path}` is not there"),
        reason => format!("`{text}`: {reason}"),
    })
}

/// What the paths in a template lead to. The whole of a device is large, so only what is named is taken.
fn named(text: &str, scope: &Scope<'_>) -> Value {
    let mut data = Map::new();
    let in_path = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    for path in text.split(|c| !in_path(c)) {
        if let Some(found) = scope.get(path)
            && *found != job_schema::yaml::Value::Null
        {
            insert(&mut data, path, json!(found));
        }
    }
    Value::Object(data)
}

fn insert(data: &mut Map<String, Value>, path: &str, found: Value) {
    match path.split_once('.') {
        None => _ = data.insert(path.to_owned(), found),
        Some((first, rest)) => {
            let inner = data
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use job_schema::yaml::Value as Plain;

    fn scope(yaml: &str) -> Scope<'static> {
        let roots: Value = serde_yaml::from_str(yaml).unwrap();
        let Plain::Map(roots) = crate::inventory::yaml_text::of_json(&roots) else {
            panic!("a mapping")
        };
        let empty = Scope::default();
        roots
            .into_iter()
            .fold(empty, |scope, (name, value)| scope.with(&name, value))
    }

    const BOARD: &str = "
device: {board_id: '04A1', commands: {power_off: ''}}
method: {program: 'program {KERNEL} {OTHER}', parameters: {command: dfu-util, options: [--alt, 'a b'], address: 134217728}}
earlier: {files: {kernel: {image_arg: '--download {kernel}'}, readme: {url: x}}}
";

    fn filled(data: &str) -> Result<String, String> {
        let data: Value = serde_yaml::from_str(data).unwrap();
        value(&data, &scope(BOARD)).map(|v| v.to_string())
    }

    #[test]
    fn templates_are_filled_and_words_stay() {
        let cases = [
            ("'{{device.board_id}} {image}'", r#""04A1 {image}""#),
            (
                "{usb: {serial: '{{device.board_id}}'}, fresh: true}",
                r#"{"fresh":true,"usb":{"serial":"04A1"}}"#,
            ),
            (
                "'{{words method.program earlier.files}}'",
                r#""program {kernel} {OTHER}""#,
            ),
            ("'{{word device.board_id}}'", r#""{04A1}""#),
            ("'{{hex method.parameters.address}}'", r#""0x8000000""#),
            ("['a{{#if device.commands.power_off}}b{{/if}}']", r#"["a"]"#),
            (
                "[{each: {in: method.parameters.options, as: o}, add: ['{{o}}']}]",
                r#"["--alt","a b"]"#,
            ),
            (
                "[{each: {in: earlier.files, as: file}, when: file.value.image_arg, add: ['{{file.value.image_arg}}', z]}, y]",
                r#"["--download {kernel}","z","y"]"#,
            ),
            (
                r#"[a, {words: "{{earlier.files.kernel.image_arg}} 'x y'"}]"#,
                r#"["a","--download","{kernel}","x y"]"#,
            ),
            (
                "'{{device.usb_vendor_id}}'",
                "`device.usb_vendor_id` is not there",
            ),
        ];
        for (data, wanted) in cases {
            assert_eq!(filled(data).unwrap_or_else(|e| e), wanted, "{data}");
        }
    }

    #[test]
    fn what_is_no_step_says_why() {
        let read = |key: &str, data: Value| step(key, &data, &scope(BOARD));
        let power = read("power", json!("hard_reset")).unwrap();
        assert_eq!(power.word(), "power");
        let why = read("power", json!("explode")).unwrap_err();
        assert!(why.contains("explode"), "{why}");
        let why = read("host", json!([{"add": [], "whenn": "x"}])).unwrap_err();
        assert!(why.contains("whenn"), "{why}");
    }
}
