//! The units of a timeout, and how long they are together.

use std::time::Duration;

use super::{DEFAULT, Strictness};
use crate::read::{Keys, Place, Report, nearest};
use crate::yaml::{Data, Node};

/// The units and their seconds.
pub(super) const UNITS: [(&str, f64); 4] = [
    ("days", 86_400.0),
    ("hours", 3600.0),
    ("minutes", 60.0),
    ("seconds", 1.0),
];

/// The sum of all units, as LAVA's dispatcher takes it.
pub(super) fn sum(keys: &mut Keys<'_>, by: Strictness, report: &mut Report) -> Option<Duration> {
    let mut sum = 0.0;
    let mut given = Vec::new();
    let (mut good, mut bad) = (0, Vec::new());
    for (unit, seconds) in UNITS {
        let Some(place) = keys.get(unit) else {
            continue;
        };
        given.push(unit);
        match number(&place, by) {
            Some(number) => {
                good += 1;
                sum += number * seconds;
            }
            None => bad.push(place),
        }
    }
    let place = keys.place;
    match given.as_slice() {
        // A unit with a slip of the pen is told as an unknown key.
        [] if by == Strictness::Server && misspelled(place) => {}
        [] => {
            report
                .error("J010", place.path(), place.span(), "a timeout needs a unit")
                .help("write how long it may take, for example `{minutes: 5}`");
        }
        [_] => {}
        several => {
            let message = format!(
                "a timeout has one unit, this one has {}",
                several.join(" and ")
            );
            let finding = match by {
                Strictness::Server => report.error("J010", place.path(), place.span(), message),
                Strictness::Lenient => report.warning("J010", place.path(), place.span(), message),
            };
            finding.help("keep one of them");
        }
    }
    let lenient = by == Strictness::Lenient && good > 0;
    for place in &bad {
        let tell = |report: &mut Report| {
            let found = match place.node.data() {
                Data::Int(number) => number.to_string(),
                Data::Float(number) => number.to_string(),
                _ => place.node.kind().to_owned(),
            };
            let message = format!("expected a whole number from 1 up, found {found}");
            report.error("J005", place.path(), place.span(), message);
        };
        if lenient {
            report.softly(tell);
        } else {
            tell(report);
        }
    }
    let whole = good > 0 && (bad.is_empty() || lenient);
    whole.then(|| Duration::try_from_secs_f64(sum).unwrap_or(Duration::MAX))
}

/// What LAVA's worker takes: whatever numbers there are, and 30 s when they come to nothing.
pub(super) fn of_worker(node: &Node) -> Option<Duration> {
    let mut sum = 0.0;
    for (unit, seconds) in UNITS {
        sum += seconds
            * match node.get(unit).map(Node::data) {
                None => 0.0,
                Some(Data::Int(number)) => *number as f64,
                Some(Data::Float(number)) => *number,
                Some(Data::Bool(yes)) => f64::from(u8::from(*yes)),
                Some(_) => return None,
            };
    }
    if sum == 0.0 {
        return Some(DEFAULT);
    }
    Duration::try_from_secs_f64(sum.trunc()).ok()
}

/// Whether some key was probably meant to be a unit.
fn misspelled(place: &Place<'_>) -> bool {
    let units = || UNITS.iter().map(|(unit, _)| *unit);
    let mut keys = place.node.as_map().unwrap_or_default().iter();
    keys.any(|entry| {
        entry
            .key
            .as_str()
            .is_some_and(|key| nearest(key, units()).is_some())
    })
}

/// Python counts `true` as 1, and LAVA's schemas take it.
fn number(place: &Place<'_>, by: Strictness) -> Option<f64> {
    let number = match place.node.data() {
        Data::Int(number) => *number as f64,
        Data::BigInt(digits) => digits.parse().unwrap_or(f64::MAX),
        Data::Bool(true) => 1.0,
        Data::Float(number) if by == Strictness::Lenient => *number,
        _ => return None,
    };
    (number >= 1.0).then_some(number)
}

/// How long a timeout is, as far as it can be told; nothing is reported.
pub(crate) fn told(node: &Node) -> Option<Duration> {
    let place = Place::root(node);
    let seconds = |(unit, seconds): &(&str, f64)| {
        let node = place.node.get(unit)?;
        Some(number(&Place::root(node), Strictness::Lenient)? * seconds)
    };
    let sum: f64 = UNITS.iter().filter_map(seconds).sum();
    (sum > 0.0).then(|| Duration::try_from_secs_f64(sum).unwrap_or(Duration::MAX))
}
