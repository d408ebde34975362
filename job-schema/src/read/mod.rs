//! What the readers share: a located value that knows where it hangs, the keys of a mapping, and the report.
//!
//! In: located nodes. Out: typed values. Wrong: findings, several in one pass. A reader that gives `None` has
//! reported why; an error anywhere makes the whole job unusable, so an optional value may fall back to its default.
//!
//! Most readers are derived from the types ([`Keys`](job_schema_derive::Keys) and its like); what they call is here.

mod keys;
mod place;
mod report;
mod scalars;
mod values;
mod words;

pub use scalars::{Anything, AtLeast, Integer, NonEmpty, OneOrMany, OrNull};

pub(crate) use crate::suggest::nearest;
pub(crate) use keys::Keys;
pub(crate) use place::Place;
pub(crate) use report::Report;
pub(crate) use words::one_of;

/// A value that can be read from its place.
pub(crate) trait Read: Sized {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self>;
}

/// Keys that can be read from a mapping which may hold others too.
pub(crate) trait FromKeys: Sized {
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self>;
}

/// A mapping with the keys of `T` and no others.
pub(crate) fn mapping<T: FromKeys>(mut keys: Keys<'_>, report: &mut Report) -> Option<T> {
    let value = T::from_keys(&mut keys, report);
    keys.done(report);
    value
}
