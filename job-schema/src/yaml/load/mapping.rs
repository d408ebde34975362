//! Mappings: keys, merges, duplicates.
//!
//! In: events from the start of a mapping. Out: its node. Wrong: a key or a merge that is none.

use std::sync::Arc;

use super::super::entries::Entries;
use super::super::events::Event;
use super::super::node::{Data, Entry, Node};
use super::super::resolve::Scalar;
use super::{Loader, Result, Segment, extent};
use crate::finding::Span;

/// Entries that merge keys may copy in one document.
const MAX_MERGED: usize = 200_000;

/// A key of a mapping while it is read.
enum Key {
    Own(Node),
    Merge(Span),
}

impl<'a> Loader<'a> {
    pub(super) fn mapping(
        &mut self,
        tag: Option<&str>,
        start: Span,
        flow: bool,
        depth: u32,
    ) -> Result<Node> {
        self.expect_tag(tag, &["map", "set"], "mapping", start)?;
        let mut own = Entries::default();
        let mut merged = Entries::default();
        let mut last = None;
        let end = loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break span;
            }
            match self.key((event, span), depth)? {
                Key::Merge(at) => {
                    let event = self.next()?;
                    let source = self.node(event, depth)?;
                    last = Some(source.span);
                    self.merge(&source, at, &mut merged)?;
                }
                Key::Own(key) => {
                    if key.as_seq().is_some() || key.as_map().is_some() {
                        return Err(self.fail(
                            "J002",
                            key.span,
                            format!("{} cannot be a key", key.kind()),
                            "use a text; put text that begins with `[`, `{` or `?` in quotes",
                        ));
                    }
                    self.path.push(Segment::Key(key.clone()));
                    let event = self.next()?;
                    let value = self.node(event, depth)?;
                    last = Some(if value.span.end > value.span.start {
                        value.span
                    } else {
                        key.span
                    });
                    if let Some(first) = own.find(&key) {
                        let first = first.key.span;
                        self.duplicate(first, &key);
                    }
                    own.put(Entry { key, value });
                    self.path.pop();
                }
            }
        };
        let entries = if merged.len() == 0 {
            own.into_list()
        } else {
            own.into_list().into_iter().for_each(|e| merged.put(e));
            merged.into_list()
        };
        self.collection(Data::Map(Arc::new(entries)), extent(start, end, last, flow))
    }

    /// A key is a scalar or an alias of one; `=` is a text here, `<<` merges.
    fn key(&mut self, (event, span): (Event<'a>, Span), depth: u32) -> Result<Key> {
        let Event::Scalar { props, text, plain } = event else {
            return self.node((event, span), depth).map(Key::Own);
        };
        let scalar = match self.scalar(&props, &text, plain, span)? {
            Scalar::Merge => return Ok(Key::Merge(span)),
            Scalar::Equals => Scalar::Text,
            scalar => scalar,
        };
        let node = self.value_of(scalar, text, span)?;
        self.finish(props, node).map(Key::Own)
    }

    /// Later sources win over earlier ones, except inside one list, where earlier ones win.
    fn merge(&mut self, source: &Node, at: Span, into: &mut Entries) -> Result<()> {
        let sources: Vec<&Node> = match source.data() {
            Data::Map(_) => vec![source],
            Data::Seq(items) => items.iter().rev().collect(),
            _ => Vec::new(),
        };
        if sources.is_empty() && source.as_seq().is_none()
            || sources.iter().any(|node| node.as_map().is_none())
        {
            return Err(self.fail(
                "J002",
                source.span,
                format!(
                    "`<<` merges a mapping or a list of mappings, not {}",
                    source.kind()
                ),
                "refer to a mapping: `<<: *name`",
            ));
        }
        for entries in sources.into_iter().filter_map(Node::as_map) {
            self.merged += entries.len() + into.len();
            if self.merged > MAX_MERGED {
                return Err(self.fail(
                    "J002",
                    at,
                    format!("merge keys copy more than {MAX_MERGED} entries up to here"),
                    "write the document with fewer merges",
                ));
            }
            entries.iter().for_each(|entry| into.put(entry.clone()));
        }
        Ok(())
    }
}
