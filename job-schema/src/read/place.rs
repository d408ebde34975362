//! A located value that knows where it hangs.

use super::keys::Keys;
use super::report::Report;
use super::words::one_of;
use crate::finding::{Finding, Span};
use crate::suggest::nearest;
use crate::yaml::{self, Data, Entry, Node, Spanned};

/// A value and the way to it. The key path is made only when it is reported: most values are right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a Node),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        Self {
            node,
            parent: None,
            step: Step::Root,
        }
    }

    pub(crate) fn under(&'a self, entry: &'a Entry) -> Self {
        Self {
            node: &entry.value,
            parent: Some(self),
            step: Step::Key(&entry.key),
        }
    }

    /// The whole document.
    pub(crate) fn top(&self) -> &'a Node {
        self.parent.map_or(self.node, Place::top)
    }

    /// The key path: `actions[1].deploy.to`.
    pub(crate) fn path(&self) -> String {
        let mut path = self.parent.map_or_else(String::new, Place::path);
        match self.step {
            Step::Root => {}
            Step::Key(key) => yaml::join_key(&mut path, &key.key_text()),
            Step::Index(index) => yaml::join_index(&mut path, index),
        }
        path
    }

    /// The key path of a key in this mapping, which need not be there.
    pub(crate) fn path_of(&self, key: &str) -> String {
        let mut path = self.path();
        yaml::join_key(&mut path, key);
        path
    }

    /// Where the key stands that this is the value of.
    pub(crate) fn key_span(&self) -> Option<Span> {
        match self.step {
            Step::Key(key) => Some(key.span),
            Step::Root | Step::Index(_) => None,
        }
    }

    /// Where to point at for the value as a whole: a scalar itself, the key of a list or mapping.
    pub(crate) fn span(&self) -> Span {
        match (self.node.data(), self.key_span()) {
            (Data::Seq(_) | Data::Map(_) | Data::Null, Some(key)) => key,
            (Data::Map(entries), None) => entries
                .first()
                .map_or(self.node.span, |entry| entry.key.span),
            _ => self.node.span,
        }
    }

    pub(crate) fn refuse<'r>(&self, expected: &str, report: &'r mut Report) -> &'r mut Finding {
        let message = format!("expected {expected}, found {}", self.node.kind());
        report.error("J004", self.path(), self.span(), message)
    }

    /// The text of a text.
    pub(crate) fn str(&self, report: &mut Report) -> Option<&'a str> {
        let text = self.node.as_str();
        if text.is_none() {
            let finding = self.refuse("a text", report);
            if matches!(
                self.node.data(),
                Data::Bool(_) | Data::Int(_) | Data::Float(_)
            ) {
                finding.help("put it in quotes to make it a text");
            }
        }
        text
    }

    /// A text and its place.
    pub(crate) fn text(&self, report: &mut Report) -> Option<Spanned<String>> {
        Some(Spanned {
            value: self.str(report)?.to_owned(),
            span: self.node.span,
        })
    }

    /// One of some words.
    pub(crate) fn word(
        &self,
        words: &'static [&'static str],
        report: &mut Report,
    ) -> Option<&'static str> {
        let text = self.str(report)?;
        let word = words.iter().copied().find(|word| *word == text);
        if word.is_none() {
            let message = format!(
                "expected {}, found `{}`",
                one_of(words),
                text.escape_debug()
            );
            let finding = report.error("J005", self.path(), self.node.span, message);
            if let Some(near) = nearest(text, words.iter().copied()) {
                finding.help(format!("did you mean `{near}`?"));
            }
        }
        word
    }

    /// The items of a list.
    pub(crate) fn items(
        &'a self,
        report: &mut Report,
    ) -> Option<impl Iterator<Item = Place<'a>> + use<'a>> {
        let Some(items) = self.node.as_seq() else {
            let finding = self.refuse("a list", report);
            if self.node.as_str().is_some() {
                finding.help("write `[…]` around it to make it a list");
            }
            return None;
        };
        Some(items.iter().enumerate().map(|(index, node)| Place {
            node,
            parent: Some(self),
            step: Step::Index(index),
        }))
    }

    /// The entries of a mapping with free keys: texts. Other keys are reported and left out.
    pub(crate) fn entries(
        &'a self,
        report: &mut Report,
    ) -> Option<Vec<(Spanned<String>, Place<'a>)>> {
        let Some(entries) = self.node.as_map() else {
            self.refuse("a mapping", report);
            return None;
        };
        let mut pairs = Vec::with_capacity(entries.len());
        for entry in entries {
            let place = self.under(entry);
            let Some(key) = entry.key.as_str() else {
                let message = format!("the key is {}, not a text", entry.key.kind());
                report
                    .warning("J006", place.path(), entry.key.span, message)
                    .help("put the key in quotes");
                continue;
            };
            let key = Spanned {
                value: key.to_owned(),
                span: entry.key.span,
            };
            pairs.push((key, place));
        }
        Some(pairs)
    }

    /// The keys of a mapping whose keys are known.
    pub(crate) fn keys(&'a self, report: &mut Report) -> Option<Keys<'a>> {
        let Some(entries) = self.node.as_map() else {
            self.refuse("a mapping", report);
            return None;
        };
        Some(Keys::new(self, entries))
    }
}
