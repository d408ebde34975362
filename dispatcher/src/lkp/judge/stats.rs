//! `stats.json`, read once from end to end: each stat goes to where it counts, and nothing is kept without bound.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::path::Path;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::file::{self, Unread};
use crate::lkp::kpi::Kpis;
use crate::lkp::point::Measurement;
use crate::text;

/// Largest `stats.json`, in bytes.
const LARGEST: u64 = 64 << 20;
/// Most measurements of a run.
pub(super) const MOST: usize = 2000;
/// Most words of `last_state` that are kept.
const MOST_STATES: usize = 100;
/// Names that a sentence lists before it only counts.
const NAMED: usize = 10;
/// Most digits of a number.
const DIGITS: usize = 64;

/// What was seen among the stats.
pub(super) struct Seen<'a> {
    programs: &'a [String],
    kpis: &'a Kpis,
    with_stats: HashSet<&'a str>,
    with_times: HashSet<&'a str>,
    /// Words of `last_state`, without that.
    pub(super) states: BTreeSet<String>,
    /// Words of failure of the job's test programs.
    pub(super) failures: Names,
    /// Words of failure of others.
    pub(super) evidence: Names,
    /// The measurements.
    pub(super) measurements: Vec<Measurement>,
    /// What was left out.
    pub(super) notes: Vec<String>,
    dropped: usize,
    no_numbers: Names,
}

/// Names of stats: the first few, and how many there are.
#[derive(Default)]
pub(super) struct Names {
    first: Vec<String>,
    count: usize,
}

impl Names {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(text::name(name));
        }
    }

    /// The names in a sentence; none when there is none.
    pub(super) fn sentence(&self, one: &str, many: &str, advice: &str) -> Option<String> {
        let listed = self.first.join(", ");
        let more = match self.count - self.first.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        match self.count {
            0 => None,
            1 => Some(format!("{one} ({listed}): {advice}")),
            count => Some(format!("{count} {many} ({listed}{more}): {advice}")),
        }
    }
}

impl<'a> Seen<'a> {
    /// Nothing seen yet.
    pub(super) fn new(programs: &'a [String], kpis: &'a Kpis) -> Self {
        Self {
            programs,
            kpis,
            with_stats: HashSet::new(),
            with_times: HashSet::new(),
            states: BTreeSet::new(),
            failures: Names::default(),
            evidence: Names::default(),
            measurements: Vec::new(),
            notes: Vec::new(),
            dropped: 0,
            no_numbers: Names::default(),
        }
    }

    /// Whether a program has a stat outside `.time.`.
    pub(super) fn has_stats(&self, program: &str) -> bool {
        self.with_stats.contains(program)
    }

    /// Whether a program has been timed.
    pub(super) fn has_times(&self, program: &str) -> bool {
        self.with_times.contains(program)
    }

    /// Adds words of `last_state`.
    pub(super) fn add_states(&mut self, words: impl IntoIterator<Item = String>) {
        for word in words {
            if self.states.len() >= MOST_STATES {
                return;
            }
            self.states.insert(word);
        }
    }

    fn add(&mut self, stat: &str, value: &str) {
        let number = number(value);
        // A word that is set counts, whatever it is set to; 0 is how LKP writes that it was not.
        let set = number != Some(0.0);
        if let Some(word) = stat.strip_prefix("last_state.") {
            if set {
                self.add_states([text::name(word)]);
            }
            return;
        }
        let owner = self
            .programs
            .iter()
            .filter(|program| {
                stat.strip_prefix(program.as_str())
                    .is_some_and(|rest| rest.starts_with('.'))
            })
            .max_by_key(|program| program.len());
        let Some(program) = owner else {
            if set && !stat.contains(".time.") && self.kpis.is_failure(stat) {
                self.evidence.add(stat);
            }
            return;
        };
        if stat.contains(".time.") {
            self.with_times.insert(program);
            return;
        }
        if number.is_none() {
            self.no_numbers.add(stat);
            return;
        }
        self.with_stats.insert(program);
        if set && self.kpis.is_failure(stat) {
            let warns = stat
                .rsplit('.')
                .next()
                .is_some_and(|word| word.starts_with("warn"));
            if warns {
                self.evidence.add(stat);
            } else {
                self.failures.add(stat);
            }
        }
        if self.measurements.len() >= MOST {
            self.dropped += 1;
            return;
        }
        let fact = self.kpis.fact(stat);
        self.measurements.push(Measurement {
            name: text::name(stat),
            value: value.to_owned(),
            unit: fact.unit,
            better: fact.better,
            kpi: fact.kpi,
        });
    }

    fn finish(&mut self) {
        if self.dropped > 0 {
            self.notes.push(format!(
                "only the first {MOST} measurements are kept; stats.json of the result folder has {} more",
                self.dropped
            ));
        }
        self.notes.extend(self.no_numbers.sentence(
            "a stat is no number",
            "stats are no numbers",
            "left out, look at stats.json of the result folder",
        ));
    }
}

/// Reads `stats.json` of a result folder.
///
/// # Errors
/// A sentence that says why it can't be used. What was seen before the fault stays.
pub(super) fn read(root: &Path, seen: &mut Seen<'_>) -> Result<(), String> {
    let bytes = file::read(&root.join("stats.json"), LARGEST).map_err(|unread| match unread {
        Unread::Missing => "the result folder has no stats.json: LKP ended before it read the results of the test; look \
             at its standard error"
            .to_owned(),
        Unread::NotAFile => "stats.json of the result folder is no plain file: no number of it is used".to_owned(),
        Unread::TooLarge => {
            format!("stats.json of the result folder is larger than {LARGEST} bytes: no number of it is used")
        }
        Unread::Io(e) => format!("stats.json of the result folder cannot be read: {e}"),
    })?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let read = reader
        .deserialize_map(Stats(seen))
        .and_then(|()| reader.end());
    seen.finish();
    read.map_err(|e| {
        format!(
            "stats.json of the result folder is no JSON object of stats ({}): LKP was stopped while it wrote it, or the \
             disk is full",
            text::name(&e.to_string())
        )
    })
}

/// The programs that LKP has run under a clock, and so the test programs of the job, where nothing else tells them.
pub(super) fn timed(root: &Path) -> Vec<String> {
    let bytes = file::read(&root.join("stats.json"), LARGEST).unwrap_or_default();
    let stats: serde_json::Result<BTreeMap<Cow<'_, str>, IgnoredAny>> =
        serde_json::from_slice(&bytes);
    let stats = stats.unwrap_or_default();
    let names = stats
        .keys()
        .filter_map(|stat| Some(stat.split_once(".time.")?.0));
    let programs: BTreeSet<&str> = names.collect();
    programs
        .into_iter()
        .take(NAMED)
        .map(ToOwned::to_owned)
        .collect()
}

/// The number that a JSON value is, if it is one of a sensible length.
fn number(value: &str) -> Option<f64> {
    let begins = value.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    if !begins || value.len() > DIGITS {
        return None;
    }
    value.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Hands each stat of a JSON object over as it is met.
struct Stats<'s, 'a>(&'s mut Seen<'a>);

/// The name of a stat, without a copy where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'n>(#[serde(borrow)] Cow<'n, str>);

impl<'de> Visitor<'de> for Stats<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of stats")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((Name(stat), value)) = map.next_entry::<Name<'de>, &RawValue>()? {
            self.0.add(&stat, value.get());
        }
        Ok(())
    }
}
