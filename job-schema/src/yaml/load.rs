//! Events to a tree: aliases, merge keys, duplicate keys, limits.
//!
//! In: text. Out: the document's [`Node`] and warnings. Wrong: a finding with a place when the text is no
//! YAML, no plain data, or passes a limit. No alias is ever written out: it is a shared pointer, and every
//! node knows its size and height as if it were.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::events::{Event, Events, Props};
use super::node::{Data, Node};
use super::resolve::{self, Scalar};
use crate::finding::{Finding, Span};

/// Levels of lists and mappings, aliases written out.
pub(super) const MAX_DEPTH: u32 = 128;
/// Nodes of a document, aliases written out; long texts count more.
const MAX_WEIGHT: u32 = 4_000_000;
/// A document and what is odd about it.
#[derive(Debug)]
pub struct Document {
    /// The content; an empty file is null.
    pub root: Node,
    /// Warnings: keys written twice.
    pub findings: Vec<Finding>,
}

/// Reads a file of one document.
///
/// # Errors
/// One finding when the text is not YAML, is not plain data, or passes a limit.
pub fn load(text: &str) -> Result<Document, Box<Finding>> {
    let mut loader = Loader {
        events: Events::new(text),
        anchors: HashMap::new(),
        path: Vec::new(),
        merged: 0,
        findings: Vec::new(),
    };
    let root = loader.document()?;
    Ok(Document {
        root,
        findings: loader.findings,
    })
}

mod anchors;
mod mapping;
mod refusal;

type Result<T, E = Box<Finding>> = std::result::Result<T, E>;

struct Loader<'a> {
    events: Events<'a>,
    /// `None` while the anchored node is being read.
    anchors: HashMap<String, (Span, Option<Node>)>,
    path: Vec<Segment>,
    merged: usize,
    findings: Vec<Finding>,
}

enum Segment {
    Key(Node),
    Index(usize),
}

impl<'a> Loader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span)> {
        self.events.next()
    }

    fn document(&mut self) -> Result<Node> {
        let (event, span) = self.next()?;
        if matches!(event, Event::StreamEnd) {
            return Ok(Node::new(Data::Null, span));
        }
        let first = self.next()?;
        let root = self.node(first, 0)?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(root),
            (_, span) => Err(self.fail(
                "J001",
                span,
                "a second document begins here".to_owned(),
                "keep one document in a file: remove the `---` and what follows it",
            )),
        }
    }

    fn node(&mut self, (event, span): (Event<'a>, Span), depth: u32) -> Result<Node> {
        match event {
            Event::Alias(name) => self.alias(&name, span, depth),
            Event::Scalar { props, text, plain } => {
                let scalar = self.scalar(&props, &text, plain, span)?;
                let node = self.value_of(scalar, text, span)?;
                self.finish(props, node)
            }
            Event::SequenceStart { props, flow } => {
                self.open(&props, span, depth)?;
                let node = self.sequence(tag(&props), span, flow, depth + 1)?;
                self.finish(props, node)
            }
            Event::MappingStart { props, flow } => {
                self.open(&props, span, depth)?;
                let node = self.mapping(tag(&props), span, flow, depth + 1)?;
                self.finish(props, node)
            }
            Event::DocumentStart | Event::SequenceEnd | Event::MappingEnd | Event::StreamEnd => {
                Err(self.fail(
                    "J001",
                    span,
                    "a value is missing here".to_owned(),
                    "compare the indentation and the brackets with the lines before",
                ))
            }
        }
    }

    fn sequence(&mut self, tag: Option<&str>, start: Span, flow: bool, depth: u32) -> Result<Node> {
        self.expect_tag(tag, &["seq", "omap", "pairs"], "list", start)?;
        let mut items = Vec::new();
        let end = loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                break span;
            }
            self.path.push(Segment::Index(items.len()));
            items.push(self.node((event, span), depth)?);
            self.path.pop();
        };
        let last = items.last().map(|node: &Node| node.span);
        self.collection(Data::Seq(Arc::new(items)), extent(start, end, last, flow))
    }

    fn scalar(&mut self, props: &Props, text: &str, plain: bool, span: Span) -> Result<Scalar> {
        let scalar = match tag(props) {
            None | Some("!") if plain => resolve::plain(text),
            None | Some("!") => Ok(Scalar::Text),
            Some(tag) => tag
                .strip_prefix("tag:yaml.org,2002:")
                .and_then(|short| resolve::tagged(short, text))
                .ok_or_else(|| self.bad_tag(tag, "text", span))?,
        };
        scalar.map_err(|message| {
            self.fail("J002", span, message, "put it in quotes to make it a text")
        })
    }

    fn value_of(&self, scalar: Scalar, text: Cow<'a, str>, span: Span) -> Result<Node> {
        let data = match scalar {
            Scalar::Null => Data::Null,
            Scalar::Bool(b) => Data::Bool(b),
            Scalar::Int(i) => Data::Int(i),
            Scalar::BigInt(digits) => Data::BigInt(digits.into()),
            Scalar::Float(f) => Data::Float(f),
            Scalar::Text => Data::Str(text.into()),
            Scalar::Date => Data::Date(text.into()),
            Scalar::Binary => Data::Binary(text.into()),
            Scalar::Merge | Scalar::Equals => {
                return Err(self.fail(
                    "J002",
                    span,
                    "`<<` and `=` have a meaning of their own and cannot be a value".to_owned(),
                    "put it in quotes to make it a text",
                ));
            }
        };
        Ok(Node::new(data, span))
    }

    fn collection(&self, data: Data, span: Span) -> Result<Node> {
        let node = Node::new(data, span);
        if node.weight > MAX_WEIGHT {
            return Err(self.fail(
                "J002",
                span,
                format!("with its aliases written out this is larger than {MAX_WEIGHT} values"),
                "use fewer aliases of aliases",
            ));
        }
        Ok(node)
    }
}

fn tag(props: &Props) -> Option<&str> {
    props.as_ref()?.tag.as_deref()
}

/// The parser ends a block where the next token begins; a reader wants it to end with its last line.
fn extent(start: Span, end: Span, last: Option<Span>, flow: bool) -> Span {
    let end = match last {
        Some(last) if !flow => last.end.max(start.end),
        _ => end.end,
    };
    Span {
        end: end.max(start.start),
        ..start
    }
}
