//! Timeout dictionaries: `{minutes: 5}`, in a block also with `skip: true`.

use std::time::Duration;

use indexmap::IndexMap;

use crate::finding::Severity;
use crate::read::{Keys, Place, Report};

/// What LAVA takes for a timeout of zero or an empty dictionary: 30 s.
pub const DEFAULT: Duration = Duration::from_secs(30);

/// The `timeout` of an action block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockTimeout {
    /// How long the block may take.
    pub limit: Duration,
    /// `skip: true`: a test that runs out of time fails, and the job goes on with the next block.
    pub skip: bool,
}

/// Reads a timeout dictionary without `skip`.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<Duration> {
    let mut keys = keys(place, report)?;
    let limit = limit(&mut keys, report);
    if let Some(skip) = keys.get("skip") {
        report
            .warning("J010", &skip.path, skip.span(), "`skip` has no effect here")
            .help("it belongs into the `timeout` of an action block");
    }
    keys.done(Severity::Warning, report);
    limit
}

/// Reads the `timeout` of an action block.
pub(crate) fn read_block(place: &Place, report: &mut Report) -> Option<BlockTimeout> {
    let mut keys = keys(place, report)?;
    let limit = limit(&mut keys, report);
    let skip = keys.get("skip").and_then(|skip| skip.boolean(report));
    keys.done(Severity::Warning, report);
    Some(BlockTimeout {
        limit: limit?,
        skip: skip.unwrap_or(false),
    })
}

/// Reads timeouts by step name.
pub(crate) fn read_by_name(
    place: &Place,
    report: &mut Report,
) -> Option<IndexMap<String, Duration>> {
    let entries = place.entries(report)?;
    let named = entries
        .into_iter()
        .map(|(name, place)| Some((name.value, read(&place, report)?)));
    let named: Vec<_> = named.collect();
    named.into_iter().collect()
}

fn keys<'a>(place: &Place<'a>, report: &mut Report) -> Option<Keys<'a>> {
    if place.node.as_map().is_some() {
        return place.keys(report);
    }
    let message = format!("expected a timeout, found {}", place.node.kind());
    report
        .error("J004", &place.path, place.span(), message)
        .help("write a number and its unit, for example `{minutes: 5}`");
    None
}

/// The sum of all units, as LAVA's dispatcher takes it.
fn limit(keys: &mut Keys, report: &mut Report) -> Option<Duration> {
    const UNITS: [(&str, u64); 4] = [
        ("days", 86_400),
        ("hours", 3600),
        ("minutes", 60),
        ("seconds", 1),
    ];
    let mut sum = 0;
    let mut given = Vec::new();
    let mut whole = true;
    for (unit, seconds) in UNITS {
        if let Some(place) = keys.get(unit) {
            match place.count(0, report) {
                Some(count) => sum += u64::from(count) * seconds,
                None => whole = false,
            }
            given.push(unit);
        }
    }
    let place = &keys.place;
    if given.len() > 1 {
        let message = format!("LAVA's server takes one unit only; here the sum counts: {sum} s");
        report.warning("J010", &place.path, place.span(), message);
    }
    if !whole {
        return None;
    }
    if sum > 0 {
        return Some(Duration::from_secs(sum));
    }
    report
        .warning(
            "J010",
            &place.path,
            place.span(),
            "a timeout of nothing means 30 s",
        )
        .help("write how long it may take, for example `{minutes: 5}`");
    Some(DEFAULT)
}
