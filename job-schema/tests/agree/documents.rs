//! Documents made from a schema, and changes of documents.

use serde_json::{Map, Value, json};

use super::tape::Tape;

const DEEPEST: usize = 24;

/// Makes documents that a schema describes.
pub(crate) struct Generator<'s> {
    root: &'s Value,
    depth: usize,
}

impl<'s> Generator<'s> {
    pub(crate) fn new(root: &'s Value) -> Self {
        Self { root, depth: 0 }
    }

    pub(crate) fn document(&mut self, tape: &mut Tape) -> Value {
        self.value(self.root, tape)
    }

    pub(crate) fn value(&mut self, schema: &'s Value, tape: &mut Tape) -> Value {
        if self.depth > DEEPEST {
            return Value::Null;
        }
        self.depth += 1;
        let value = self.any_value(schema, tape);
        self.depth -= 1;
        value
    }

    fn any_value(&mut self, schema: &'s Value, tape: &mut Tape) -> Value {
        if let Some(to) = schema["$ref"].as_str() {
            let name = to.trim_start_matches("#/$defs/");
            return self.value(&self.root["$defs"][name], tape);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return values[tape.pick(values.len())].clone();
        }
        let ways: Vec<&Value> = array(&schema["allOf"])
            .iter()
            .filter(|rule| rule["then"]["$ref"].is_string())
            .map(|rule| &rule["then"])
            .chain(["then", "else"].iter().filter_map(|key| schema.get(key)))
            .filter(|way| way["$ref"].is_string())
            .collect();
        if !ways.is_empty() {
            return self.value(ways[tape.pick(ways.len())], tape);
        }
        for choice in ["anyOf", "oneOf"] {
            let options: Vec<&Value> = array(&schema[choice])
                .iter()
                .filter(|option| option.get("required").is_none())
                .collect();
            if !options.is_empty() {
                return self.value(options[tape.pick(options.len())], tape);
            }
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[tape.pick(kinds.len())].as_str(),
            kind => kind.as_str(),
        };
        match kind {
            Some("string") => json!(text(schema, tape)),
            Some("integer" | "number") => {
                json!(schema["minimum"].as_i64().unwrap_or(0) + tape.pick(3) as i64)
            }
            Some("boolean") => json!(tape.pick(2) == 1),
            Some("array") => {
                let count = tape.pick(3);
                let items = (0..count).map(|_| self.value(&schema["items"], tape));
                items.collect()
            }
            Some("object") => self.mapping(schema, tape),
            _ => VALUES[tape.pick(VALUES.len())].clone_value(),
        }
    }

    fn mapping(&mut self, schema: &'s Value, tape: &mut Tape) -> Value {
        let mut mapping = Map::new();
        let needed = array(&schema["required"]);
        // Alternatives of keys, such as the units of a timeout: one of them.
        let options = [array(&schema["oneOf"]), array(&schema["anyOf"])].concat();
        let chosen = match options.len() {
            0 => None,
            count => options[tape.pick(count)]["required"][0]
                .as_str()
                .map(str::to_owned),
        };
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            let optional = chosen.is_none() && tape.pick(4) == 3;
            if needed.iter().any(|needed| needed == key)
                || chosen.as_deref() == Some(key)
                || optional
            {
                mapping.insert(key.clone(), self.value(value, tape));
            }
        }
        if schema["additionalProperties"].is_object() {
            for name in ["one", "two"].iter().take(1 + tape.pick(2)) {
                let value = self.value(&schema["additionalProperties"], tape);
                mapping.insert((*name).to_owned(), value);
            }
        }
        for (_, value) in schema["patternProperties"]
            .as_object()
            .into_iter()
            .flatten()
        {
            if tape.pick(3) == 2 {
                mapping.insert("deps-debian".to_owned(), self.value(value, tape));
            }
        }
        Value::Object(mapping)
    }
}

/// The methods of a kind of block, each with its definition.
pub(crate) fn methods<'s>(root: &'s Value, kind: &str) -> Vec<(&'s str, &'s Value)> {
    let start = format!("{kind}-");
    let definitions = root["$defs"].as_object().into_iter().flatten();
    definitions
        .filter_map(|(name, schema)| Some((name.strip_prefix(&start)?, schema)))
        .collect()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text that a schema takes, or nearly.
fn text(schema: &Value, tape: &mut Tape) -> &'static str {
    const PLAIN: &[&str] = &["text", "a", "x y", "debian", ""];
    const NAMES: &[&str] = &["a-name", "a.b", "0", "a name"];
    const IMAGES: &[&str] = &[
        "debian",
        "debian:trixie",
        "r.example.com:5000/a/b:T_1",
        "D",
        "a",
    ];
    let words = match schema["pattern"].as_str() {
        None => PLAIN,
        Some(pattern) if pattern.contains('/') => IMAGES,
        Some(_) => NAMES,
    };
    words[tape.pick(words.len())]
}

/// A value to put in the place of another.
enum Thing {
    Null,
    Yes,
    Number(i64),
    Half,
    Text(&'static str),
    List,
    TextList,
    NumberList,
    Mapping,
    Minutes,
}

const VALUES: &[Thing] = &[
    Thing::Null,
    Thing::Yes,
    Thing::Number(0),
    Thing::Number(1),
    Thing::Number(-1),
    Thing::Number(250),
    Thing::Half,
    Thing::Text(""),
    Thing::Text("text"),
    Thing::Text("common"),
    Thing::Text("ssh"),
    Thing::List,
    Thing::TextList,
    Thing::NumberList,
    Thing::Mapping,
    Thing::Minutes,
];

impl Thing {
    fn clone_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Yes => json!(true),
            Self::Number(number) => json!(number),
            Self::Half => json!(1.5),
            Self::Text(text) => json!(text),
            Self::List => json!([]),
            Self::TextList => json!(["text"]),
            Self::NumberList => json!([1]),
            Self::Mapping => json!({}),
            Self::Minutes => json!({"minutes": 2}),
        }
    }
}

/// One change at a random place: a key dropped, renamed, changed or added, or a value changed.
pub(crate) fn edit(document: &mut Value, schema: &Value, tape: &mut Tape) {
    let places = containers(document);
    let at = &places[tape.pick(places.len())];
    let Some(place) = document.pointer_mut(at) else {
        return;
    };
    match place {
        Value::Array(items) => {
            let index = tape.pick(items.len().max(1));
            match (tape.pick(3), items.get_mut(index)) {
                (0, Some(_)) => drop(items.remove(index)),
                (1, Some(item)) => *item = VALUES[tape.pick(VALUES.len())].clone_value(),
                _ => items.push(VALUES[tape.pick(VALUES.len())].clone_value()),
            }
        }
        Value::Object(entries) => {
            let key = entries.keys().nth(tape.pick(entries.len().max(1))).cloned();
            match (tape.pick(4), key) {
                (0, Some(key)) => drop(entries.remove(&key)),
                (1, Some(key)) => {
                    let value = entries.remove(&key).unwrap_or_default();
                    entries.insert(format!("{key}x"), value);
                }
                (2, Some(key)) => {
                    entries.insert(key, VALUES[tape.pick(VALUES.len())].clone_value());
                }
                _ => {
                    let known = known_keys(schema);
                    let key = known[tape.pick(known.len())].clone();
                    entries.insert(key, VALUES[tape.pick(VALUES.len())].clone_value());
                }
            }
        }
        _ => {}
    }
}

/// Where lists and mappings are, as JSON pointers.
fn containers(document: &Value) -> Vec<String> {
    fn visit(value: &Value, at: &str, places: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Array(items) => (items.iter().enumerate())
                .map(|(index, item)| (index.to_string(), item))
                .collect(),
            Value::Object(entries) => (entries.iter())
                .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
                .collect(),
            _ => return,
        };
        places.push(at.to_owned());
        for (step, child) in children {
            visit(child, &format!("{at}/{step}"), places);
        }
    }
    let mut places = Vec::new();
    visit(document, "", &mut places);
    if places.is_empty() {
        places.push(String::new());
    }
    places
}

/// All keys that the schema knows anywhere.
fn known_keys(schema: &Value) -> Vec<String> {
    fn visit(schema: &Value, keys: &mut Vec<String>) {
        match schema {
            Value::Object(object) => {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    keys.extend(properties.keys().cloned());
                }
                object.values().for_each(|value| visit(value, keys));
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, keys)),
            _ => {}
        }
    }
    let mut keys = vec!["surprise".to_owned()];
    visit(schema, &mut keys);
    keys.sort();
    keys.dedup();
    keys
}
