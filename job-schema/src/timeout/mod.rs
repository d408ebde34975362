//! Timeout dictionaries: `{minutes: 5}`, in a block also with `skip: true`.

mod units;

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Read, Report};
use crate::yaml::{Data, Entry, Node};

pub(crate) use units::told;
use units::{UNITS, sum};

/// What LAVA takes for a timeout of zero or an empty dictionary: 30 s.
pub const DEFAULT: Duration = Duration::from_secs(30);

/// A time limit: one of `days`, `hours`, `minutes`, `seconds`, and in the `timeout` of a test block also `skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout {
    /// How long it may take.
    pub limit: Duration,
    /// `skip: true`: a test that runs out of time fails, and the job goes on with the next block. Default `false`.
    pub skip: bool,
}

/// Who looks at a timeout besides LAVA's fine schema.
#[derive(Clone, Copy, PartialEq)]
enum Strictness {
    /// Its server at submission: one unit, no other key, whole numbers.
    Server,
    /// Nobody: one good unit is enough.
    Lenient,
}

impl Read for Timeout {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        read(place, Strictness::Server, report)
    }
}

/// Reads a timeout where LAVA's server looks at the form alone and no schema at the number.
pub(crate) fn of_any_size(place: &Place<'_>, report: &mut Report) -> Option<Timeout> {
    let whole = |entry: &Entry| match entry.key.as_str() {
        Some("skip") => matches!(entry.value.data(), Data::Bool(_)),
        Some(key) => {
            UNITS.iter().any(|(unit, _)| *unit == key)
                && matches!(
                    entry.value.data(),
                    Data::Int(_) | Data::BigInt(_) | Data::Bool(_)
                )
        }
        None => false,
    };
    let units = |entries: &[Entry]| {
        let units = entries.iter().filter(|e| e.key.as_str() != Some("skip"));
        units.count() <= 1
    };
    let entries = place.node.as_map();
    if entries.is_some_and(|entries| entries.iter().all(whole) && units(entries)) {
        return report.softly(|report| Timeout::read(place, report));
    }
    Timeout::read(place, report)
}

/// Reads a limit that LAVA's server checks at submission.
pub(crate) fn limit(place: &Place<'_>, report: &mut Report) -> Option<Duration> {
    without_skip(read(place, Strictness::Server, report)?, place, report)
}

/// Reads a limit that only LAVA's fine schema knows.
pub(crate) fn lenient(place: &Place<'_>, report: &mut Report) -> Option<Duration> {
    without_skip(read(place, Strictness::Lenient, report)?, place, report)
}

/// Reads the limit of a call on the bus. LAVA's dispatcher takes a plain number there too, and 30 s for none at all.
pub(crate) fn of_call(place: &Place<'_>, report: &mut Report) -> Option<Duration> {
    let number = |node: &Node| {
        matches!(
            node.data(),
            Data::Int(_) | Data::BigInt(_) | Data::Bool(_) | Data::Float(_)
        )
    };
    let units = |(unit, _): &(&str, f64)| place.node.get(unit).is_none_or(number);
    let taken = match place.node.data() {
        Data::Map(_) => UNITS.iter().all(units),
        _ => number(place.node),
    };
    match taken {
        true => report.softly(|report| lenient(place, report)),
        false => lenient(place, report),
    }
}

fn without_skip(timeout: Timeout, place: &Place<'_>, report: &mut Report) -> Option<Duration> {
    if timeout.skip {
        report
            .warning(
                "J008",
                place.path_of("skip"),
                place.span(),
                "`skip` has no effect here",
            )
            .help("it belongs into the `timeout` of a test block");
    }
    Some(timeout.limit)
}

/// Reads limits by step name, as the job's `timeouts` have them: LAVA's server wants lower case names.
pub(crate) fn by_step(
    place: &Place<'_>,
    report: &mut Report,
) -> Option<IndexMap<String, Duration>> {
    let mut limits = IndexMap::new();
    let mut whole = true;
    for entry in place.node.as_map().unwrap_or_default() {
        // Python writes `.inf` and `.nan` as words that could be names.
        let word = matches!(entry.key.data(), Data::Float(number) if !number.is_finite());
        if entry.key.as_str().is_none() && !word {
            let message = format!("the key is {}, not the name of a step", entry.key.kind());
            report.error("J005", place.under(entry).path(), entry.key.span, message);
        }
    }
    for (name, place) in place.entries(report)? {
        if !name.chars().all(|c| c.is_ascii_lowercase() || c == '-') || name.is_empty() {
            let message = format!("`{}` is not the name of a step", name.escape_debug());
            report.error("J005", place.path(), name.span, message).help(
                "names of steps have lower case letters and `-` only: `dispatch plan` shows them",
            );
        }
        match limit(&place, report) {
            Some(limit) => drop(limits.insert(name.value, limit)),
            None => whole = false,
        }
    }
    whole.then_some(limits)
}

/// Reads limits by step name, as a block's `timeouts` have them.
pub(crate) fn by_step_in_block(
    place: &Place<'_>,
    report: &mut Report,
) -> Option<IndexMap<String, Duration>> {
    let mut limits = IndexMap::new();
    let mut whole = true;
    for (name, place) in place.entries(report)? {
        match lenient(&place, report) {
            Some(limit) => drop(limits.insert(name.value, limit)),
            None => whole = false,
        }
    }
    whole.then_some(limits)
}

fn read(place: &Place<'_>, by: Strictness, report: &mut Report) -> Option<Timeout> {
    if place.node.as_map().is_none() {
        place
            .refuse("a timeout", report)
            .help("write a number and its unit, for example `{minutes: 5}`");
        return None;
    }
    let mut keys = place.keys(report)?;
    if by == Strictness::Server {
        keys = keys.closed();
    }
    let limit = sum(&mut keys, by, report);
    let limit = match report.is_of_worker() {
        true => units::of_worker(place.node).or(limit),
        false => limit,
    };
    let skip = keys.read("skip", report);
    keys.done(report);
    Some(Timeout {
        limit: limit?,
        skip: skip.unwrap_or(false),
    })
}

impl JsonSchema for Timeout {
    fn schema_name() -> Cow<'static, str> {
        "Timeout".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let unit =
            |what: &str| json_schema!({"type": "integer", "minimum": 1, "description": what});
        json_schema!({
            "title": "timeout",
            "description": "A time limit with one unit, for example `{minutes: 5}`.",
            "type": "object",
            "properties": {
                "days": unit("Days, from 1 up."),
                "hours": unit("Hours, from 1 up."),
                "minutes": unit("Minutes, from 1 up."),
                "seconds": unit("Seconds, from 1 up."),
                "skip": {
                    "type": "boolean",
                    "description": "Only in the `timeout` of a test block: when the time is up the test fails, and the job goes on with the next block. Default `false`.",
                },
            },
            "additionalProperties": false,
            "oneOf": [
                {"required": ["days"]},
                {"required": ["hours"]},
                {"required": ["minutes"]},
                {"required": ["seconds"]},
            ],
        })
    }
}

/// Limits by the name of a step: lower case letters and `-`.
#[derive(JsonSchema)]
#[schemars(transparent, extend("propertyNames" = {"pattern": "^[a-z-]+$"}))]
pub(crate) struct ByStepOfJob(#[allow(dead_code)] IndexMap<String, Timeout>);

/// Limits by the name of a step.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(crate) struct ByStep(#[allow(dead_code)] IndexMap<String, Timeout>);
