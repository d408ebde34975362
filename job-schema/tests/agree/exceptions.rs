//! Where schema and checker differ on purpose. This is the whole list.

use job_schema::Finding;
use job_schema::codes;
use job_schema::finding::Group;
use job_schema::yaml::{Data, Node};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// Findings of the group `structure` that depend on other keys of the job, which a schema of one place does not see.
const ACROSS: &[&str] = &[
    "J011", // a limit is compared with the job's
    "J020", // the job has roles, so the block needs one
    "J022", // the role that is named is looked for among the others
    "J027", // `device` and `count` of one role
    "J028", // `device_type` or roles
    "J029", // roles and top-level keys
];

/// Whether the schema says it too.
pub(crate) fn is_structural(finding: &Finding) -> bool {
    // LAVA's schemas take anything as `protocols` of a block; the reader is stricter (group `rules`), and so is the schema.
    let call = finding.path.starts_with("actions[") && finding.path.contains(".protocols");
    let by_itself = codes::find(finding.code).is_some_and(|rule| rule.group == Group::Structure);
    match finding.code {
        code if ACROSS.contains(&code) => false,
        // That some blocks name a namespace and others do not is seen across blocks only.
        "J030" => finding.message.contains("reserved"),
        // The word of a call has no other code; what else J033 says is seen across keys.
        "J033" => finding.path.ends_with(".request"),
        _ => finding.group == Group::Structure || (call && by_itself),
    }
}

/// Python counts `true` as 1, and LAVA takes floating point numbers in places; a schema that offered them would be worse
/// than one that does not. (A number like `1.0` is whole in JSON Schema and not in YAML: none is generated.)
pub(crate) fn is_python_number(error: &ValidationError<'_>) -> bool {
    let number = matches!(error.instance().as_ref(), Value::Bool(_))
        || error.instance().as_f64().is_some_and(|n| n.fract() != 0.0);
    match error.kind() {
        ValidationErrorKind::Type { kind } => number && format!("{kind:?}").contains("Integer"),
        ValidationErrorKind::AnyOf { context } => {
            let mut ways = context.iter();
            ways.any(|errors| errors.iter().all(is_python_number))
        }
        _ => false,
    }
}

/// JSON has no other keys than texts.
pub(crate) fn has_text_keys(node: &Node) -> bool {
    match node.data() {
        Data::Seq(items) => items.iter().all(has_text_keys),
        Data::Map(entries) => entries
            .iter()
            .all(|entry| entry.key.as_str().is_some() && has_text_keys(&entry.value)),
        _ => true,
    }
}
