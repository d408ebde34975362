//! Anchors and the aliases that repeat them.

use super::super::events::Props;
use super::super::node::Node;
use super::{Loader, MAX_DEPTH, Result};
use crate::finding::Span;

impl Loader<'_> {
    /// The node that an alias repeats, at the place of the alias.
    pub(super) fn alias(&mut self, name: &str, span: Span, depth: u32) -> Result<Node> {
        let node = match self.anchors.get(name) {
            Some((_, Some(node))) => node.clone(),
            Some((anchor, None)) => {
                let anchor = *anchor;
                let mut finding = self.fail(
                    "J002",
                    span,
                    format!("`*{name}` contains itself"),
                    "an alias can only repeat what is complete before it",
                );
                finding
                    .related
                    .push((anchor, "the anchor is here".to_owned()));
                return Err(finding);
            }
            None => {
                return Err(self.fail(
                    "J001",
                    span,
                    format!("`*{name}` repeats an anchor `&{name}` that is not written before it"),
                    "put a text that begins with `*` in quotes",
                ));
            }
        };
        if depth + node.height > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Node { span, ..node })
    }

    /// A list or mapping begins: what it contains cannot repeat it.
    pub(super) fn open(&mut self, props: &Props, span: Span, depth: u32) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        if let Some(name) = props.as_ref().and_then(|p| p.anchor.as_ref()) {
            self.unused(name, span)?;
            self.anchors.insert(name.clone(), (span, None));
        }
        Ok(())
    }

    /// Keeps a whole node under its anchor, if it has one.
    pub(super) fn finish(&mut self, props: Props, node: Node) -> Result<Node> {
        let Some(props) = props else {
            return Ok(node);
        };
        if let Some(name) = props.anchor {
            if node.as_seq().is_none() && node.as_map().is_none() {
                self.unused(&name, node.span)?;
            }
            self.anchors.insert(name, (node.span, Some(node.clone())));
        }
        Ok(node)
    }
}
