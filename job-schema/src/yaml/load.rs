//! Events to a tree: aliases, merge keys, duplicate keys, limits.
//!
//! In: text. Out: the document's [`Node`] and warnings. Wrong: a finding with a place when the text is no
//! YAML, no plain data, or passes a limit. No alias is ever written out: it is a shared pointer, and every
//! node knows its size and height as if it were.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::entries::Entries;
use super::events::{Event, Events, Props};
use super::node::{Data, Entry, Node};
use super::resolve::{self, Scalar};
use crate::finding::{Finding, Severity, Span};

/// Levels of lists and mappings, aliases written out.
const MAX_DEPTH: u32 = 128;
/// Nodes of a document, aliases written out; long texts count more.
const MAX_WEIGHT: u32 = 4_000_000;
/// Entries that merge keys may copy in one document.
const MAX_MERGED: usize = 200_000;

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

/// A key of a mapping while it is read.
enum Key {
    Own(Node),
    Merge(Span),
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

    fn mapping(&mut self, tag: Option<&str>, start: Span, flow: bool, depth: u32) -> Result<Node> {
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

    fn alias(&mut self, name: &str, span: Span, depth: u32) -> Result<Node> {
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

    fn open(&mut self, props: &Props, span: Span, depth: u32) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        if let Some(name) = props.as_ref().and_then(|p| p.anchor.as_ref()) {
            self.unused(name, span)?;
            self.anchors.insert(name.clone(), (span, None));
        }
        Ok(())
    }

    fn finish(&mut self, props: Props, node: Node) -> Result<Node> {
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

    fn unused(&self, name: &str, span: Span) -> Result<()> {
        let Some((first, _)) = self.anchors.get(name) else {
            return Ok(());
        };
        let mut finding = self.fail(
            "J001",
            span,
            format!("the anchor `&{name}` is written twice"),
            "give each anchor a name of its own",
        );
        finding
            .related
            .push((*first, "first written here".to_owned()));
        Err(finding)
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

    fn expect_tag(
        &self,
        tag: Option<&str>,
        allowed: &[&str],
        what: &str,
        span: Span,
    ) -> Result<()> {
        match tag {
            None | Some("!") => Ok(()),
            Some(tag) => match tag.strip_prefix("tag:yaml.org,2002:") {
                Some(short) if allowed.contains(&short) => Ok(()),
                _ => Err(self.bad_tag(tag, what, span)),
            },
        }
    }

    fn duplicate(&mut self, first: Span, second: &Node) {
        let message = format!(
            "`{}` is written twice; the last one counts",
            second.key_text()
        );
        let path = self.path();
        let mut finding = Finding::new("J007", Severity::Warning, path, second.span, message);
        finding
            .see(first, "first written here, without effect")
            .help("remove one of the two");
        self.findings.push(finding);
    }

    fn too_deep(&self, span: Span) -> Box<Finding> {
        self.fail(
            "J002",
            span,
            format!("lists and mappings are nested deeper than {MAX_DEPTH} levels"),
            "make the document flatter",
        )
    }

    fn bad_tag(&self, tag: &str, what: &str, span: Span) -> Box<Finding> {
        let tag = tag.replace("tag:yaml.org,2002:", "!!");
        self.fail(
            "J002",
            span,
            format!("the tag `{tag}` does not fit a {what} of plain data"),
            "remove the tag; put a text that begins with `!` in quotes",
        )
    }

    fn fail(&self, code: &'static str, span: Span, message: String, help: &str) -> Box<Finding> {
        let mut finding = Finding::new(code, Severity::Error, self.path(), span, message);
        finding.help(help);
        Box::new(finding)
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Key(key) => super::join_key(&mut path, &key.key_text()),
                Segment::Index(index) => super::join_index(&mut path, *index),
            }
        }
        path
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
