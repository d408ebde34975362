//! What stands at a byte of a document.

use std::ops::Range;

use job_schema::Span;
use job_schema::describe::Segment;
use job_schema::yaml::{Data, Node};

/// A key or a value of a document.
#[derive(Debug)]
pub(super) struct Spot<'n> {
    /// The key path of the value.
    pub(super) path: Vec<Segment>,
    /// The value.
    pub(super) node: &'n Node,
    /// The key, when the byte is in it.
    pub(super) key: Option<&'n Node>,
}

impl Spot<'_> {
    /// What the byte is in: the key, or the value.
    pub(super) fn range(&self) -> Range<usize> {
        bytes(self.key.map_or(self.node.span, |key| key.span))
    }
}

/// The innermost key or value at a byte.
pub(super) fn at(root: &Node, byte: usize) -> Option<Spot<'_>> {
    let mut path = Vec::new();
    let mut node = root;
    loop {
        let mut inner = None;
        for child in children(node) {
            if let Some(key) = child.key.filter(|key| holds(key.span, byte)) {
                path.push(child.segment());
                return Some(Spot {
                    path,
                    node: child.node,
                    key: Some(key),
                });
            }
            if holds(child.node.span, byte) && !child.node.is_null() {
                inner = Some(child);
            }
        }
        match inner {
            Some(child) => {
                path.push(child.segment());
                node = child.node;
            }
            None if holds(node.span, byte) => {
                return Some(Spot {
                    path,
                    node,
                    key: None,
                });
            }
            None => return None,
        }
    }
}

/// An entry of a list or a mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child<'n> {
    /// The key, in a mapping.
    pub(super) key: Option<&'n Node>,
    index: usize,
    /// The value.
    pub(super) node: &'n Node,
}

impl Child<'_> {
    /// Its step of a key path.
    pub(super) fn segment(&self) -> Segment {
        match self.key {
            Some(key) => Segment::Key(key.key_text()),
            None => Segment::Index(self.index),
        }
    }
}

/// The entries that are written inside a list or a mapping; what an alias repeats or a merge brings is not.
pub(super) fn children(node: &Node) -> impl Iterator<Item = Child<'_>> {
    let (items, entries) = match node.data() {
        Data::Seq(items) => (items.as_slice(), [].as_slice()),
        Data::Map(entries) => ([].as_slice(), entries.as_slice()),
        _ => ([].as_slice(), [].as_slice()),
    };
    let outer = node.span;
    let items = items.iter().enumerate().map(|(index, node)| Child {
        key: None,
        index,
        node,
    });
    let entries = entries.iter().map(|entry| Child {
        key: Some(&entry.key),
        index: 0,
        node: &entry.value,
    });
    items.chain(entries).filter(move |child| {
        let first = child.key.unwrap_or(child.node).span;
        // Nothing as a value is written behind the mapping's last key.
        let last = if child.node.is_null() {
            first
        } else {
            child.node.span
        };
        outer.start <= first.start && last.end <= outer.end
    })
}

/// Calls `visit` with every key and value that is written in the document, and the path.
pub(super) fn each(root: &Node, visit: &mut impl FnMut(&[Segment], Child<'_>)) {
    fn below(node: &Node, path: &mut Vec<Segment>, visit: &mut impl FnMut(&[Segment], Child<'_>)) {
        for child in children(node) {
            path.push(child.segment());
            visit(path, child);
            below(child.node, path, visit);
            path.pop();
        }
    }
    below(root, &mut Vec::new(), visit);
}

/// Where a scalar's own text is written letter by letter: without quotes and anchor. `None` for an alias or an escape.
pub(super) fn written(node: &Node, text: &str) -> Option<Range<usize>> {
    let value = node.as_str()?;
    let raw = text.get(bytes(node.span))?;
    let before = raw.len().checked_sub(value.len())?;
    let start = match before {
        0 => 0,
        _ if raw.ends_with(['"', '\'']) => before - 1,
        _ if raw.starts_with('&') => before,
        _ => return None,
    };
    let range = node.span.start + start..node.span.start + start + value.len();
    (text.get(range.clone()) == Some(value)).then_some(range)
}

/// The bytes of a span.
pub(super) fn bytes(span: Span) -> Range<usize> {
    span.start..span.end.max(span.start)
}

fn holds(span: Span, byte: usize) -> bool {
    span.start <= byte && byte <= span.end
}
