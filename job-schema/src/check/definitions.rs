//! Names of test definitions: results are told apart by them.

use std::collections::HashMap;

use super::outline::{Outline, name};
use crate::finding::Span;
use crate::read::Report;

pub(super) fn check(job: &Outline<'_>, report: &mut Report) {
    // By namespace, role and name.
    let mut seen: HashMap<(&str, &str, &str), Span> = HashMap::new();
    for block in &job.blocks {
        let mut roles: Vec<&str> = block.roles.iter().map(|role| role.text).collect();
        if roles.is_empty() {
            roles.push("");
        }
        for (at, definition) in block.definitions().iter().enumerate() {
            let Some(name) = definition.get("name").and_then(name) else {
                continue;
            };
            let key = |role| (block.namespace(), role, name.text);
            if let Some(first) = roles.iter().find_map(|role| seen.get(&key(*role))) {
                let message = format!(
                    "two test definitions have the name `{}`",
                    name.text.escape_debug()
                );
                let path = format!("{}.definitions[{at}].name", block.path());
                report
                    .error("J053", path, name.span, message)
                    .see(*first, "the first one")
                    .help("give each definition of a role and namespace a name of its own");
            }
            for role in &roles {
                seen.entry(key(role)).or_insert(name.span);
            }
        }
    }
}
