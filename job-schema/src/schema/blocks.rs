//! Schemas of blocks whose other keys depend on one of them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// An enum of methods: a tag decides on the other keys.
pub(crate) trait Methods {
    /// The key that decides.
    const TAG: &'static str;

    /// The methods, each with the schema of its own keys.
    fn methods(generator: &mut SchemaGenerator) -> Vec<Method>;
}

/// A method and its own keys.
pub(crate) struct Method {
    /// The word of the job file.
    pub(crate) word: &'static str,
    /// What it is, in a sentence.
    pub(crate) doc: &'static str,
    /// Its own keys.
    pub(crate) schema: Schema,
}

/// When a method's keys hold.
#[derive(Clone, Copy)]
pub(crate) enum Condition {
    /// The tag has the method's word.
    Tag(&'static str),
    /// The method's word is a key.
    Key,
}

/// A block: the keys of `common` types, and per method its own. Each method becomes a definition `<kind>-<word>` with
/// all its keys, so that an editor that knows only `if` and `then` completes the right ones.
pub(crate) fn with_methods(
    kind: &str,
    description: &str,
    common: &[Schema],
    condition: Condition,
    methods: Vec<Method>,
    generator: &mut SchemaGenerator,
) -> Schema {
    let mut properties = Map::new();
    let mut rules = Vec::new();
    let words: Vec<Value> = methods
        .iter()
        .map(|method| json!({"const": method.word, "description": method.doc}))
        .collect();
    let mut known: Vec<&str> = Vec::new();
    if let Condition::Tag(tag) = condition {
        let choice = json!({"description": choice(tag), "oneOf": words});
        properties.insert(tag.to_owned(), choice);
    } else {
        // Before there is a form an editor offers them all.
        for method in &methods {
            let form = json!({"description": method.doc});
            properties.insert(method.word.to_owned(), form);
        }
    }
    for method in methods {
        let name = format!("{kind}-{}", method.word);
        let (when, tag) = match condition {
            Condition::Tag(tag) => (
                json!({"properties": {tag: {"const": method.word}}, "required": [tag]}),
                Some(tag),
            ),
            Condition::Key => {
                let free: Vec<Value> = known.iter().map(|key| json!({"required": [key]})).collect();
                let when = if free.is_empty() {
                    json!({"required": [method.word]})
                } else {
                    json!({"required": [method.word], "not": {"anyOf": free}})
                };
                (when, None)
            }
        };
        known.push(method.word);
        let whole = joined(kind, &method, common, tag);
        generator
            .definitions_mut()
            .insert(name.clone(), whole.to_value());
        rules.push(json!({"if": when, "then": {"$ref": format!("#/$defs/{name}")}}));
    }
    let required = match condition {
        Condition::Tag(tag) => json!({"required": [tag]}),
        Condition::Key => {
            let keys: Vec<Value> = known.iter().map(|key| json!({"required": [key]})).collect();
            json!({"anyOf": keys})
        }
    };
    let mut schema = json_schema!({
        "title": kind,
        "description": description,
        "type": "object",
        "properties": properties,
        "allOf": rules,
    });
    if let Value::Object(required) = required {
        for (key, value) in required {
            schema.insert(key, value);
        }
    }
    schema
}

/// [`with_methods`] for an enum that has a tag.
pub(crate) fn methods_of<Own: JsonSchema, M: Methods>(
    kind: &str,
    description: &str,
    mut common: Vec<Schema>,
    generator: &mut SchemaGenerator,
) -> Schema {
    common.push(Own::json_schema(generator));
    let methods = M::methods(generator);
    with_methods(
        kind,
        description,
        &common,
        Condition::Tag(M::TAG),
        methods,
        generator,
    )
}

/// What a tag decides, for somebody who has not written it yet.
fn choice(tag: &str) -> &'static str {
    match tag {
        "to" => "Where to deploy to: the method, which decides on the other keys.",
        "method" => "How to boot: the method, which decides on the other keys.",
        "from" => "Where it comes from, which decides on the other keys.",
        _ => "Decides on the other keys.",
    }
}

/// What may stand in the schema of some keys beside the keys themselves.
const RULES: [&str; 6] = [
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "dependentRequired",
    "patternProperties",
];

/// All keys of one method.
fn joined(kind: &str, method: &Method, common: &[Schema], tag: Option<&str>) -> Schema {
    let mut properties = Map::new();
    let mut required: Vec<Value> = Vec::new();
    let mut rules: Vec<Value> = Vec::new();
    if let Some(tag) = tag {
        let word = json!({"const": method.word, "description": method.doc});
        properties.insert(tag.to_owned(), word);
        required.push(tag.into());
    }
    for schema in [&method.schema].into_iter().chain(common) {
        if let Some(Value::Object(more)) = schema.get("properties") {
            for (key, value) in more {
                properties
                    .entry(key.clone())
                    .or_insert_with(|| value.clone());
            }
        }
        if let Some(Value::Array(more)) = schema.get("required") {
            for key in more {
                if !required.contains(key) {
                    required.push(key.clone());
                }
            }
        }
        for rule in RULES {
            if let Some(value) = schema.get(rule) {
                rules.push(json!({rule: value}));
            }
        }
    }
    let title = match tag {
        Some(tag) => format!("{kind}: {{{tag}: {}}}", method.word),
        None if kind == method.word => kind.to_owned(),
        None => format!("{kind}: {{{}: …}}", method.word),
    };
    let mut schema = json_schema!({
        "title": title,
        "description": method.doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    if !rules.is_empty() {
        schema.insert("allOf".to_owned(), rules.into());
    }
    schema
}

/// An entry of `actions`: one kind of block, with the keys of every block and its own.
impl JsonSchema for crate::action::AnyBlock {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "action".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        use crate::action::Common;
        use crate::boot::{Boot, Method as BootMethod};
        use crate::command::Command;
        use crate::deploy::{Deploy, To};

        let common = Common::json_schema(generator);
        let deploy = methods_of::<Deploy, To>(
            "deploy",
            "Puts a system, files or the overlay on a node.",
            vec![common.clone()],
            generator,
        );
        let boot = methods_of::<Boot, BootMethod>(
            "boot",
            "Starts a system and gets a shell on it.",
            vec![common.clone()],
            generator,
        );
        let forms = crate::test::forms(generator);
        let test = with_methods(
            "test",
            "Runs tests on a node.",
            std::slice::from_ref(&common),
            Condition::Key,
            forms,
            generator,
        );
        let command = Method {
            word: "command",
            doc: "Runs a command that the device defines, on the machine where `dispatch` runs.",
            schema: Command::json_schema(generator),
        };
        let command = joined("command", &command, &[common], None);
        json_schema!({
            "title": "action",
            "description": "One thing to do: `deploy`, `boot`, `test` or `command`.",
            "type": "object",
            "properties": {"deploy": deploy, "boot": boot, "test": test, "command": command},
            "additionalProperties": false,
            "minProperties": 1,
        })
    }
}
