//! Data as YAML that readers of YAML 1.1 (LAVA's) and 1.2 take for the same: in: plain data, out: a document in block style.
//!
//! `serde_yaml` writes for 1.2, where `1:14` is a text; LAVA's reader makes a number of it.

use job_schema::yaml::Value;

use crate::text::escape;

/// The document.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Map(map) if !map.is_empty() => children(value, 0, &mut out),
        Value::Seq(items) if !items.is_empty() => children(value, 0, &mut out),
        scalar => {
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
    out
}

/// The document with a note behind each scalar and empty collection, in the order of writing: comments in a column.
pub(crate) fn with_notes(value: &Value, notes: &[String]) -> String {
    /// Lines that are longer do not push the notes of all others to the right.
    const WIDEST: usize = 60;
    let text = write(value);
    let width = text.lines().map(|line| line.chars().count());
    let width = width.filter(|it| *it <= WIDEST).max().unwrap_or(0);
    let mut notes = notes.iter();
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        // What opens a list or a mapping ends with its sign; quoted text does not.
        let opens = line.ends_with(':') || line.trim_start() == "-";
        let note = if opens { None } else { notes.next() };
        match note {
            Some(note) => {
                let pad = width.saturating_sub(line.chars().count());
                out.push_str(&format!("{line}{:pad$}  # {}", "", escape(note)));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn children(value: &Value, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Map(map) => {
            for (key, value) in map {
                out.push_str(&format!("{margin}{}:", text(key)));
                child(value, indent + 2, out);
            }
        }
        Value::Seq(items) => {
            for value in items {
                out.push_str(&format!("{margin}-"));
                child(value, indent + 2, out);
            }
        }
        _ => {}
    }
}

fn child(value: &Value, indent: usize, out: &mut String) {
    let nested = match value {
        Value::Map(map) => !map.is_empty(),
        Value::Seq(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        children(value, indent, out);
    } else {
        out.push(' ');
        out.push_str(&inline(value));
        out.push('\n');
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Str(it) => text(it),
        Value::Float(it) if it.is_nan() => ".nan".to_owned(),
        Value::Float(it) if it.is_infinite() => if *it > 0.0 { ".inf" } else { "-.inf" }.to_owned(),
        Value::Float(it) => {
            let digits = format!("{it:?}");
            // 1e16 is a text in YAML 1.1.
            if digits.contains('e') {
                format!("{it:.1}")
            } else {
                digits
            }
        }
        // Lists and mappings come here when they are empty.
        Value::Seq(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
    }
}

/// Plain where no reader can take it for anything else.
fn text(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " _-./".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !text.ends_with(' ')
        && job_schema::parse_value(text).is_ok_and(|it| it == Value::Str(text.to_owned()));
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// Data of JSON as plain data.
pub(crate) fn of_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(it) => Value::Bool(*it),
        serde_json::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(it), _) => Value::Int(it),
            (None, Some(it)) => Value::Float(it),
            (None, None) => Value::Str(it.to_string()),
        },
        serde_json::Value::String(it) => Value::Str(it.clone()),
        serde_json::Value::Array(items) => Value::Seq(items.iter().map(of_json).collect()),
        serde_json::Value::Object(map) => {
            Value::Map(map.iter().map(|(k, v)| (k.clone(), of_json(v))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let text = "a: [1, '1:14', 'on', '0x1F', 1.5, 1.0e+30, ~, {}, [], [[x], {k: v}], '=', '- a', \"l\\nm\", é]\n'12': {b c: 'yes'}\n'': x/y\n";
        let value = job_schema::parse_value(text).unwrap();
        let written = write(&value);
        assert_eq!(
            job_schema::parse_value(&written).unwrap(),
            value,
            "{written}"
        );
        assert!(written.contains("\n  - \"1:14\"\n"), "{written}");
    }
}
