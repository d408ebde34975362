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
    /// Path of a list of keys that come first, in that order.
    pub(super) first: Option<String>,
    /// Of a list: the name that each element's place is bound to, from 0.
    pub(super) number: Option<String>,
}

impl Each {
    /// What is bound, one after the other. None when there is no list or mapping.
    pub(super) fn bindings(&self, scope: &Scope<'_>) -> Vec<Value> {
        let mut entries: Vec<(String, Value)> = match scope.get(&self.r#in) {
            Some(Value::Seq(list)) => return list.clone(),
            Some(Value::Map(map)) => map.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        if self.sorted {
            entries.sort_by(|a, b| a.0.cmp(&b.0));
        }
        if let Some(Value::Seq(first)) = self.first.as_ref().and_then(|path| scope.get(path)) {
            let first: Vec<String> = first.iter().filter_map(Value::as_shell_text).collect();
            let place = |key: &str| first.iter().position(|f| f == key).unwrap_or(usize::MAX);
            entries.sort_by_key(|(key, _)| place(key));
        }
        let bound = |(key, value)| {
            Value::Map(IndexMap::from([
                ("key".to_owned(), Value::Str(key)),
                ("value".to_owned(), value),
            ]))
        };
        entries.into_iter().map(bound).collect()
    }
}
