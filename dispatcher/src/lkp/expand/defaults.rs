//! Defaults that a job's keys pull in from `include/` and `programs/*/include`. In: a job. Out: the job with them.
//!
//! Most of them say what a kernel needs, which changes no name: those are passed over, so that their code (which asks for
//! things that only the node knows) need not be evaluated.

use std::collections::{BTreeMap, HashSet};

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::documents::{document, of_ruby};
use super::params::{Catalogue, DIMENSIONS, Params, visit};
use super::psych::UNKNOWN;
use super::revise::revise;
use super::ruby::{self, RubyError, Scope};
use super::rules::Rules;
use super::{ExpandError, Map, include};
use crate::lkp::tree::Tree;

/// A key and the file under it that has been loaded.
type Loaded = HashSet<(String, String)>;

/// The files of defaults: key to name to path.
#[derive(Debug)]
pub(super) struct Defaults<'t> {
    tree: &'t Tree,
    files: IndexMap<String, BTreeMap<String, String>>,
    rules: Rules,
}

impl<'t> Defaults<'t> {
    pub(super) fn new(tree: &'t Tree) -> Result<Self, ExpandError> {
        let mut files = IndexMap::new();
        for key in tree.children("include") {
            files.insert(key.to_owned(), listed(tree, &format!("include/{key}"), key));
        }
        for program in tree.children("programs") {
            let found = listed(tree, &format!("programs/{program}/include"), program);
            if !found.is_empty() {
                files.insert(program.to_owned(), found);
            }
        }
        Ok(Self {
            tree,
            files,
            rules: Rules::of(tree)?,
        })
    }

    /// The defaults for a job; `seen` is the job as everything that may change it later leaves it.
    pub(super) fn load(
        &self,
        mut seen: Map,
        overrides: &Map,
        params: &Params,
        catalogue: &Catalogue,
        loaded: &mut Loaded,
    ) -> Result<Map, ExpandError> {
        without_lists(&mut seen, params);
        self.rules.apply(&mut seen);
        let mut wanted: Vec<(&str, Vec<(String, Value)>)> = Vec::new();
        visit(&seen, None, &mut |_, key, value| {
            if let Some(files) = self.files.get(key) {
                wanted.push((key, names(key, value, files, params)));
            }
        });
        let mut defaults = Map::new();
        for (key, names) in wanted {
            for (name, value) in names {
                let at = (key.to_owned(), name);
                if loaded.contains(&at) {
                    continue;
                }
                let path = &self.files[key][&at.1];
                let mut context = defaults.clone();
                revise(&mut context, &seen, true);
                revise(&mut context, overrides, true);
                context.insert("___".to_owned(), value);
                if let Some(found) = self.one(path, &context, params, catalogue)? {
                    revise(&mut defaults, &found, true);
                    loaded.insert(at);
                }
            }
        }
        Ok(defaults)
    }

    /// One file; none when it names what the job does not have.
    fn one(
        &self,
        path: &str,
        context: &Map,
        params: &Params,
        catalogue: &Catalogue,
    ) -> Result<Option<Map>, ExpandError> {
        let written = self.tree.read(path)?;
        let text = include::merge(self.tree, path, &written)?;
        if !ruby::is_template(&text) {
            return document(path, &written, &text).map(Some);
        }
        let scope = Scope {
            job: context,
            found: None,
        };
        match ruby::template(&text, &scope) {
            Ok(text) => document(path, &written, &text).map(Some),
            Err(RubyError::Name(_)) => Ok(None),
            Err(error) => {
                // Without the code every branch is there: when none of them matters, it need not be known which is right.
                let plain = ruby::without_code(&text);
                let all = document(path, &written, &plain);
                let matters = |key: &String| {
                    let stem = key.trim_end_matches(['+', '-']);
                    let stem = stem.split('.').next().unwrap_or(stem);
                    catalogue.programs.is_workload(stem)
                        || params.options.contains_key(stem)
                        || DIMENSIONS.contains(&stem)
                };
                match all {
                    Ok(all) if !text.contains("<%=") && !all.keys().any(matters) => Ok(Some(all)),
                    _ => Err(of_ruby(path, None, "its code", error)),
                }
            }
        }
    }
}

/// The files under a key: the key's own, or those of its folder.
fn listed(tree: &Tree, path: &str, key: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    if tree.is_file(path) {
        files.insert(key.to_owned(), path.to_owned());
    }
    for name in tree.children(path) {
        let path = format!("{path}/{name}");
        if tree.is_file(&path) {
            files.insert(name.to_owned(), path);
        }
    }
    files
}

/// Which of a key's files are loaded, each with what it calls `___`.
fn names(
    key: &str,
    value: &Value,
    files: &BTreeMap<String, String>,
    params: &Params,
) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    if let Some(options) = params.referenced.get(key) {
        if files.contains_key(key) {
            return vec![(key.to_owned(), value.clone())];
        }
        if let Value::Map(map) = value {
            for (option, value) in map {
                if options.contains(option) && files.contains_key(option) {
                    out.push((option.clone(), value.clone()));
                }
            }
        }
    }
    let Value::Str(text) = value else {
        return out;
    };
    // Of the machine `vm-snb-4G` first what is for `vm`, then for `vm-snb`.
    let ends = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ':' | '-'))
        .map(|(at, _)| at)
        .chain([text.len()]);
    let known = text != UNKNOWN;
    let hits: Vec<&str> = ends
        .filter(|_| known)
        .map(|end| &text[..end])
        .filter(|prefix| files.contains_key(*prefix))
        .collect();
    // LKP looks only at the last of them to see whether one was there.
    let last = hits.last().is_some_and(|hit| *hit == text.as_str());
    out.extend(hits.into_iter().map(|hit| (hit.to_owned(), value.clone())));
    for (name, wanted) in [("OTHERS", !last), ("ALL", true)] {
        if wanted && known && files.contains_key(name) {
            out.push((name.to_owned(), value.clone()));
        }
    }
    out
}

fn without_lists(map: &mut Map, params: &Params) {
    map.retain(|key, value| !(matches!(value, Value::Seq(_)) && params.is_dimension(key)));
    for value in map.values_mut() {
        if let Value::Map(inner) = value {
            without_lists(inner, params);
        }
    }
}
