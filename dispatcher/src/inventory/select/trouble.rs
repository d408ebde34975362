//! What is said when a selection cannot be met: what is in use, and what a count did not find.

use super::{Purpose, SelectError, Term};
use crate::inventory::lab::Entry;
use crate::text::name;

/// How many devices a message names.
const NAMED: usize = 10;

/// Devices that are called by name or tag must be free to run on.
pub(super) fn all_free(
    chosen: &[bool],
    entries: &[Entry],
    busy: &[Option<String>],
) -> Result<(), SelectError> {
    let held: Vec<String> = (0..entries.len())
        .filter(|device| chosen[*device])
        .filter_map(|device| {
            Some(format!(
                "{} is {}",
                name(&entries[device].name),
                busy[device].as_ref()?
            ))
        })
        .collect();
    if held.is_empty() {
        return Ok(());
    }
    let held: Vec<&str> = held.iter().map(String::as_str).collect();
    Err(SelectError::Busy(format!(
        "{}; wait for it, stop it with `dispatch lkp stop`, or leave out what is in use with `& state=idle`",
        some(&held)
    )))
}

/// A term that cannot be met.
pub(super) fn too_few(term: &Term, message: String) -> SelectError {
    SelectError::TooFew {
        term: name(&term.text),
        message,
    }
}

/// What a count did not find.
pub(super) fn counted(
    term: &Term,
    count: usize,
    there: usize,
    fitting: &[bool],
    chosen: &[bool],
    (entries, busy, purpose): (&[Entry], &[Option<String>], Purpose),
) -> SelectError {
    let all = fitting.iter().filter(|fits| **fits).count();
    let why_not = |device: usize| match &busy[device] {
        _ if chosen[device] => Some("is already called by name".to_owned()),
        Some(held) if purpose == Purpose::Run => Some(format!("is {held}")),
        _ => None,
    };
    let others: Vec<String> = (0..entries.len())
        .filter(|device| fitting[*device])
        .filter_map(|device| {
            Some(format!(
                "{} {}",
                name(&entries[device].name),
                why_not(device)?
            ))
        })
        .collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let mut message = match (all, there) {
        (0, _) => format!("it asks for {count}, no device of the lab fits"),
        (all, there) if all == there => format!("it asks for {count}, the lab has {all}"),
        (all, there) => {
            format!("it asks for {count}, the lab has {all}, of which {there} can be had")
        }
    };
    if !others.is_empty() {
        message.push_str(&format!(" ({})", some(&others)));
    }
    too_few(term, message)
}

/// The first few of them, in words.
pub(super) fn some(words: &[&str]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    let mut said: Vec<String> = words.iter().take(NAMED).map(|word| name(word)).collect();
    if words.len() > NAMED {
        said.push(format!("and {} more", words.len() - NAMED));
    }
    said.join(", ")
}
