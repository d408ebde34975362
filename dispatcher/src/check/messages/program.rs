//! What a role does, as far as its messages go.

use job_schema::Span;

use super::call::{Call, Unknown, Verb, When};

/// A piece of a role's program.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// A call, by its index.
    Call(usize),
    /// A piece that may do anything, by its index.
    Unknown(usize),
    /// A test definition begins.
    Definition,
    /// Perhaps, any number of times.
    Maybe(Vec<Item>),
    /// At the same time as what follows.
    Aside(Vec<Item>),
    /// One of two that say the same.
    Either(Vec<Item>, Vec<Item>),
}

/// A role and its program.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) role: String,
    pub(super) count: u32,
    /// The delayed start: its call.
    pub(super) start: Option<usize>,
    /// The role whose machine it uses.
    pub(super) host: Option<String>,
    pub(super) items: Vec<Item>,
}

/// Calls of a job, each place counted once; the rest is unknown.
pub(super) const MOST_CALLS: usize = 600;
/// Commands of a job's scripts, over all roles.
const BUDGET: u32 = 50_000;

/// An id that is named outside a call: the `hostID` of a guest's boot.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) role: String,
    pub(super) id: String,
    pub(super) span: Span,
}

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Book {
    /// Commands that may still be read.
    pub(super) budget: u32,
    pub(super) calls: Vec<Call>,
    pub(super) unknown: Vec<Unknown>,
    /// Reads of the data that a wait left behind: the wait and the key.
    pub(super) reads: Vec<(usize, String)>,
    pub(super) mentions: Vec<Mention>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            budget: BUDGET,
            calls: Vec::new(),
            unknown: Vec::new(),
            reads: Vec::new(),
            mentions: Vec::new(),
        }
    }
}

impl Book {
    /// Adds a call; the same words of the same role are one call, however often they run.
    pub(super) fn add(&mut self, call: Call) -> usize {
        let same = self.calls.iter().position(|old| {
            old.place == call.place
                && old.role == call.role
                && old.verb == call.verb
                && old.id == call.id
                && old.of == call.of
        });
        if let Some(index) = same {
            let old = &mut self.calls[index];
            old.when = old.when.min(call.when);
            return index;
        }
        self.calls.push(call);
        self.calls.len() - 1
    }

    pub(super) fn add_unknown(&mut self, unknown: Unknown) -> usize {
        if let Some(index) = self.unknown.iter().position(|old| *old == unknown) {
            return index;
        }
        // One more or less makes no difference.
        if self.unknown.len() < MOST_CALLS {
            self.unknown.push(unknown);
        }
        self.unknown.len() - 1
    }

    /// Whether two pieces say the same, wherever they are written.
    pub(super) fn alike(&self, a: &[Item], b: &[Item]) -> bool {
        a.len() == b.len()
            && a.iter().zip(b).all(|pair| match pair {
                (Item::Call(a), Item::Call(b)) => {
                    let (a, b) = (&self.calls[*a], &self.calls[*b]);
                    a.id.is_some() && (a.verb, &a.id, &a.of) == (b.verb, &b.id, &b.of)
                }
                (Item::Maybe(a), Item::Maybe(b)) | (Item::Aside(a), Item::Aside(b)) => {
                    self.alike(a, b)
                }
                (Item::Either(a, _), Item::Either(b, _)) => self.alike(a, b),
                (Item::Unknown(_), Item::Unknown(_)) | (Item::Definition, Item::Definition) => true,
                _ => false,
            })
    }

    /// The calls of these pieces happen after all.
    pub(super) fn settle(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Call(index) => self.calls[*index].when = When::Always,
                Item::Either(a, b) => {
                    self.settle(a);
                    self.settle(b);
                }
                Item::Unknown(_) | Item::Definition | Item::Maybe(_) | Item::Aside(_) => {}
            }
        }
    }
}

/// One thing that a role does, in the order of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Call(usize),
    /// From here on it may do anything.
    Anything,
    Definition,
}

/// The program without its conditions, told so that it is as good to the others as it can be: what it may send is sent
/// as early as it may be, where it may wait it does not, and where it may sync it may do anything.
pub(super) fn flatten(items: &[Item], book: &Book, ops: &mut Vec<Op>) {
    for item in items {
        match item {
            Item::Call(index) => ops.push(match book.calls[*index].id {
                Some(_) => Op::Call(*index),
                None => Op::Anything,
            }),
            Item::Unknown(_) => ops.push(Op::Anything),
            Item::Definition => ops.push(Op::Definition),
            Item::Either(items, _) => flatten(items, book, ops),
            Item::Maybe(items) | Item::Aside(items) => {
                let mut inner = Vec::new();
                flatten(items, book, &mut inner);
                ops.extend(inner.into_iter().filter_map(|op| match op {
                    Op::Call(index) => match book.calls[index].verb {
                        Verb::Send => Some(op),
                        Verb::Sync => Some(Op::Anything),
                        Verb::Wait | Verb::WaitAll | Verb::Start => None,
                    },
                    Op::Anything => Some(op),
                    Op::Definition => None,
                }));
            }
        }
    }
}
