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
}

impl Each {
    /// What is bound, one after the other. None when there is no list or mapping.
    pub(super) fn bindings(&self, scope: &Scope<'_>) -> Vec<Value> {
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
