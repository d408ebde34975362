//! Everything, as one object: runs, metrics with their samples, verdicts, and the rule.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Comparison, Found, Kpi, Run, rule};

/// Writes the comparison as JSON.
///
/// # Errors
///
/// When `out` refuses.
pub(crate) fn write(c: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let kpis: Vec<Value> = c.kpis.iter().map(|one| kpi(c, one)).collect();
    let object = json!({
        "rule": rule::RULE,
        "worse": c.worse(),
        "runs": c.runs.iter().map(run).collect::<Vec<Value>>(),
        "metrics": kpis,
    });
    serde_json::to_writer_pretty(&mut *out, &object)?;
    writeln!(out)
}

fn run(run: &Run) -> Value {
    let jobs: Vec<Value> = run
        .jobs
        .iter()
        .map(|((suite, job), tally)| {
            json!({
                "suite": suite, "job": job,
                "runs": tally.points, "failed": tally.failed, "not_numbers": tally.odd,
            })
        })
        .collect();
    json!({
        "run": run.id, "base": run.letter == "A", "job_name": run.name, "start": run.start,
        "ended": run.ended, "damaged_lines": run.damaged, "jobs": jobs,
    })
}

fn kpi(c: &Comparison, kpi: &Kpi) -> Value {
    let found: Vec<Value> = c
        .runs
        .iter()
        .zip(&kpi.found)
        .map(|(run, found)| one(run, found))
        .collect();
    json!({
        "suite": kpi.key.suite, "job": kpi.key.job, "metric": kpi.key.metric, "unit": kpi.key.unit,
        "better": kpi.better, "kpi": kpi.kpi, "runs": found,
    })
}

fn one(run: &Run, found: &Found) -> Value {
    let samples: Vec<Value> = found
        .points
        .iter()
        .map(|sample| {
            json!({
                "node": sample.node, "suite": sample.suite, "container": sample.container,
                "repeat": sample.repeat, "value": sample.value,
            })
        })
        .collect();
    json!({
        "run": run.id, "n": found.n(), "failed": found.tally.failed, "median": found.value,
        "spread": found.spread, "change": found.change, "p": found.p, "verdict": found.verdict,
        "samples": samples,
    })
}
