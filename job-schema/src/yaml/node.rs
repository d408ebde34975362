//! The located tree: every key and every value knows where it is written.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Value;
use crate::finding::Span;

/// A value and where it is written. Cloning is cheap: texts and collections are shared.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it is written; of an alias, the place of the alias.
    pub span: Span,
    pub(super) data: Data,
    /// Size with every alias written out.
    pub(super) weight: u32,
    /// Levels of lists and mappings below and including this one.
    pub(super) height: u32,
}

/// What a [`Node`] holds.
#[derive(Debug, Clone)]
pub enum Data {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond 64 bits, in decimal.
    BigInt(Arc<str>),
    /// Another number.
    Float(f64),
    /// A text.
    Str(Arc<str>),
    /// A date, perhaps with a time, as written: `2026-01-31`. For Python it is no text.
    Date(Arc<str>),
    /// Binary data, in base64 as written under the tag `!!binary`. For Python it is no text.
    Binary(Arc<str>),
    /// A list.
    Seq(Arc<Vec<Node>>),
    /// A mapping: each key once, in the order PyYAML would give.
    Map(Arc<Vec<Entry>>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key: always a scalar.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Node {
    pub(super) fn new(data: Data, span: Span) -> Self {
        let (weight, height) = match &data {
            // A long text weighs more: writing it out many times costs as much as many nodes.
            Data::Str(text) | Data::BigInt(text) | Data::Date(text) | Data::Binary(text) => {
                (u32::try_from(text.len() / 32 + 1).unwrap_or(u32::MAX), 0)
            }
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::Float(_) => (1, 0),
            Data::Seq(items) => sum(items.iter()),
            Data::Map(entries) => sum(entries.iter().flat_map(|e| [&e.key, &e.value])),
        };
        Self {
            span,
            data,
            weight,
            height,
        }
    }

    /// Other data in the same place.
    pub(crate) fn with(&self, data: Data) -> Self {
        Self::new(data, self.span)
    }

    /// A mapping with these keys left out, or changed.
    pub(crate) fn map_entries(&self, mut change: impl FnMut(&Entry) -> Option<Self>) -> Self {
        let Some(entries) = self.as_map() else {
            return self.clone();
        };
        let changed = entries.iter().filter_map(|entry| {
            Some(Entry {
                key: entry.key.clone(),
                value: change(entry)?,
            })
        });
        self.with(Data::Map(Arc::new(changed.collect())))
    }

    /// What it holds.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self.data() {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn as_seq(&self) -> Option<&[Self]> {
        match self.data() {
            Data::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping.
    #[must_use]
    pub fn as_map(&self) -> Option<&[Entry]> {
        match self.data() {
            Data::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// True for `null`, `~` and nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.data(), Data::Null)
    }

    /// The entry of a mapping under a text key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_map()?
            .iter()
            .find(|entry| entry.key.as_str() == Some(key))
    }

    /// The value of a mapping under a text key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        Some(&self.entry(key)?.value)
    }

    /// The value under a path of text keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// What it is, for messages: `a list`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.data() {
            Data::Null => "nothing",
            Data::Bool(_) => "a boolean",
            Data::Int(_) | Data::BigInt(_) => "a whole number",
            Data::Float(_) => "a number",
            Data::Str(_) => "a text",
            Data::Date(_) => "a date",
            Data::Binary(_) => "binary data",
            Data::Seq(_) => "a list",
            Data::Map(_) => "a mapping",
        }
    }

    /// A key as text: numbers in decimal, booleans `true` and `false`, null `null`.
    #[must_use]
    pub fn key_text(&self) -> String {
        match self.data() {
            Data::Null => "null".to_owned(),
            Data::Bool(b) => b.to_string(),
            Data::Int(i) => i.to_string(),
            Data::Float(f) => super::float_text(*f),
            Data::Str(text) | Data::BigInt(text) | Data::Date(text) | Data::Binary(text) => {
                text.to_string()
            }
            Data::Seq(_) | Data::Map(_) => String::new(),
        }
    }

    /// The data without places.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self.data() {
            Data::Null => Value::Null,
            Data::Bool(b) => Value::Bool(*b),
            Data::Int(i) => Value::Int(*i),
            Data::Float(f) => Value::Float(*f),
            Data::Str(text) | Data::BigInt(text) | Data::Date(text) | Data::Binary(text) => {
                Value::Str(text.to_string())
            }
            Data::Seq(items) => Value::Seq(items.iter().map(Self::to_value).collect()),
            Data::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|e| (e.key.key_text(), e.value.to_value()))
                    .collect::<IndexMap<_, _>>(),
            ),
        }
    }
}

fn sum<'a>(children: impl Iterator<Item = &'a Node>) -> (u32, u32) {
    let (weight, height) = children.fold((1_u32, 0), |(weight, height), child| {
        (
            weight.saturating_add(child.weight),
            height.max(child.height),
        )
    });
    (weight, height + 1)
}
