//! Readers of plain values.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::place::Place;
use super::report::Report;
use super::{FromKeys, Keys, Read};
use crate::yaml::{Data, Spanned, Value};

impl Read for String {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        place.str(report).map(str::to_owned)
    }
}

impl Read for bool {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        match place.node.data() {
            Data::Bool(value) => Some(*value),
            _ => {
                place.refuse("`true` or `false`", report);
                None
            }
        }
    }
}

impl Read for Value {
    fn read(place: &Place<'_>, _: &mut Report) -> Option<Self> {
        Some(place.node.to_value())
    }
}

impl<T: Read> Read for Spanned<T> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        Some(Self {
            value: T::read(place, report)?,
            span: place.node.span,
        })
    }
}

impl<T: Read> Read for Box<T> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        T::read(place, report).map(Box::new)
    }
}

impl<T: FromKeys> FromKeys for Box<T> {
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        T::from_keys(keys, report).map(Box::new)
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Anything.
impl JsonSchema for Value {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        // All of them are read before the first failure counts: each one is reported.
        let items: Vec<_> = place
            .items(report)?
            .map(|item| T::read(&item, report))
            .collect();
        items.into_iter().collect()
    }
}

impl<T: Read> Read for IndexMap<String, T> {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut values = Self::new();
        let mut whole = true;
        for (key, place) in place.entries(report)? {
            match T::read(&place, report) {
                Some(value) => drop(values.insert(key.value, value)),
                None => whole = false,
            }
        }
        whole.then_some(values)
    }
}

impl Place<'_> {
    /// A mapping of scalars, as a shell variable shows them. Nothing at all is an empty mapping.
    pub(crate) fn shell_texts(&self, report: &mut Report) -> Option<IndexMap<String, String>> {
        if self.node.is_null() {
            return Some(IndexMap::new());
        }
        let Some(entries) = self.node.as_map() else {
            self.refuse("a mapping", report);
            return None;
        };
        let mut texts = IndexMap::new();
        for entry in entries {
            let place = self.under(entry);
            match place.node.to_value().as_shell_text() {
                Some(text) => drop(texts.insert(entry.key.key_text(), text)),
                None => {
                    let message =
                        format!("expected a text or a number, found {}", place.node.kind());
                    report
                        .warning("J051", place.path(), place.span(), message)
                        .help("it is left out; write the value as one text");
                }
            }
        }
        Some(texts)
    }
}

impl Keys<'_> {
    /// Reads an optional key.
    pub(crate) fn read<T: Read>(&mut self, key: &'static str, report: &mut Report) -> Option<T> {
        let place = self.get(key)?;
        T::read(&place, report)
    }

    /// Reads a required key.
    pub(crate) fn require<T: Read>(&mut self, key: &'static str, report: &mut Report) -> Option<T> {
        let place = self.need(key)?;
        T::read(&place, report)
    }
}
