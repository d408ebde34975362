//! `context:`: what a job sets in the device type it runs on.

mod variables;

use std::borrow::Cow;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Report, nearest};
use crate::yaml::{Data, Node, Value};

pub use variables::VARIABLES;

/// Reads `context`.
pub(crate) fn read(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Value>> {
    let Some(entries) = place.node.as_map() else {
        place.refuse("a mapping", report);
        return None;
    };
    let mut context = IndexMap::new();
    for entry in entries {
        let place = place.under(entry);
        let name = entry.key.key_text();
        if !is_of_lava(&name) && !report.variables.contains(&name) {
            let message = format!("there is no context variable `{}`", name.escape_debug());
            let more = report.variables.iter().map(String::as_str);
            let known = VARIABLES.iter().map(|(known, _)| *known).chain(more);
            let near = nearest(&name, known).map(str::to_owned);
            let finding = report.error("J006", place.path(), entry.key.span, message);
            match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
                    format!("rename it to `{near}`"),
                    entry.key.span,
                    near,
                ),
                None => finding.help("`dispatch explain context` lists the variables"),
            };
        }
        match place.node.as_seq() {
            Some(_) => {
                for item in place.items(report)? {
                    plain(&item, "a text or a whole number", report);
                }
            }
            None => plain(&place, "a text, a whole number, or a list of them", report),
        }
        context.insert(name, place.node.to_value());
    }
    Some(context)
}

fn is_of_lava(name: &str) -> bool {
    VARIABLES.iter().any(|(known, _)| *known == name)
}

/// The variables that the device types of a job allow, when the job sets one that LAVA does not know; most jobs do not.
/// `allows` gives those of a device type.
pub(crate) fn beyond_lava(root: &Node, allows: &dyn Fn(&str) -> Vec<String>) -> Vec<String> {
    let roles = root.at(&["protocols", "lava-multinode", "roles"]);
    let roles = roles.and_then(Node::as_map).unwrap_or_default();
    let parts = || roles.iter().map(|role| &role.value).chain([root]);
    let unknown = |part: &Node| {
        let context = part.get("context").and_then(Node::as_map);
        let mut keys = context.unwrap_or_default().iter();
        keys.any(|entry| !is_of_lava(&entry.key.key_text()))
    };
    if !parts().any(unknown) {
        return Vec::new();
    }
    let types: BTreeSet<&str> = parts()
        .filter_map(|part| part.get("device_type")?.as_str())
        .collect();
    types.into_iter().flat_map(allows).collect()
}

fn plain(place: &Place<'_>, expected: &str, report: &mut Report) {
    let plain = matches!(
        place.node.data(),
        Data::Str(_) | Data::Int(_) | Data::BigInt(_) | Data::Bool(_)
    );
    if !plain {
        place.refuse(expected, report);
    }
}

/// For the schema: variables of the device type.
pub(crate) struct Context;

impl JsonSchema for Context {
    fn schema_name() -> Cow<'static, str> {
        "Context".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<ContextValue>();
        let properties: serde_json::Map<_, _> = VARIABLES
            .iter()
            .map(|(name, what)| {
                let mut schema = value.clone();
                schema.insert("description".to_owned(), (*what).into());
                ((*name).to_owned(), schema.to_value())
            })
            .collect();
        json_schema!({
            "title": "context",
            "description": "What a job sets in the device type it runs on.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// For the schema: what a variable may be.
pub(crate) struct ContextValue;

impl JsonSchema for ContextValue {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ContextValue".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer", "boolean", "array"],
            "items": {"type": ["string", "integer", "boolean"]},
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn types_are_asked_only_for_what_lava_does_not_know() {
        let roles = "protocols: {lava-multinode: {roles: {x: {device_type: b, context: {fuse: 1}}, y: {device_type: a}}}}";
        for (job, asked, known) in [
            ("{device_type: a, context: {arch: arm64}}", "", ""),
            ("{device_type: a, context: [fuse]}", "", ""),
            ("[]", "", ""),
            ("{context: {fuse: 1}}", "", ""),
            ("{device_type: a, context: {fuse: 1}}", "a", "of-a"),
            (roles, "a b", "of-a of-b"),
        ] {
            let names = RefCell::new(Vec::new());
            let allows = |of: &str| {
                names.borrow_mut().push(of.to_owned());
                vec![format!("of-{of}")]
            };
            let root = crate::yaml::load(job).unwrap().root;
            assert_eq!(beyond_lava(&root, &allows).join(" "), known, "{job}");
            assert_eq!(names.borrow().join(" "), asked, "{job}");
        }
    }
}
