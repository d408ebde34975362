//! Message ids and where they are written.
//!
//! They come from the exchange of a job. While the text cannot be read, the last ones move along with the changes, so that
//! completion and navigation go on.

use std::collections::HashSet;
use std::ops::Range;

use job_schema::describe::Segment;
use job_schema::yaml::Node;

use super::locate;
use crate::check::messages::{Call, Exchange, Verb};

/// The message ids of a job.
#[derive(Debug, Default)]
pub(super) struct Ids {
    exchange: Option<Exchange>,
    words: Vec<IdWord>,
}

/// A message id that is written out.
#[derive(Debug, Clone)]
pub(super) struct IdWord {
    /// The id.
    pub(super) id: String,
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// The calls that it belongs to (one per role); none for a `hostID`.
    calls: Vec<usize>,
}

impl Ids {
    /// The ids of an exchange and of the `hostID`s in the tree, in the order of the file.
    pub(super) fn new(exchange: Exchange, root: &Node, text: &str) -> Self {
        let mut words: Vec<IdWord> = Vec::new();
        for (index, call) in exchange.calls().iter().enumerate() {
            if let (Some(id), Some(span)) = (&call.id, call.id_span) {
                words.push(IdWord {
                    id: id.clone(),
                    range: locate::bytes(span),
                    calls: vec![index],
                });
            }
        }
        locate::each(root, &mut |path, child| {
            let is_host_id = matches!(path, [.., Segment::Key(holder), Segment::Key(key)]
                if holder == "parameters" && key == "hostID");
            if is_host_id && let Some(range) = locate::written(child.node, text) {
                words.push(IdWord {
                    id: text[range.clone()].to_owned(),
                    range,
                    calls: Vec::new(),
                });
            }
        });
        words.sort_by_key(|word| word.range.start);
        words.dedup_by(|later, first| {
            let same = later.range == first.range && later.id == first.id;
            if same {
                first.calls.append(&mut later.calls);
            }
            same
        });
        Self {
            exchange: Some(exchange),
            words,
        }
    }

    /// Moves the places as the text was changed; ids that the change touches are forgotten.
    pub(super) fn follow(&mut self, before: &str, after: &str) {
        let same = |pair: &(u8, u8)| pair.0 == pair.1;
        let start = before.bytes().zip(after.bytes()).take_while(same).count();
        let rest = before.len().min(after.len()) - start;
        let ends = before.bytes().rev().zip(after.bytes().rev());
        let tail = ends.take(rest).take_while(same).count();
        let end = before.len() - tail;
        self.words
            .retain(|word| word.range.end < start || word.range.start > end);
        for word in &mut self.words {
            if word.range.start > end {
                // Counted from the end of the text, which did not change.
                let moved = |byte: usize| after.len() - (before.len() - byte);
                word.range = moved(word.range.start)..moved(word.range.end);
            }
        }
    }

    /// The id at a byte.
    pub(super) fn at(&self, byte: usize) -> Option<&IdWord> {
        self.words
            .iter()
            .find(|word| word.range.start <= byte && byte <= word.range.end)
    }

    /// Where an id is written.
    pub(super) fn written(&self, id: &str) -> impl Iterator<Item = &IdWord> {
        self.words.iter().filter(move |word| word.id == id)
    }

    /// The ids, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let calls = self.calls().iter().filter_map(|call| call.id.as_deref());
        let mut names: Vec<&str> = calls.collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The calls that name an id.
    pub(super) fn calls_of(&self, id: &str) -> impl Iterator<Item = &Call> {
        self.calls()
            .iter()
            .filter(move |call| call.id.as_deref() == Some(id))
    }

    /// Where the other side of a word is written: the senders of a wait, the waiters of a send, the other syncs of a sync.
    /// Of a `hostID` the senders.
    pub(super) fn other_side(&self, word: &IdWord) -> Vec<Range<usize>> {
        let Some(exchange) = &self.exchange else {
            return Vec::new();
        };
        let sends = |call: &usize| {
            let call = exchange.calls().get(*call);
            call.is_some_and(|call| call.verb == Verb::Send)
        };
        let all: Vec<&IdWord> = self.written(&word.id).collect();
        let wanted: HashSet<usize> = match word.calls.as_slice() {
            [] => {
                let calls = all.iter().flat_map(|word| &word.calls);
                calls.copied().filter(sends).collect()
            }
            calls => calls
                .iter()
                .flat_map(|call| exchange.partners(*call))
                .collect(),
        };
        let there = all
            .iter()
            .filter(|other| other.calls.iter().any(|call| wanted.contains(call)));
        there.map(|word| word.range.clone()).collect()
    }

    fn calls(&self) -> &[Call] {
        self.exchange.as_ref().map_or(&[], Exchange::calls)
    }
}
