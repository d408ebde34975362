//! Values as Python shows them, since that is what LAVA's templates print.

use std::fmt::Write as _;

use minijinja::Value;
use minijinja::value::ValueKind;

/// Deeper values are shown as `...`.
const DEEPEST: usize = 50;

/// What `str()` gives.
pub(super) fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::Seq | ValueKind::Map => {
            let mut out = String::new();
            represent(value, 0, &mut out);
            out
        }
        _ => value.to_string(),
    }
}

/// What `repr()` gives.
fn represent(value: &Value, depth: usize, out: &mut String) {
    match value.kind() {
        _ if depth > DEEPEST => out.push_str("..."),
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::String => quoted(value.as_str().unwrap_or_default(), out),
        ValueKind::Seq => {
            out.push('[');
            for (place, item) in value.try_iter().into_iter().flatten().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                represent(&item, depth + 1, out);
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push('{');
            for (place, key) in value.try_iter().into_iter().flatten().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                represent(&key, depth + 1, out);
                out.push_str(": ");
                represent(&value.get_item(&key).unwrap_or_default(), depth + 1, out);
            }
            out.push('}');
        }
        _ => _ = write!(out, "{value}"),
    }
}

fn quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => _ = write!(out, "\\x{:02x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_shown_as_in_python() {
        let mut env = minijinja::Environment::new();
        env.add_filter("text", |v: &minijinja::Value| super::text(v));
        let template = r#"{{ ["a", "it's", 'say "it\'s"', "b\\c\n", none, true, 1, 1.0, nothing, {"k": ["v"]}] | text }}"#;
        assert_eq!(
            env.render_str(template, ()).unwrap(),
            r#"['a', "it's", 'say "it\'s"', 'b\\c\n', None, True, 1, 1.0, Undefined, {'k': ['v']}]"#
        );
    }
}
