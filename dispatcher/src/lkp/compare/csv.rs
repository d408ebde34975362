//! CSV: a row per metric and run.

use std::io::{self, Write};

use super::Comparison;
use crate::lkp::point::Better;

const COLUMNS: [&str; 15] = [
    "suite", "job", "metric", "unit", "better", "base", "run", "n", "values", "failed", "median",
    "spread", "change", "p", "verdict",
];

/// Writes the comparison as CSV; `change` is a part of the base: `-0.063` is 6.3 % less.
///
/// # Errors
///
/// When `out` refuses.
pub(crate) fn write(c: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    let base = c.runs.first().map_or("", |run| run.id.as_str());
    for kpi in &c.kpis {
        let better = match kpi.better {
            Some(Better::Higher) => "higher",
            Some(Better::Lower) => "lower",
            None => "",
        };
        for (run, found) in c.runs.iter().zip(&kpi.found) {
            let number = |number: Option<f64>| number.map(|n| format!("{n:?}")).unwrap_or_default();
            writer.write_record([
                kpi.key.suite.as_str(),
                &kpi.key.job,
                &kpi.key.metric,
                kpi.key.unit.as_deref().unwrap_or_default(),
                better,
                base,
                &run.id,
                &found.n().to_string(),
                &found.points.len().to_string(),
                &found.tally.failed.to_string(),
                &number(found.value),
                &number(found.spread),
                &number(found.change),
                &number(found.p),
                found.verdict.map_or("", |verdict| verdict.word()),
            ])?;
        }
    }
    writer.flush()
}
