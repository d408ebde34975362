//! Places of the language itself, without a document: `deploy.tftp.kernel.url`.
//!
//! Between the keys of a path may stand the word of a method. Entries of lists and free names may be left out.

use serde_json::Value;

use super::facets::{Facet, facets};
use super::fits::{list, target};
use super::meaning::{Meaning, word_of};
use super::{Describer, Key, Segment, path, properties, requires};
use crate::read::nearest;

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
pub(super) struct Reading<'s> {
    pub(super) schema: &'s Value,
    pub(super) method: Option<&'s str>,
    pub(super) required: bool,
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
}
