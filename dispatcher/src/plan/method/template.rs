//! Texts of step lists, with what their `{{paths}}` lead to.
//!
//! In: a handlebars template (strict) and a scope. Out: a text, or the words of a command. `{{hex path}}` writes a number as
//! `0x…`, `{{word path}}` a text as a word in single braces, `{{words path files}}` a text in which files are named in
//! capitals, as LAVA has it for some tools, with the names that they have here.

use std::sync::LazyLock;

use handlebars::{Handlebars, RenderErrorReason, handlebars_helper, no_escape};
use serde_json::{Map, Value, json};

use super::scope::Scope;
use crate::actions::tool::split::split;

/// A longer one is a mistake, or meant to keep us busy.
const LONGEST: usize = 16 << 10;

/// Puts values in as they are.
static PLAIN: LazyLock<Handlebars<'static>> = LazyLock::new(|| engine(no_escape));
/// Puts values in such that they are not split.
static LINE: LazyLock<Handlebars<'static>> = LazyLock::new(|| engine(whole));

handlebars_helper!(Hex: |number: u64| format!("{number:#x}"));
handlebars_helper!(Word: |text: str| format!("{{{text}}}"));
handlebars_helper!(Words: |text: str, files: object| {
    files.keys().fold(text.to_owned(), |text, key| {
        text.replace(&format!("{{{}}}", key.to_uppercase()), &format!("{{{key}}}"))
    })
});

fn engine(escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(escape);
    engine.register_helper("hex", Box::new(Hex));
    engine.register_helper("word", Box::new(Word));
    engine.register_helper("words", Box::new(Words));
    engine
}

/// The text with its templates filled in.
///
/// # Errors
/// Says what is not there, or what is wrong with the template.
pub(super) fn render(text: &str, scope: &Scope<'_>) -> Result<String, String> {
    fill(&PLAIN, text, scope)
}

/// The words of a command line. What stands in `{{…}}` is never split.
///
/// # Errors
/// As [`render`]; or it cannot be split.
pub(super) fn line(text: &str, scope: &Scope<'_>) -> Result<Vec<String>, String> {
    let words = split(&fill(&LINE, text, scope)?).map_err(|e| format!("`{text}`: {e}"))?;
    Ok(words
        .iter()
        .map(|word| word.chars().map(back).collect())
        .collect())
}

fn fill(engine: &Handlebars<'_>, text: &str, scope: &Scope<'_>) -> Result<String, String> {
    if text.len() > LONGEST {
        return Err(format!("a text is longer than {LONGEST} bytes"));
    }
    if !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let rendered = engine.render_template(text, &named(text, scope));
    rendered.map_err(|e| match e.reason() {
        RenderErrorReason::MissingVariable(Some(path)) => format!("`{path}` is not there"),
        reason => format!("`{text}`: {reason}"),
    })
}

/// Where blanks, quotes and backslashes of values wait until the line around them is split: code points that are nobody's.
const ASIDE: u32 = 0xf_0000;

fn whole(value: &str) -> String {
    let aside = |c: char| match c {
        ' ' | '\t' | '\r' | '\n' | '\'' | '"' | '\\' => {
            char::from_u32(ASIDE + u32::from(c)).unwrap_or(c)
        }
        c => c,
    };
    value.chars().map(aside).collect()
}

fn back(c: char) -> char {
    let ascii = u32::from(c).checked_sub(ASIDE).filter(|c| *c < 128);
    ascii.and_then(char::from_u32).unwrap_or(c)
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
