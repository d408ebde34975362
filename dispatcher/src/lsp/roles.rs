//! Role names and where they are written, from the tree alone: the job need not be right.

use std::ops::Range;

use job_schema::describe::Segment;
use job_schema::yaml::Node;

use super::{locate, steps};

/// A role name in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RoleWord {
    /// The name.
    pub(super) name: String,
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// This is where the role is made.
    pub(super) definition: bool,
}

/// The names of the roles that the document makes.
pub(super) fn names(root: &Node) -> Vec<String> {
    let roles = root.at(&["protocols", "lava-multinode", "roles"]);
    let entries = roles.and_then(Node::as_map).unwrap_or_default();
    entries.iter().map(|entry| entry.key.key_text()).collect()
}

/// Every role name that is written in the document, in its order.
pub(super) fn words(root: &Node, text: &str) -> Vec<RoleWord> {
    let mut words = Vec::new();
    locate::each(root, &mut |path, child| {
        let mut add = |node: &Node, definition| {
            if let Some(range) = locate::written(node, text) {
                words.push(RoleWord {
                    name: text[range.clone()].to_owned(),
                    range,
                    definition,
                });
            }
        };
        if names_a_role(path) {
            add(child.node, false);
        } else if let (Some(key), [first, protocol, roles, _]) = (child.key, path)
            && [first, protocol, roles]
                == ["protocols", "lava-multinode", "roles"]
                    .map(Segment::from)
                    .each_ref()
        {
            add(key, true);
        } else if in_steps(path) && child.node.as_str().is_some() {
            for range in steps::role_words(text, locate::bytes(child.node.span)) {
                words.push(RoleWord {
                    name: text[range.clone()].to_owned(),
                    range,
                    definition: false,
                });
            }
        }
    });
    words.sort_by_key(|word| word.range.start);
    words
}

/// Whether a value at this path is the name of a role.
pub(super) fn names_a_role(path: &[Segment]) -> bool {
    let is = |segment: &Segment, words: &[&str]| match segment {
        Segment::Key(key) => words.contains(&key.as_str()),
        Segment::Index(_) => false,
    };
    match path {
        [first, .., key] if is(first, &["protocols"]) => is(key, &["host_role", "expect_role"]),
        [first, _, _, key, rest @ ..] if is(first, &["actions"]) && is(key, &["role"]) => {
            matches!(rest, [] | [Segment::Index(_)])
        }
        [first, .., protocol, Segment::Index(_), key] if is(first, &["actions"]) => {
            is(protocol, &["lava-multinode"]) && is(key, &["role"])
        }
        _ => false,
    }
}

fn in_steps(path: &[Segment]) -> bool {
    matches!(path, [.., Segment::Key(key), Segment::Index(_)] if key == "steps")
}
