//! Files that are made from the types are current: the schemas, and the reference in `docs/reference/`.

#[path = "generated/reference.rs"]
mod reference;

use std::fs;
use std::path::{Path, PathBuf};

use job_schema::schema::{self, Language};
use serde_json::Value;

const COMMAND: &str = "DISPATCH_REGENERATE=1 cargo test -p job-schema --test generated";

/// The file says what was made; with `DISPATCH_REGENERATE=1` it is written.
fn is_current(path: &Path, made: &str) {
    if std::env::var_os("DISPATCH_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, made).expect("a file that can be written");
        return;
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    let shown = path.file_name().unwrap_or_default().display();
    assert!(kept == made, "{shown} is not current; run\n    {COMMAND}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_schemas_are_current() {
    for language in [Language::Job, Language::TestDefinition] {
        let made = schema::text(&schema::schema(language));
        is_current(&root().join(language.file()), &made);
    }
}

#[test]
fn the_reference_is_current() {
    let folder = root().join("../docs/reference");
    for (file, made) in reference::files() {
        assert!(made.lines().count() <= 1500, "{file} is too long to read");
        is_current(&folder.join(file), &made);
    }
}

/// Every part of a schema, with the way to it.
fn visit(schema: &Value, at: &str, see: &mut dyn FnMut(&str, &Value)) {
    see(at, schema);
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                visit(value, &format!("{at}/{key}"), see);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                visit(value, &format!("{at}/{index}"), see);
            }
        }
        _ => {}
    }
}

#[test]
fn every_key_word_and_definition_is_documented() {
    let mut lacks = Vec::new();
    for language in [Language::Job, Language::TestDefinition] {
        let schema = schema::schema(language);
        for key in ["$schema", "$id", "title", "description"] {
            assert!(schema[key].is_string(), "{language:?} has no {key}");
        }
        let definitions = schema["$defs"].as_object().expect("definitions");
        for (name, definition) in definitions {
            if !definition["title"].is_string() || !definition["description"].is_string() {
                lacks.push(format!("definition {name}"));
            }
        }
        visit(&schema, "", &mut |at, part| {
            // What restricts keys that are documented elsewhere.
            let rule = at.contains("/if/") || at.contains("/not/") || at.contains("/allOf/");
            if let (Some(Value::Object(keys)), false) = (part.get("properties"), rule) {
                for (key, says) in keys {
                    // An alternative restricts keys of the definition that it is in.
                    let definition = at.split('/').nth(2).and_then(|name| definitions.get(name));
                    let elsewhere = definition
                        .is_some_and(|whole| whole["properties"][key]["description"].is_string());
                    if !elsewhere && says["description"].as_str().is_none_or(str::is_empty) {
                        lacks.push(format!("key {at}/{key}"));
                    }
                }
            }
            let words = part["oneOf"].as_array().into_iter().flatten();
            for word in words.filter(|word| word.get("const").is_some()) {
                if word["description"].as_str().is_none_or(str::is_empty) {
                    lacks.push(format!("word {at}: {}", word["const"]));
                }
            }
            if let Some(text) = part["description"].as_str()
                && text.contains("For the schema")
            {
                lacks.push(format!("words for users at {at}"));
            }
        });
    }
    assert!(lacks.is_empty(), "without documentation: {lacks:#?}");
}

#[test]
fn references_and_definitions_fit() {
    for language in [Language::Job, Language::TestDefinition] {
        let schema = schema::schema(language);
        let definitions = schema["$defs"].as_object().expect("definitions");
        let mut used = Vec::new();
        visit(&schema, "", &mut |at, part| {
            if let Some(to) = part.get("$ref") {
                let to = to.as_str().expect("a text").trim_start_matches("#/$defs/");
                assert!(definitions.contains_key(to), "{at} refers to {to}");
                used.push(to.to_owned());
            }
        });
        for name in definitions.keys() {
            assert!(used.contains(name), "nothing refers to {name}");
        }
    }
}
