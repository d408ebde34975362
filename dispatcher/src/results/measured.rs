//! What LKP's jobs were run for, for people: a line per KPI of an atomic job, over all its runs, containers and nodes.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::Results;
use crate::lkp::compare::number::Scale;
use crate::lkp::compare::rule::median;
use crate::lkp::compare::sample::{Key, number, without_number};
use crate::lkp::compare::text::title;
use crate::lkp::point::Better;

/// So many lines are written.
const MOST: usize = 40;

/// What was found of one KPI.
#[derive(Default)]
struct Found {
    better: Option<Better>,
    values: Vec<f64>,
}

/// Writes the lines, if there are any. Values that are no finite numbers are left out; the other formats have them.
pub(super) fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let mut found: IndexMap<Key, Found> = IndexMap::new();
    for case in &results.results {
        let value = case.measurement.as_deref().and_then(number);
        let (Some(job), Some(value)) = (&case.more.kpi_of, value) else {
            continue;
        };
        let key = Key {
            suite: without_number(&case.suite).to_owned(),
            job: job.clone(),
            metric: case.case.clone(),
            unit: case.units.clone(),
        };
        let kpi = found.entry(key).or_default();
        kpi.better = kpi.better.or(case.better);
        kpi.values.push(value);
    }
    if found.is_empty() {
        return Ok(());
    }
    let lines: Vec<[String; 3]> = found.iter().take(MOST).map(line).collect();
    let widths = [0, 1].map(|column| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    });
    writeln!(
        out,
        "\nmedian [least .. greatest] of all runs, containers and nodes:"
    )?;
    for [title, numbers, reading] in &lines {
        writeln!(
            out,
            "{title:<0$}  {numbers:<1$}  {reading}",
            widths[0], widths[1]
        )?;
    }
    match found.len() - lines.len() {
        0 => Ok(()),
        more => writeln!(out, "… and {more} more: --format csv"),
    }
}

fn line((key, found): (&Key, &Found)) -> [String; 3] {
    let least = found.values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = found.values.iter().copied().fold(-f64::INFINITY, f64::max);
    let scale = Scale::of(least.abs().max(most.abs()));
    let (title, reading) = title(key, found.better);
    let middle = scale.number(median(&found.values));
    let numbers = match found.values.len() {
        1 => middle,
        n => format!(
            "{middle} [{} .. {}] of {n}",
            scale.number(least),
            scale.number(most)
        ),
    };
    [title, numbers, reading]
}

#[cfg(test)]
mod tests;
