//! `priority:`: a word, or a number.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Integer, Place, Read, Report, nearest, one_of};

/// How urgent a job is: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(pub u8);

impl Default for Priority {
    fn default() -> Self {
        Self(50)
    }
}

const PRIORITIES: &[&str] = &["high", "medium", "low"];

pub(super) fn read(place: &Place<'_>, report: &mut Report) -> Option<Priority> {
    let Some(word) = place.node.as_str() else {
        let number = Integer::read(place, report)?.0;
        let priority = u8::try_from(number).ok().filter(|p| *p <= 100);
        if priority.is_none() {
            let message = format!("expected a priority from 0 to 100, found {number}");
            report.error("J005", place.path(), place.node.span, message);
        }
        return priority.map(Priority);
    };
    match word {
        "high" => Some(Priority(100)),
        "medium" => Some(Priority(50)),
        "low" => Some(Priority(0)),
        _ => {
            let message = format!(
                "expected {} or a number from 0 to 100, found `{}`",
                one_of(PRIORITIES),
                word.escape_debug()
            );
            let finding = report.error("J005", place.path(), place.node.span, message);
            if let Some(near) = nearest(word, PRIORITIES.iter().copied()) {
                finding.help(format!("did you mean `{near}`?"));
            }
            None
        }
    }
}

/// For the schema: the values of `priority`.
pub(super) struct PriorityWord;

impl JsonSchema for PriorityWord {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Priority".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"oneOf": [
                {"const": "high", "description": "100"},
                {"const": "medium", "description": "50"},
                {"const": "low", "description": "0"},
            ]},
            {"type": "integer", "minimum": 0, "maximum": 100},
        ]})
    }
}
