//! The filters that LAVA adds to Jinja2, and those of Jinja2's own that show values or take arguments by name.

use std::fmt::Write as _;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Value};

use super::python;

/// Adds them.
pub(super) fn add(env: &mut Environment<'_>) {
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("string", |value: &Value| python::text(value));
    env.add_filter("shlex_quote", shlex_quote);
    env.add_filter("yaml_quote", |value: &Value| {
        let mut out = String::new();
        yaml_quote(value, 0, &mut out).map(|()| out)
    });
    env.add_filter("qemu_guest_fs_interface", qemu_guest_fs_interface);
}

/// `default(value, boolean)`: for what is not defined, or with `boolean` for what is not true either.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the engine calls filters with values"
)]
fn default(value: Value, given: Rest<Value>, named: Kwargs) -> Result<Value, Error> {
    let by_name = |name| {
        named
            .has(name)
            .then(|| named.get::<Value>(name))
            .transpose()
    };
    let (by_place, more) = match given.as_slice() {
        [] => (None, None),
        [one] => (Some(one.clone()), None),
        [one, two] => (Some(one.clone()), Some(two.clone())),
        _ => return Err(Error::from(ErrorKind::TooManyArguments)),
    };
    let fallback = by_place.or(by_name("default_value")?);
    let boolean = more.or(by_name("boolean")?).is_some_and(|b| b.is_true());
    named.assert_all_used()?;
    Ok(if value.is_undefined() || (boolean && !value.is_true()) {
        fallback.unwrap_or_else(|| Value::from(""))
    } else {
        value
    })
}

/// One word for a POSIX shell.
fn shlex_quote(value: &Value) -> Result<String, Error> {
    if !value.is_true() {
        return Ok("''".to_owned());
    }
    let text = value
        .as_str()
        .ok_or_else(|| wrong("`shlex_quote` takes a text"))?;
    let safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    Ok(if text.chars().all(safe) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r#"'"'"'"#))
    })
}

/// The value as YAML in one line, every scalar in double quotes.
fn yaml_quote(value: &Value, depth: usize, out: &mut String) -> Result<(), Error> {
    if depth > 50 {
        return Err(wrong("`yaml_quote` takes no value this deep"));
    }
    match value.kind() {
        ValueKind::String => double_quoted(value.as_str().unwrap_or_default(), out),
        ValueKind::None => out.push_str("!!null \"null\""),
        ValueKind::Bool => _ = write!(out, "!!bool \"{}\"", value.is_true()),
        ValueKind::Number if value.is_integer() => _ = write!(out, "!!int \"{value}\""),
        ValueKind::Number => _ = write!(out, "!!float \"{value}\""),
        ValueKind::Seq | ValueKind::Iterable => {
            out.push('[');
            for (place, item) in value.try_iter()?.enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                yaml_quote(&item, depth + 1, out)?;
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push('{');
            for (place, key) in value.try_iter()?.enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                yaml_quote(&key, depth + 1, out)?;
                out.push_str(": ");
                yaml_quote(&value.get_item(&key)?, depth + 1, out)?;
            }
            out.push('}');
        }
        other => return Err(wrong(format!("`yaml_quote` takes no {other}"))),
    }
    Ok(())
}

fn double_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if u32::from(c) <= 0xff => _ = write!(out, "\\x{:02X}", u32::from(c)),
            _ if u32::from(c) <= 0xffff => _ = write!(out, "\\u{:04X}", u32::from(c)),
            _ => _ = write!(out, "\\U{:08X}", u32::from(c)),
        }
    }
    out.push('"');
}

/// The interface of a QEMU guest's file system: what is given, else what machines of the architecture have.
fn qemu_guest_fs_interface(arch: &Value, given: Option<Value>) -> Value {
    match given {
        Some(given) if given.is_true() => given,
        _ => match arch.as_str() {
            Some("amd64" | "x86_64" | "i386") => Value::from("ide"),
            _ => Value::from("virtio"),
        },
    }
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(template: &str) -> String {
        let mut env = Environment::new();
        add(&mut env);
        env.render_str(template, ())
            .unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn filters_answer_as_in_lava() {
        for (template, expected) in [
            ("{{ 'a b' | shlex_quote }}", "'a b'"),
            ("{{ \"it's\" | shlex_quote }}", r#"'it'"'"'s'"#),
            (
                "{{ '' | shlex_quote }} {{ 'a/b-c' | shlex_quote }}",
                "'' a/b-c",
            ),
            (
                "{{ 'a \"b\" \\\\ \\n é €' | yaml_quote }}",
                r#""a \"b\" \\ \n \xE9 \u20AC""#,
            ),
            (
                "{{ [1, 'x', none, true] | yaml_quote }}",
                r#"[!!int "1", "x", !!null "null", !!bool "true"]"#,
            ),
            ("{{ {'a': ['b']} | yaml_quote }}", r#"{"a": ["b"]}"#),
            ("{{ 'amd64' | qemu_guest_fs_interface('') }}", "ide"),
            (
                "{{ '' | default('a', true) }}{{ '' | default('a', boolean=true) }}{{ none | default('a') }}{{ x | default(none) }}",
                "aaNoneNone",
            ),
            (
                "{{ x | default(y) }}{{ x | default }}{{ ['a'] | string }}",
                "['a']",
            ),
            ("{{ 'arm64' | qemu_guest_fs_interface }}", "virtio"),
            ("{{ 'arm64' | qemu_guest_fs_interface('scsi') }}", "scsi"),
        ] {
            assert_eq!(shown(template), expected, "{template}");
        }
        assert!(shown("{{ nothing | yaml_quote }}").contains("takes no undefined"));
    }
}
