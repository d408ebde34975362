//! What a place of the language means, for every method that has it.

use serde_json::Value;

use super::facets::facets;
use super::fits::{list, target};
use super::tour::Reading;
use super::{Choice, Describer, Key, choices, doc, words};

/// What a key path of the language means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Meaning {
    /// The methods that have it; empty where no method plays a part.
    pub methods: Vec<String>,
    /// What it takes, in words.
    pub kind: String,
    /// The mapping around it needs it.
    pub required: bool,
    /// What it means.
    pub doc: String,
    /// The words that it may be; of a block its methods or forms.
    pub choices: Vec<Choice>,
    /// The keys that may stand in it; of a block those that all its methods have.
    pub keys: Vec<Key>,
}

impl<'s> Describer<'s> {
    /// Readings that mean the same are one.
    pub(super) fn meanings(&self, readings: &[Reading<'s>]) -> Vec<Meaning> {
        let mut meanings: Vec<Meaning> = Vec::new();
        for reading in readings {
            let meaning = self.meaning(*reading);
            let same = meanings.iter_mut().find(|known| {
                known.doc == meaning.doc
                    && known.kind == meaning.kind
                    && known.required == meaning.required
                    && known.keys == meaning.keys
            });
            match same {
                Some(known) => {
                    for method in meaning.methods {
                        if !known.methods.contains(&method) {
                            known.methods.push(method);
                        }
                    }
                }
                None => meanings.push(meaning),
            }
        }
        for meaning in &mut meanings {
            for kind in ["deploy", "boot", "test", "definition"] {
                self.say_every(kind, &mut meaning.methods);
            }
        }
        meanings
    }

    /// All methods of a kind are shorter told as one.
    fn say_every(&self, kind: &str, methods: &mut Vec<String>) {
        let definitions = self.root["$defs"].as_object().into_iter().flatten();
        let start = format!("{kind}-");
        let titles: Vec<&str> = definitions
            .filter(|(name, _)| name.starts_with(&start))
            .filter_map(|(_, schema)| schema["title"].as_str())
            .collect();
        let has = |title: &&str| methods.iter().any(|method| method == title);
        if titles.len() > 1 && titles.iter().all(has) {
            methods.retain(|method| !titles.contains(&method.as_str()));
            methods.insert(0, format!("every {kind}"));
        }
    }

    pub(super) fn meaning(&self, reading: Reading<'s>) -> Meaning {
        let mut here = facets(reading.schema, None, self.root);
        // A list is told by what its entries are.
        let mut schema = here.last().map_or(reading.schema, |facet| facet.schema);
        while let Some(items) = schema.get("items").or_else(|| {
            let names = schema.get("additionalProperties");
            names.filter(|names| names.is_object() && schema.get("properties").is_none())
        }) {
            let below = facets(items, None, self.root);
            schema = below.last().map_or(items, |facet| facet.schema);
            here.extend(below);
        }
        let ways: Vec<&'s Value> = here
            .iter()
            .flat_map(|facet| list(&facet.schema["allOf"]))
            .filter(|rule| word_of(rule).is_some())
            .collect();
        let (choices, keys) = if ways.is_empty() {
            (choices(&here), self.keys_of(&here, None))
        } else {
            let words = ways.iter().filter_map(|rule| {
                let method = target(rule["then"].get("$ref")?, self.root)?;
                Some(Choice {
                    word: word_of(rule)?.to_owned(),
                    doc: method["description"].as_str()?.to_owned(),
                })
            });
            let tag = here
                .iter()
                .find(|facet| facet.method.is_none() && !list(&facet.schema["allOf"]).is_empty());
            let own = tag.map(|facet| self.keys_of(&[*facet], None));
            (
                words.collect(),
                self.common(&ways, &own.unwrap_or_default()),
            )
        };
        Meaning {
            methods: reading.method.map(str::to_owned).into_iter().collect(),
            kind: words::kind(reading.schema, self.root),
            required: reading.required,
            doc: doc(&here),
            choices,
            keys,
        }
    }

    /// The keys that all methods have; of the one that decides (in `own`) what the block says.
    fn common(&self, ways: &[&'s Value], own: &[Key]) -> Vec<Key> {
        let mut all = ways
            .iter()
            .map(|rule| self.keys_of(&facets(&rule["then"], None, self.root), None));
        let mut common = all.next().unwrap_or_default();
        for keys in all {
            common.retain_mut(|key| {
                let other = keys.iter().find(|other| other.name == key.name);
                if other.is_some_and(|other| (&other.doc, &other.kind) != (&key.doc, &key.kind)) {
                    key.doc = "Depends on the method.".to_owned();
                    key.kind = "see there".to_owned();
                }
                other.is_some()
            });
        }
        for key in &mut common {
            if let Some(own) = own
                .iter()
                .find(|own| own.name == key.name && own.kind != "anything")
            {
                *key = own.clone();
            }
        }
        common
    }
}

/// The word of a method or form that a rule is about.
pub(super) fn word_of(rule: &Value) -> Option<&str> {
    rule["then"].get("$ref")?;
    let question = rule.get("if")?;
    let tag = question["properties"]
        .as_object()
        .and_then(|properties| properties.values().find_map(|says| says["const"].as_str()));
    tag.or_else(|| question["required"][0].as_str())
}
