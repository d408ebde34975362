//! Places of the language itself, without a document: `deploy.tftp.kernel.url`.
//!
//! Between the keys of a path may stand the word of a method. Entries of lists and free names may be left out.

use serde_json::Value;

use super::facets::{Facet, facets};
use super::fits::{list, target};
use super::{Choice, Describer, Key, Segment, choices, doc, path, properties, requires, words};
use crate::read::nearest;

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

/// Where a key path leaves the language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Lost {
    /// The path up to there.
    pub at: String,
    /// The word that is not known there.
    pub word: String,
    /// The word that was probably meant.
    pub near: Option<String>,
    /// The words that are known there.
    pub known: Vec<String>,
}

/// One way to read the path so far.
#[derive(Debug, Clone, Copy)]
struct Reading<'s> {
    schema: &'s Value,
    method: Option<&'s str>,
    required: bool,
}

impl<'s> Describer<'s> {
    /// What a key path means: several answers where methods mean different things by it. The blocks (`deploy`, `boot`,
    /// `test`, `command`), their keys and `definition` may stand at the beginning.
    ///
    /// # Errors
    /// The path names nothing.
    pub fn explain(&self, path: &[Segment]) -> Result<Vec<Meaning>, Box<Lost>> {
        let top = match self.walk(path) {
            Ok(readings) => return Ok(self.meanings(&readings)),
            Err(lost) => lost,
        };
        // A word of the top level that leads nowhere is a slip further on, not a key of a block.
        if top.0 > 0 && path.first() != Some(&Segment::from("actions")) {
            return Err(Box::new(top.1));
        }
        let mut farthest = (0, top);
        let mut readings = Vec::new();
        for start in self.starts(path) {
            match self.walk(&start.0) {
                Ok(found) if start.1 > 1 => readings.extend(found),
                Ok(found) => return Ok(self.meanings(&found)),
                // A word that leads farther is told of where it ends.
                Err(lost) if lost.0 > start.1 && lost.0 - start.1 > farthest.0 => {
                    farthest = (lost.0 - start.1, lost);
                }
                Err(_) => {}
            }
        }
        if !readings.is_empty() {
            return Ok(self.meanings(&readings));
        }
        let mut lost = farthest.1.1;
        if lost.at.is_empty() && self.root["properties"]["actions"].is_object() {
            let blocks = ["deploy", "boot", "test", "command", "definition"];
            lost.known.extend(blocks.map(str::to_owned));
            let known = lost.known.iter().map(String::as_str);
            lost.near = nearest(&lost.word, known).map(str::to_owned);
        }
        Err(Box::new(lost))
    }

    /// What the language as a whole is: its top-level keys.
    #[must_use]
    pub fn overview(&self) -> Meaning {
        self.meaning(Reading {
            schema: self.root,
            method: None,
            required: true,
        })
    }

    /// The keys of a definition of the schema, by its name under `$defs`.
    #[must_use]
    pub fn explain_definition(&self, name: &str) -> Vec<Key> {
        let schema = &self.root["$defs"][name];
        self.keys_of(&facets(schema, None, self.root), None)
    }

    /// Other places where a path may begin, each with how many segments were put before it.
    fn starts(&self, path: &[Segment]) -> Vec<(Vec<Segment>, usize)> {
        if !self.root["properties"]["actions"].is_object() {
            return Vec::new();
        }
        let under = |before: &[&str], path: &[Segment]| {
            let mut whole: Vec<Segment> = before.iter().map(|key| Segment::from(*key)).collect();
            whole.extend_from_slice(path);
            (whole, before.len())
        };
        // `actions[0].timeout` is a key of every block.
        let entry = path.strip_prefix(&[Segment::from("actions")]);
        let indices = |path: &[Segment]| {
            let index = |segment: &&Segment| matches!(segment, Segment::Index(_));
            path.iter().take_while(index).count()
        };
        let path = entry.map_or(path, |below| &below[indices(below)..]);
        let mut starts = vec![under(&["actions"], path)];
        if path.first() == Some(&Segment::from("definition")) {
            return vec![under(&["actions", "test", "definitions"], &path[1..])];
        }
        starts.extend(
            ["deploy", "boot", "test", "command"].map(|block| under(&["actions", block], path)),
        );
        starts
    }

    fn walk(&self, path: &[Segment]) -> Result<Vec<Reading<'s>>, (usize, Lost)> {
        let mut readings = vec![Reading {
            schema: self.root,
            method: None,
            required: true,
        }];
        for (depth, segment) in path.iter().enumerate() {
            let Segment::Key(key) = segment else { continue };
            let next: Vec<Reading<'s>> = readings
                .iter()
                .flat_map(|reading| self.step(*reading, key))
                .collect();
            if next.is_empty() {
                let known = self.known(&readings);
                return Err((
                    depth,
                    Lost {
                        at: path::Shown(&path[..depth]).to_string(),
                        word: key.clone(),
                        near: nearest(key, known.iter().map(String::as_str)).map(str::to_owned),
                        known,
                    },
                ));
            }
            readings = next;
        }
        Ok(readings)
    }

    fn step(&self, from: Reading<'s>, key: &str) -> Vec<Reading<'s>> {
        let here = facets(from.schema, None, self.root);
        let mut next = self.methods_named(&here, key);
        next.extend(self.keys_named(&here, from, key));
        if !next.is_empty() {
            return next;
        }
        // What a list or a mapping of names holds is meant where its entry is left out.
        let inside = |schema: &'s Value| Reading { schema, ..from };
        let entries = here.iter().filter_map(|facet| facet.schema.get("items"));
        let named: Vec<&'s Value> = here
            .iter()
            .filter_map(|facet| facet.schema.get("additionalProperties"))
            .filter(|schema| schema.is_object())
            .collect();
        for schema in entries.chain(named.iter().copied()) {
            let below = facets(schema, None, self.root);
            next.extend(self.methods_named(&below, key));
            next.extend(self.keys_named(&below, inside(schema), key));
            if next.is_empty() && schema.get("items").is_some() {
                next.extend(self.step(inside(schema), key));
            }
        }
        if !next.is_empty() {
            return next;
        }
        let patterns = here.iter().filter_map(|facet| {
            let segment = Segment::from(key);
            facet.schema.get("patternProperties")?;
            super::below(facet.schema, &segment)
        });
        // Any name at all.
        patterns.chain(named).take(1).map(inside).collect()
    }

    fn keys_named(&self, here: &[Facet<'s>], from: Reading<'s>, key: &str) -> Vec<Reading<'s>> {
        let found: Vec<(&Facet<'s>, &'s Value)> = here
            .iter()
            .filter_map(|facet| {
                let (_, schema) = properties(facet.schema).find(|(name, _)| *name == key)?;
                Some((facet, schema))
            })
            .collect();
        // The block around the methods knows all words of the key that decides, and only the names of forms.
        let outer = found.iter().find(|(facet, schema)| {
            facet.method.is_none() && schema.as_object().is_some_and(|schema| schema.len() > 1)
        });
        let found = match outer {
            Some(outer) => vec![*outer],
            None if found.len() > 1 => {
                let telling = |(_, schema): &(&Facet<'s>, &'s Value)| {
                    schema.as_object().is_some_and(|schema| schema.len() > 1)
                };
                found.into_iter().filter(telling).collect()
            }
            None => found,
        };
        found
            .into_iter()
            .map(|(facet, schema)| Reading {
                schema,
                method: facet.method.or(from.method),
                required: requires(
                    &Facet {
                        certain: true,
                        ..*facet
                    },
                    key,
                ),
            })
            .collect()
    }

    /// The methods of a block that have this word.
    fn methods_named(&self, here: &[Facet<'s>], word: &str) -> Vec<Reading<'s>> {
        let all = here.iter().flat_map(|facet| list(&facet.schema["allOf"]));
        all.filter_map(|rule| {
            let questions = rule["if"]["properties"].as_object()?;
            let named = questions.values().any(|says| says["const"] == word);
            let schema = named.then(|| rule.get("then"))??;
            Some(Reading {
                schema,
                method: self.title(schema),
                required: false,
            })
        })
        .collect()
    }

    fn title(&self, schema: &Value) -> Option<&'s str> {
        target(schema.get("$ref")?, self.root)?
            .get("title")?
            .as_str()
    }

    /// The words that a path may go on with.
    fn known(&self, readings: &[Reading<'s>]) -> Vec<String> {
        let mut known = Vec::new();
        for reading in readings {
            let mut here = facets(reading.schema, None, self.root);
            let entries: Vec<&'s Value> = here
                .iter()
                .flat_map(|facet| {
                    ["items", "additionalProperties"].map(|key| facet.schema.get(key))
                })
                .flatten()
                .filter(|schema| schema.is_object())
                .collect();
            for schema in entries {
                here.extend(facets(schema, None, self.root));
            }
            for facet in here {
                known.extend(properties(facet.schema).map(|(name, _)| name.clone()));
                for rule in list(&facet.schema["allOf"]) {
                    known.extend(word_of(rule).map(str::to_owned));
                }
            }
        }
        known.sort();
        known.dedup();
        known
    }

    /// Readings that mean the same are one.
    fn meanings(&self, readings: &[Reading<'s>]) -> Vec<Meaning> {
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

    fn meaning(&self, reading: Reading<'s>) -> Meaning {
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
            (words.collect(), self.common(&ways, own.unwrap_or_default()))
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
    fn common(&self, ways: &[&'s Value], own: Vec<Key>) -> Vec<Key> {
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
fn word_of(rule: &Value) -> Option<&str> {
    rule["then"].get("$ref")?;
    let question = rule.get("if")?;
    let tag = question["properties"]
        .as_object()
        .and_then(|properties| properties.values().find_map(|says| says["const"].as_str()));
    tag.or_else(|| question["required"][0].as_str())
}
