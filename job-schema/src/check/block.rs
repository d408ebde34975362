//! A block of `actions` as far as it can be told from the text.

use std::time::Duration;

use super::outline::{Name, name};
use crate::action::{Action, COMMON};
use crate::finding::Span;
use crate::timeout;
use crate::yaml::{Data, Entry, Node};

/// A block of `actions`.
#[derive(Debug)]
pub(super) struct Block<'a> {
    index: usize,
    /// `deploy`, `boot` …
    pub(super) word: &'a str,
    /// Where the word stands.
    pub(super) span: Span,
    pub(super) node: &'a Node,
    pub(super) roles: Vec<Name<'a>>,
}

impl<'a> Block<'a> {
    /// `actions[1].deploy`
    pub(super) fn path(&self) -> String {
        format!("actions[{}].{}", self.index, self.word)
    }

    pub(super) fn text(&self, key: &str) -> Option<Name<'a>> {
        name(self.node.get(key)?)
    }

    pub(super) fn namespace(&self) -> &'a str {
        self.text("namespace").map_or(COMMON, |name| name.text)
    }

    /// `to` or `method`, or the form of a test.
    pub(super) fn method(&self) -> Option<&'a str> {
        match self.word {
            "deploy" => self.text("to").map(|name| name.text),
            "boot" => self.text("method").map(|name| name.text),
            "test" if self.node.get("definitions").is_some() => {
                let docker = self.node.get("docker").is_some();
                Some(if docker { "docker" } else { "definitions" })
            }
            "test" => ["monitors", "interactive", "services", "lkp"]
                .into_iter()
                .find(|form| self.node.get(form).is_some()),
            _ => Some(""),
        }
    }

    pub(super) fn is(&self, word: &str, method: &str) -> bool {
        self.word == word && self.method() == Some(method)
    }

    /// The block's own `timeout`.
    pub(super) fn limit(&self) -> Option<Duration> {
        timeout::told(self.node.get("timeout")?)
    }

    pub(super) fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|name| name.text == role)
    }

    /// Whether some node runs both blocks.
    pub(super) fn shares_node(&self, other: &Self) -> bool {
        self.roles.is_empty() && other.roles.is_empty()
            || self.roles.iter().any(|role| other.has_role(role.text))
    }

    /// The calls on the bus.
    pub(super) fn calls(&self) -> &'a [Node] {
        let calls = self.node.at(&["protocols", "lava-multinode"]);
        calls.and_then(Node::as_seq).unwrap_or_default()
    }

    /// The test definitions.
    pub(super) fn definitions(&self) -> &'a [Node] {
        let list = self.node.get("definitions").filter(|_| self.word == "test");
        list.and_then(Node::as_seq).unwrap_or_default()
    }
}

/// Reads a block; `whole` becomes false when something about it cannot be told.
pub(super) fn block<'a>(index: usize, entry: &'a Entry, whole: &mut bool) -> Option<Block<'a>> {
    let node = &entry.value;
    node.as_map()?;
    let word = entry.key.as_str()?;
    *whole &= Action::WORDS.contains(&word);
    *whole &= node.get("namespace").is_none_or(|n| n.as_str().is_some());
    let roles = match node.get("role") {
        None => Vec::new(),
        Some(node) => match node.data() {
            Data::Str(_) => name(node).into_iter().collect(),
            Data::Seq(items) => {
                *whole &= items.iter().all(|item| item.as_str().is_some());
                items.iter().filter_map(name).collect()
            }
            _ => {
                *whole = false;
                Vec::new()
            }
        },
    };
    let block = Block {
        index,
        word,
        span: entry.key.span,
        node,
        roles,
    };
    *whole &= block.method().is_some();
    Some(block)
}
