//! An open document: its text, and what the text says.

use lsp_types::{Position, TextDocumentContentChangeEvent, Uri};

use super::facts::Facts;
use super::places::{Encoding, Places};

/// Longer documents are not looked at.
pub(super) const LONGEST: usize = 4 << 20;

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// Where it is.
    pub(super) uri: Uri,
    /// The editor's number of this text.
    pub(super) version: i32,
    /// How the editor counts columns.
    pub(super) encoding: Encoding,
    /// The text.
    pub(super) text: String,
    /// What it says.
    pub(super) facts: Facts,
}

impl Document {
    /// A document that was opened.
    pub(super) fn open(uri: Uri, version: i32, encoding: Encoding, text: String) -> Self {
        let facts = Facts::new(&uri, &text);
        Self {
            uri,
            version,
            encoding,
            text,
            facts,
        }
    }

    /// Applies changes, in their order.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let before = self.text.clone();
        for change in changes {
            let Some(range) = change.range else {
                self.text = change.text;
                continue;
            };
            let places = self.places();
            let (start, end) = (places.byte(range.start), places.byte(range.end));
            self.text
                .replace_range(start.min(end)..end.max(start), &change.text);
        }
        self.version = version;
        self.facts.update(&self.uri, &before, &self.text);
    }

    /// Its places.
    pub(super) fn places(&self) -> Places<'_> {
        Places::new(&self.text, self.encoding)
    }

    /// The byte at a position.
    pub(super) fn byte(&self, position: Position) -> usize {
        self.places().byte(position)
    }
}
