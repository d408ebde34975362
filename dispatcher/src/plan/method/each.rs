//! `each:` of step lists, and what `every:` of conditions goes over.

use indexmap::IndexMap;
use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::scope::Scope;

/// What `each` goes over.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Each {
    /// Path of a list, whose elements are bound, or of a mapping, whose entries are bound as `key` and `value`.
    pub(super) r#in: String,
    /// The name that they are bound to.
    pub(super) r#as: String,
    /// In the order of the keys.
    #[serde(default)]
    pub(super) sorted: bool,
    /// Path of a list of keys that come first, in that order; one that is named twice comes twice.
    pub(super) first: Option<String>,
    /// Of a list: the name that each element's place is bound to, from 0.
    pub(super) number: Option<String>,
    /// The name that is bound to whether it is the last one.
    pub(super) last: Option<String>,
}

impl Each {
    /// The scope of each, one after the other: with its element, its place and whether it is the last.
    pub(super) fn scopes<'a>(&self, scope: &Scope<'a>) -> impl ExactSizeIterator<Item = Scope<'a>> {
        let bound = self.bindings(scope);
        let count = bound.len();
        let scope_of = move |(place, one): (usize, Value)| {
            let mut inner = scope.with(&self.r#as, one);
            if let Some(name) = &self.number {
                inner = inner.with(name, Value::Int(i64::try_from(place).unwrap_or(i64::MAX)));
            }
            if let Some(name) = &self.last {
                inner = inner.with(name, Value::Bool(place + 1 == count));
            }
            inner
        };
        bound.into_iter().enumerate().map(scope_of)
    }

    /// What is bound, one after the other. None when there is no list or mapping.
    fn bindings(&self, scope: &Scope<'_>) -> Vec<Value> {
        let mut entries: Vec<(&String, &Value)> = match scope.get(&self.r#in) {
            Some(Value::Seq(list)) => return list.clone(),
            Some(Value::Map(map)) => map.iter().collect(),
            _ => Vec::new(),
        };
        if self.sorted {
            entries.sort_by_key(|(key, _)| *key);
        }
        if let Some(Value::Seq(first)) = self.first.as_ref().and_then(|path| scope.get(path)) {
            let named = first.iter().filter_map(|name| {
                let name = name.as_shell_text()?;
                entries.iter().find(|(key, _)| **key == name).copied()
            });
            let named: Vec<(&String, &Value)> = named.collect();
            entries.retain(|entry| !named.iter().any(|(key, _)| key == &entry.0));
            entries.splice(0..0, named);
        }
        let bound = |(key, value): (&String, &Value)| {
            Value::Map(IndexMap::from([
                ("key".to_owned(), Value::Str(key.clone())),
                ("value".to_owned(), value.clone()),
            ]))
        };
        entries.into_iter().map(bound).collect()
    }
}
