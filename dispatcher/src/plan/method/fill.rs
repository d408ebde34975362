//! What a step does, with its templates filled in from the block and the device.
//!
//! In: the data under a kind's key: `[["{{method.parameters.command}}", --serial, "{{device.board_id}}", "{image}"]]`. Out:
//! the step that runs. Words in single braces stay; what they stand for is known when the step runs. An entry of a list
//! may be `{when: …, each: …, add: [entries]}`: entries in its place, under a condition or once for each of something; or
//! `{words: TEXT}`: the words of a text, as a shell splits them. A command of `host` may be a text: it is split as a shell
//! does before values are put in, so a value never becomes several words or a quote; `{{{path}}}` is split with the rest.

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
odd: {value: 'a b''; \"$(c)\\'}
";

    fn known(word: &str) -> bool {
        ["image", "kernel"].contains(&word)
    }

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
        let read = |key: &str, data: Value| step(key, &data, &scope(BOARD), &known);
        let power = read("power", json!("hard_reset")).unwrap();
        assert_eq!(power.word(), "power");
        let why = read("power", json!("explode")).unwrap_err();
        assert!(why.contains("explode"), "{why}");
        let why = read("host", json!([{"add": [], "whenn": "x"}])).unwrap_err();
        assert!(why.contains("whenn"), "{why}");
    }

    fn command(data: &Value) -> String {
        match step("host", data, &scope(BOARD), &known) {
            Ok(tool::Step::Host(commands)) => json!(commands.0).to_string(),
            Ok(other) => panic!("{other:?}"),
            Err(why) => why,
        }
    }

    #[test]
    fn a_value_in_a_line_stays_one_word_whatever_it_holds() {
        for (line, words) in [
            ("tool {{odd.value}} -x", r#"["tool","a b'; \"$(c)\\","-x"]"#),
            (
                "tool --to='{{odd.value}}' \"{{odd.value}}\"",
                r#"["tool","--to=a b'; \"$(c)\\","a b'; \"$(c)\\"]"#,
            ),
            (
                "tool {{{method.parameters.options.1}}}",
                r#"["tool","a","b"]"#,
            ),
            ("tool {{method.parameters.options.1}}", r#"["tool","a b"]"#),
            (
                "tool {image} ${HOME} { print } {a,b}",
                r#"["tool","{image}","${HOME}","{","print","}","{a,b}"]"#,
            ),
        ] {
            assert_eq!(command(&json!([line])), format!("[{words}]"), "{line}");
            assert_eq!(command(&json!(line)), format!("[{words}]"), "{line}");
        }
    }

    #[test]
    fn commands_that_could_do_nothing_say_so() {
        for (data, why) in [
            (json!([]), "there is no command to run"),
            (
                json!([{"each": {"in": "nobody", "as": "x"}, "add": ["{{x}}"]}]),
                "there is no command to run",
            ),
            (json!([[]]), "a command to run is empty"),
            (json!(["tool 'x"]), "`tool 'x`: a quote is never closed"),
            (
                json!(["tool {flash}"]),
                "`{flash}` stands for nothing: no deploy block up to here downloads such a file",
            ),
        ] {
            assert_eq!(command(&data), why);
        }
        let copy = |files: Value| {
            step(
                "copy",
                &json!({"into": "fw", "files": files}),
                &scope(BOARD),
                &known,
            )
        };
        assert_eq!(copy(json!([])).unwrap_err(), "there is no file to copy");
        assert_eq!(
            copy(json!([{"download": "x"}])).unwrap_err(),
            "no deploy block up to here downloads x"
        );
        copy(json!([{"download": "image"}])).unwrap();
    }
}
