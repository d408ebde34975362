//! Scalars as Ruby's YAML reader (Psych) takes them, and values as Ruby writes them into names.
//!
//! The project's own reader follows PyYAML. They differ in numbers with commas (`1,000` is a number for Psych, and so is
//! `0,1`) and in texts that begin with a colon (symbols).

use job_schema::yaml::{Data, Node, Value};

use super::Map;

/// Stands for a value that only the node knows.
pub(super) const UNKNOWN: &str = "\0known only on the node";

/// The plain data of a document.
pub(super) fn value(node: &Node) -> Value {
    match node.data() {
        Data::Seq(items) => Value::Seq(items.iter().map(value).collect()),
        Data::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|entry| (entry.key.key_text(), value(&entry.value)))
                .collect::<Map>(),
        ),
        // Between quotes a text is longer than its value.
        Data::Str(text) if node.span.end - node.span.start == text.len() => plain(text),
        _ => node.to_value(),
    }
}

fn plain(text: &str) -> Value {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = text.contains(',')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '_' | '.'))
        && !text.contains(",,")
        && !text.ends_with(',');
    if number && let Ok(it @ (Value::Int(_) | Value::Float(_))) = number_without_commas(text) {
        return it;
    }
    match text.strip_prefix(':') {
        Some(symbol) if !symbol.is_empty() => Value::Str(symbol.to_owned()),
        _ => Value::Str(text.to_owned()),
    }
}

fn number_without_commas(text: &str) -> Result<Value, ()> {
    job_schema::parse_value(&text.replace(',', "")).map_err(|_| ())
}

/// A value as Ruby writes it: `to_s`.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Str(it) => it.clone(),
        other => inspected(other),
    }
}

/// A value in a list, as Ruby shows it.
fn inspected(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => float(*it),
        Value::Str(it) => format!("{it:?}"),
        Value::Seq(items) => {
            let items: Vec<_> = items.iter().map(inspected).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{key:?}=>{}", inspected(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn float(it: f64) -> String {
    if it.is_nan() {
        return "NaN".to_owned();
    }
    if it.is_infinite() {
        return if it > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = it.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let scientific = format!("{it:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        return format!("{digits}{point}e{sign}{exponent:0>2}");
    }
    let plain = format!("{it}");
    if plain.contains('.') {
        plain
    } else {
        format!("{plain}.0")
    }
}
