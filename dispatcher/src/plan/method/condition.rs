//! `when:` and `needs:` of method files.

use job_schema::yaml::Value;
use regex_automata::meta::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::each::Each;
use super::scope::Scope;

/// A question to a block and its device.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "this is no condition: one is a path, or {has: …}, {not: …}, {all: […]}, {any: […]}, {path: …, is: …} and the like (docs/methods.md, Conditions)"
)]
pub(super) enum Condition {
    /// A path: what it leads to is there and is not false, 0 or empty, as Python sees it.
    True(String),
    /// What the path leads to is there, whatever it is.
    Has {
        /// The path.
        has: String,
    },
    /// It is not there, or there and true: for keys whose default is `true`.
    UnsetOr {
        /// The path.
        unset_or: String,
    },
    /// It is a text, and not an empty one.
    Text {
        /// The path.
        text: String,
    },
    /// The opposite.
    Not {
        /// Of this.
        not: Box<Self>,
    },
    /// Every one holds.
    All {
        /// Of these.
        all: Vec<Self>,
    },
    /// At least one holds.
    Any {
        /// Of these.
        any: Vec<Self>,
    },
    /// What the path leads to equals a value.
    Is {
        /// The path.
        path: String,
        /// The value.
        is: serde_json::Value,
    },
    /// What the path leads to is a list, a mapping or a text that has this value in it.
    Contains {
        /// The path.
        path: String,
        /// The element, key or part.
        contains: String,
    },
    /// What the path leads to is one of these values.
    In {
        /// The path.
        path: String,
        /// The values.
        r#in: Vec<serde_json::Value>,
    },
    /// What the path leads to is a text that this finds something in.
    Matches {
        /// The path.
        path: String,
        /// A regular expression.
        matches: Pattern,
    },
    /// Of a list or a mapping that has any, every element.
    Every {
        /// What it goes over.
        every: Each,
        /// What must hold of each.
        meets: Box<Self>,
    },
}

/// A regular expression.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub(super) struct Pattern(Regex);

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let pattern = Regex::new(&text).map_err(|e| format!("`{text}` is no pattern: {e}"))?;
        Ok(Self(pattern))
    }
}

impl Condition {
    /// Whether it holds.
    pub(super) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::True(path) => scope.get(path).is_some_and(truth),
            Self::Has { has } => scope.get(has).is_some(),
            Self::UnsetOr { unset_or } => scope.get(unset_or).is_none_or(truth),
            Self::Text { text } => {
                matches!(scope.get(text), Some(Value::Str(text)) if !text.is_empty())
            }
            Self::Not { not } => !not.holds(scope),
            Self::All { all } => all.iter().all(|c| c.holds(scope)),
            Self::Any { any } => any.iter().any(|c| c.holds(scope)),
            Self::Is { path, is } => scope.get(path).is_some_and(|v| serde_json::json!(v) == *is),
            Self::Contains { path, contains } => {
                scope.get(path).is_some_and(|v| within(v, contains))
            }
            Self::In { path, r#in } => scope
                .get(path)
                .is_some_and(|v| r#in.contains(&serde_json::json!(v))),
            Self::Matches { path, matches } => {
                matches!(scope.get(path), Some(Value::Str(text)) if matches.0.is_match(text))
            }
            Self::Every { every, meets } => {
                let mut all = every.scopes(scope);
                all.len() > 0 && all.all(|one| meets.holds(&one))
            }
        }
    }
}

impl Condition {
    /// Whether it holds for a device whatever the job says; `None`: that depends on the job.
    pub(super) fn settled(&self, scope: &Scope<'_>) -> Option<bool> {
        let of_device = |path: &str| {
            let root = path.split('.').next().unwrap_or_default();
            matches!(root, "device" | "method") && !path.contains('{')
        };
        match self {
            Self::Not { not } => not.settled(scope).map(|holds| !holds),
            Self::All { all } => together(all, scope, false),
            Self::Any { any } => together(any, scope, true),
            Self::True(path)
            | Self::Has { has: path }
            | Self::UnsetOr { unset_or: path }
            | Self::Text { text: path }
            | Self::Is { path, .. }
            | Self::Contains { path, .. }
            | Self::In { path, .. }
            | Self::Matches { path, .. } => of_device(path).then(|| self.holds(scope)),
            // What is asked of each element may be about the job, so the elements alone settle nothing.
            Self::Every { .. } => None,
        }
    }
}

/// `decisive` where one of them is; its opposite where all are; else it depends.
fn together(all: &[Condition], scope: &Scope<'_>, decisive: bool) -> Option<bool> {
    let answers: Vec<Option<bool>> = all.iter().map(|one| one.settled(scope)).collect();
    if answers.contains(&Some(decisive)) {
        return Some(decisive);
    }
    (!answers.contains(&None)).then_some(!decisive)
}

fn within(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Seq(list) => list
            .iter()
            .any(|v| matches!(v, Value::Str(s) if s == wanted)),
        Value::Map(map) => map.contains_key(wanted),
        Value::Str(text) => text.contains(wanted),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
    }
}

/// Python's truth, by which LAVA decides.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(i) => *i != 0,
        Value::Float(f) => *f != 0.0,
        Value::Str(s) => !s.is_empty(),
        Value::Seq(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}
