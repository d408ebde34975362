//! LKP's rewriting of parameters (`params/*`): `4HDD` is `{nr_hdd: 4}`. In: a job. Out: the job with values rewritten.
//!
//! File names show values as they are written; rewritten ones only say which defaults are pulled in.

use std::collections::HashMap;

use job_schema::yaml::Value;
use regex_automata::meta::Regex;

use super::ruby::{self, Scope};
use super::{ExpandError, Map, regex};
use crate::lkp::tree::Tree;

/// A pattern and what a value that has it becomes.
type Rule = (Regex, String);

/// The rules of a tree, by parameter.
#[derive(Debug)]
pub(super) struct Rules(HashMap<String, Vec<Rule>>);

impl Rules {
    pub(super) fn of(tree: &Tree) -> Result<Self, ExpandError> {
        let mut rules = HashMap::new();
        for name in tree.children("params") {
            let path = format!("params/{name}");
            if !name.ends_with(".rb") && tree.is_file(&path) && !tree.is_executable(&path) {
                rules.insert(name.to_owned(), read(&tree.read(&path)?));
            }
        }
        Ok(Self(rules))
    }

    /// Rewrites what can be rewritten here; what asks for the node's processors or memory stays.
    pub(super) fn apply(&self, job: &mut Map) {
        let names = job.clone();
        self.apply_in(job, &names);
    }

    fn apply_in(&self, map: &mut Map, names: &Map) {
        for (key, value) in map {
            match (self.0.get(key), &mut *value) {
                (Some(rules), Value::Str(text)) => {
                    if let Some(new) = rewritten(rules, text, names) {
                        *value = new;
                    }
                }
                (_, Value::Map(inner)) => self.apply_in(inner, names),
                _ => {}
            }
        }
    }
}

/// `/pattern/ code` at the beginning of lines.
fn read(text: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    for line in text.lines() {
        let Some((pattern, code)) = line
            .strip_prefix('/')
            .and_then(|line| line.rsplit_once("/\t").or_else(|| line.split_once("/ ")))
        else {
            continue;
        };
        if let Some(regex) = regex(pattern) {
            rules.push((regex, code.trim().to_owned()));
        }
    }
    rules
}

/// Each rule takes its part of the text away, so that a later one sees what is left.
fn rewritten(rules: &[Rule], text: &str, names: &Map) -> Option<Value> {
    let mut rest = text.to_owned();
    let mut out: Option<Value> = None;
    for (regex, code) in rules {
        let mut captures = regex.create_captures();
        regex.captures(&rest, &mut captures);
        let Some(whole) = captures.get_match() else {
            continue;
        };
        let found = captures.get_group(1).map(|span| &rest[span.range()]);
        let scope = Scope { job: names, found };
        let new = ruby::evaluate(code, &scope).ok()?;
        rest.replace_range(whole.range(), "");
        out = match (out, new) {
            (None, new) => Some(new),
            (Some(Value::Map(mut old)), Value::Map(new)) => {
                old.extend(new);
                Some(Value::Map(old))
            }
            (old, _) => old,
        };
    }
    out
}
