//! Ids that are one slip of the pen apart, and which of the two is the slip.
//!
//! In: the calls of a job. Out: per call the call that it was probably meant to meet. A call is looked at when nobody
//! meets it as it is; another id explains that when it is nearly the same, and this call under that id would be met. So
//! two ids that both have their partners are never taken for one. Roles with unknown pieces may have the partners there,
//! so a slip alone is never an error.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use job_schema::Span;

use super::alike::one_slip;
use super::call::{Call, Verb};
use super::near::meets;
use super::program::{Book, Program};
use crate::bus::START_ID;

/// What a call was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slip {
    /// A call with the other id that this one would meet.
    pub(super) other: usize,
    /// Which of the two ids is the slip.
    pub(super) side: Side,
}

/// Which of two ids is the slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// This call's.
    This,
    /// The other call's.
    Other,
    /// Each is written as often as the other.
    Open,
}

/// The calls of a job by their id.
pub(super) type ById = HashMap<String, Vec<usize>>;

/// The calls by their id, those without a known one left out.
pub(super) fn by_id(book: &Book) -> ById {
    let mut ids = ById::new();
    for (index, call) in book.calls.iter().enumerate() {
        if let Some(id) = &call.id {
            ids.entry(id.clone()).or_default().push(index);
        }
    }
    ids
}

/// The slips of a job, by call.
pub(super) fn slips(book: &Book, programs: &[Program], ids: &ById) -> BTreeMap<usize, Slip> {
    let sorted: BTreeSet<&str> = ids.keys().map(String::as_str).collect();
    let search = Search {
        book,
        programs,
        ids,
        sorted: sorted.into_iter().collect(),
    };
    let found = |index| Some((index, search.slip(index)?));
    (0..book.calls.len()).filter_map(found).collect()
}

struct Search<'a> {
    book: &'a Book,
    programs: &'a [Program],
    ids: &'a ById,
    sorted: Vec<&'a str>,
}

/// How well another id explains a call that nobody meets; the best is the greatest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// The other id lacks just this call.
    lacks: bool,
    /// The role has the other id near by, as in the other branch of a condition: fewer calls are between them.
    near: Reverse<usize>,
    /// How often it is written.
    written: usize,
}

impl<'a> Search<'a> {
    fn slip(&self, index: usize) -> Option<Slip> {
        let call = &self.book.calls[index];
        let id = call.id.as_deref()?;
        if self.is_complete(call) {
            return None;
        }
        let strict = !self.book.unknown.is_empty();
        let near = self.sorted.iter().copied();
        let near = near.filter(|other| one_slip(id, other, strict));
        let partners = near.filter_map(|other| self.partner(index, other));
        let (_, other) = partners.max_by(|(a, _), (b, _)| a.cmp(b))?;
        let side = self.side(id, self.book.calls[other].id.as_deref()?);
        Some(Slip { other, side })
    }

    /// A call with this id that would meet `call`, and how well.
    fn partner(&self, index: usize, id: &str) -> Option<(Fit, usize)> {
        let call = &self.book.calls[index];
        let own = |other: &Call| other.role == call.role && self.count(&call.role) < 2;
        let meet = self
            .calls(id)
            .filter(|(_, other)| meets(call, other) && !own(other) && self.would_help(call, other));
        let (lacks, partner) = meet
            .map(|(index, other)| (self.lacks(other, call), index))
            // The first of those that lack it.
            .max_by_key(|(lacks, index)| (*lacks, Reverse(*index)))?;
        let near = self.calls(id).filter(|(_, other)| other.role == call.role);
        let near = near.map(|(other, _)| other.abs_diff(index));
        let fit = Fit {
            lacks,
            near: Reverse(near.min().unwrap_or(usize::MAX)),
            written: self.places(id).len(),
        };
        Some((fit, partner))
    }

    /// Whether everybody that the call needs has the id too.
    fn is_complete(&self, call: &Call) -> bool {
        let id = call.id.as_deref().unwrap_or_default();
        match call.verb {
            Verb::Send | Verb::Wait => self.calls(id).any(|(_, other)| meets(call, other)),
            Verb::WaitAll | Verb::Start | Verb::Sync => {
                let asked = self.programs.iter().map(|program| program.role.as_str());
                let asked = asked.filter(|role| match &call.of {
                    Some(of) => of == role,
                    None => *role != call.role,
                });
                let part = part(call.verb);
                let mut asked = asked.filter(|role| !self.has(role, part, id));
                asked.next().is_none()
            }
        }
    }

    /// Whether the call lacks the other, apart from the id.
    fn lacks(&self, call: &Call, other: &Call) -> bool {
        let id = call.id.as_deref().unwrap_or_default();
        match call.verb {
            Verb::Send | Verb::Wait => !self.is_complete(call),
            Verb::WaitAll | Verb::Start | Verb::Sync => !self.has(&other.role, part(call.verb), id),
        }
    }

    /// Whether what `call` lacks is a call of the other's role.
    fn would_help(&self, call: &Call, other: &Call) -> bool {
        let id = call.id.as_deref().unwrap_or_default();
        match call.verb {
            Verb::Send | Verb::Wait => true,
            Verb::WaitAll | Verb::Start | Verb::Sync => !self.has(&other.role, part(call.verb), id),
        }
    }

    fn side(&self, id: &str, other: &str) -> Side {
        if other == START_ID {
            return Side::This;
        }
        if id == START_ID {
            return Side::Other;
        }
        match self.written(id).cmp(&self.written(other)) {
            Ordering::Less => Side::This,
            // What works as it is was meant.
            Ordering::Equal if self.works(other) => Side::This,
            Ordering::Equal if self.is_made(other) && !self.is_made(id) => Side::This,
            Ordering::Equal if self.is_made(id) && !self.is_made(other) => Side::Other,
            Ordering::Greater if !self.works(other) => Side::Other,
            Ordering::Equal | Ordering::Greater => Side::Open,
        }
    }

    fn works(&self, id: &str) -> bool {
        self.calls(id).all(|(_, call)| self.is_complete(call))
    }

    /// Whether the words of the id make others too, as `round$i` in a loop: who mistypes one mistypes all.
    fn is_made(&self, id: &str) -> bool {
        let others = |call: &Call| {
            let mut calls = self.book.calls.iter();
            calls.any(|other| other.id != call.id && other.place == call.place)
        };
        self.calls(id).any(|(_, call)| others(call))
    }

    fn written(&self, id: &str) -> usize {
        self.places(id).len()
    }

    /// Where the id is written: a block of several roles is written once, and so is a call of several rounds.
    fn places(&self, id: &str) -> BTreeSet<(usize, Option<(&'a str, u32)>)> {
        let place = |span: Span, file: Option<&'a (String, u32)>| {
            (span.start, file.map(|(file, line)| (file.as_str(), *line)))
        };
        let calls = self.calls(id);
        let calls = calls.map(|(_, call)| place(call.place.span, call.place.file.as_ref()));
        let mentions = self.book.mentions.iter().filter(|m| m.id == id);
        calls.chain(mentions.map(|m| place(m.span, None))).collect()
    }

    fn calls(&self, id: &str) -> impl Iterator<Item = (usize, &'a Call)> {
        let calls = self.ids.get(id).into_iter().flatten();
        calls.map(|index| (*index, &self.book.calls[*index]))
    }

    fn has(&self, role: &str, verb: Verb, id: &str) -> bool {
        self.calls(id)
            .any(|(_, call)| call.verb == verb && call.role == role)
    }

    fn count(&self, role: &str) -> u32 {
        let program = self.programs.iter().find(|program| program.role == role);
        program.map_or(0, |program| program.count)
    }
}

/// What the others must do for such a call.
const fn part(verb: Verb) -> Verb {
    match verb {
        Verb::Sync => Verb::Sync,
        Verb::Send | Verb::Wait | Verb::WaitAll | Verb::Start => Verb::Send,
    }
}
