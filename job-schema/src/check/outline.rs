//! The blocks and roles of a job as far as they can be told from the text.
//!
//! In: the located text. Out: what the rules look at. A block that cannot be read as its type is in it all the same:
//! a slip of the pen in one block silences no rule about another. What is missing counts only in an outline that is
//! [`whole`](Outline::whole): of an odd block nobody can say what it would have been.

use std::time::Duration;

pub(super) use super::block::Block;
use super::block::block;
use crate::finding::Span;
use crate::timeout;
use crate::yaml::{Data, Entry, Node};

/// A text of the job and where it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
}

/// What the rules look at.
#[derive(Debug)]
pub(super) struct Outline<'a> {
    pub(super) root: &'a Node,
    /// `lava-multinode`; absent in a single-node job.
    pub(super) multinode: Option<&'a Node>,
    pub(super) roles: Vec<Role<'a>>,
    pub(super) blocks: Vec<Block<'a>>,
    /// Every block and role could be told: what is not here is not in the job.
    pub(super) whole: bool,
}

/// A role of a multinode job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role<'a> {
    pub(super) name: Name<'a>,
    pub(super) node: &'a Node,
}

impl<'a> Outline<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        let mut whole = true;
        let multinode = root
            .at(&["protocols", "lava-multinode"])
            .filter(|node| !is_empty(node));
        // In the part of one node the roles are others than in the job that it was cut out of.
        let multinode = multinode.filter(|node| {
            let part = node.get("target_group").is_some();
            whole &= !part;
            !part
        });
        let roles = multinode.map_or_else(Vec::new, |node| roles(node, &mut whole));
        let mut blocks = Vec::new();
        let entries = root.get("actions").and_then(Node::as_seq);
        whole &= entries.is_some();
        for (index, entry) in entries.unwrap_or_default().iter().enumerate() {
            let Some(entries) = entry.as_map() else {
                whole = false;
                continue;
            };
            whole &= !entries.is_empty();
            for entry in entries {
                match block(index, entry, &mut whole) {
                    Some(block) => blocks.push(block),
                    None => whole = false,
                }
            }
        }
        Self {
            root,
            multinode,
            roles,
            blocks,
            whole,
        }
    }

    pub(super) fn role(&self, name: &str) -> Option<&Role<'a>> {
        self.roles.iter().find(|role| role.name.text == name)
    }

    /// Blocks before this one that some node runs too, in the same namespace.
    pub(super) fn before<'o>(
        &'o self,
        block: &'o Block<'a>,
    ) -> impl Iterator<Item = &'o Block<'a>> {
        self.blocks
            .iter()
            .take_while(|other| !std::ptr::eq(*other, block))
            .filter(|other| other.namespace() == block.namespace() && other.shares_node(block))
    }

    /// Blocks after this one that some node runs too, in the same namespace.
    pub(super) fn after<'o>(&'o self, block: &'o Block<'a>) -> impl Iterator<Item = &'o Block<'a>> {
        self.blocks
            .iter()
            .skip_while(|other| !std::ptr::eq(*other, block))
            .skip(1)
            .filter(|other| other.namespace() == block.namespace() && other.shares_node(block))
    }

    /// No person writes so much; rules that compare everything with everything would take long.
    pub(super) fn is_huge(&self) -> bool {
        const MOST: usize = 500;
        let limits = |node: Option<&Node>, key| entries(node, key).len();
        let top = self.root.get("timeouts");
        let blocks = self.blocks.iter();
        let mentions: usize = blocks.clone().map(|block| block.roles.len()).sum();
        let by_block: usize = blocks
            .map(|block| limits(Some(block.node), "timeouts"))
            .sum();
        let by_step = limits(top, "actions") + limits(top, "connections") + by_block;
        // Files that are downloaded, and what refers to them.
        let images: usize = self
            .blocks
            .iter()
            .map(|block| limits(Some(block.node), "images"))
            .sum();
        let calls: usize = self.blocks.iter().map(|block| block.calls().len()).sum();
        [
            self.blocks.len(),
            self.roles.len(),
            mentions,
            by_step,
            calls,
            images,
        ]
        .iter()
        .any(|count| *count > MOST)
    }

    /// The job does not speak of roles at all.
    pub(super) fn is_single(&self) -> bool {
        self.root.get("protocols").is_none_or(|protocols| {
            protocols.as_map().is_some() && protocols.get("lava-multinode").is_none()
        })
    }

    /// `timeouts: job`.
    pub(super) fn job_limit(&self) -> Option<(Duration, Span)> {
        let entry = self.root.get("timeouts")?.entry("job")?;
        Some((timeout::told(&entry.value)?, entry.key.span))
    }
}

impl<'a> Role<'a> {
    /// Its nodes are connections to the device of another role.
    pub(super) fn is_guest(&self) -> bool {
        let has = |key| self.node.get(key).is_some();
        !has("device_type") && (has("connection") || has("host_role"))
    }

    pub(super) fn text(&self, key: &str) -> Option<Name<'a>> {
        name(self.node.get(key)?)
    }

    /// How many nodes play it, if that is written.
    pub(super) fn count(&self) -> Option<i64> {
        match self.node.get("count")?.data() {
            Data::Int(count) => Some(*count),
            Data::Bool(yes) => Some(i64::from(*yes)),
            _ => None,
        }
    }

    pub(super) fn path(&self) -> String {
        format!("protocols.lava-multinode.roles.{}", self.name.text)
    }
}

/// The entries of the mapping under a key.
pub(super) fn entries<'a>(node: Option<&'a Node>, key: &str) -> &'a [Entry] {
    let node = node.and_then(|node| node.get(key));
    node.and_then(Node::as_map).unwrap_or_default()
}

pub(super) fn name(node: &Node) -> Option<Name<'_>> {
    Some(Name {
        text: node.as_str()?,
        span: node.span,
    })
}

fn roles<'a>(multinode: &'a Node, whole: &mut bool) -> Vec<Role<'a>> {
    let Some(entries) = multinode.get("roles").and_then(Node::as_map) else {
        *whole = false;
        return Vec::new();
    };
    let mut role = |entry: &'a Entry| {
        *whole &= entry.value.as_map().is_some();
        Some(Role {
            name: name(&entry.key)?,
            node: &entry.value,
        })
    };
    let roles: Vec<_> = entries.iter().filter_map(&mut role).collect();
    *whole &= roles.len() == entries.len();
    roles
}

/// What Python takes for nothing.
pub(super) fn is_empty(node: &Node) -> bool {
    match node.data() {
        Data::Null => true,
        Data::Map(entries) => entries.is_empty(),
        Data::Seq(items) => items.is_empty(),
        Data::Str(text) => text.is_empty(),
        _ => false,
    }
}
