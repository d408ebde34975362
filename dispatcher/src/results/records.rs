//! LAVA's records: what its server exports as YAML and CSV, one per result. All values are strings, but for `metadata`.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{CaseRecord, Results};
use crate::journal::console_read::Excerpts;
use crate::journal::event::CaseResult;

/// A result under LAVA's keys.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) job: String,
    pub(super) suite: String,
    pub(super) result: &'static str,
    pub(super) measurement: String,
    pub(super) unit: String,
    pub(super) level: String,
    pub(super) url: String,
    pub(super) id: String,
    pub(super) logged: String,
    pub(super) log_start_line: String,
    pub(super) log_end_line: String,
    pub(super) metadata: Value,
}

/// LAVA's word for a result.
pub(super) fn word(result: CaseResult) -> &'static str {
    match result {
        CaseResult::Pass => "pass",
        CaseResult::Fail => "fail",
        CaseResult::Skip => "skip",
        CaseResult::Unknown => "unknown",
    }
}

/// The records of a run, made one at a time. `url` is empty, there being no server; `id` counts the results from 1; lines
/// are those of the node's console log, from 0, empty where that log is not at hand.
pub(super) fn records<'a>(
    results: &'a Results,
    logs: &Excerpts,
) -> impl Iterator<Item = Record> + use<'a> {
    let jobs: HashMap<&str, &str> = results
        .nodes
        .iter()
        .map(|node| (node.node.as_str(), node.job_id.as_str()))
        .collect();
    let lines = lines(results, logs);
    results
        .results
        .iter()
        .zip(lines)
        .enumerate()
        .map(move |(place, (case, lines))| {
            let job = jobs.get(case.node.as_str()).copied().unwrap_or_default();
            record(job, case, place + 1, lines)
        })
}

/// The first and last line of each result, where it has a stretch of a log.
fn lines(results: &Results, logs: &Excerpts) -> Vec<[Option<u64>; 2]> {
    let mut lines = vec![[None; 2]; results.results.len()];
    for (file, cases) in by_file(results) {
        let spans = cases
            .iter()
            .filter_map(|&place| results.results[place].log.as_ref());
        // The end of a stretch is one past its last byte, which may be the first of the next line.
        let offsets: Vec<u64> = spans
            .flat_map(|span| [span.start, span.end.saturating_sub(1).max(span.start)])
            .collect();
        for (&place, numbers) in cases
            .iter()
            .zip(logs.line_numbers(file, &offsets).chunks_exact(2))
        {
            lines[place] = [numbers[0], numbers[1]];
        }
    }
    lines
}

/// The results that have a stretch of a log, by log.
fn by_file(results: &Results) -> IndexMap<&str, Vec<usize>> {
    let mut files: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for (place, case) in results.results.iter().enumerate() {
        if let Some(span) = &case.log {
            files.entry(span.file.as_str()).or_default().push(place);
        }
    }
    files
}

fn record(job: &str, case: &CaseRecord, id: usize, lines: [Option<u64>; 2]) -> Record {
    let [first, last] = lines.map(|line| line.map(|line| line.to_string()).unwrap_or_default());
    Record {
        name: case.case.clone(),
        job: job.to_owned(),
        suite: case.suite.clone(),
        result: word(case.result),
        // LAVA's word where there is none.
        measurement: case
            .measurement
            .clone()
            .unwrap_or_else(|| "None".to_owned()),
        unit: case.units.clone().unwrap_or_default(),
        level: case.more.level.clone(),
        url: String::new(),
        id: id.to_string(),
        logged: case.end.strftime("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string(),
        log_start_line: first,
        log_end_line: last,
        metadata: metadata(case),
    }
}

/// What LAVA logs of a result, and the node and role it came from.
fn metadata(case: &CaseRecord) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            map.insert(key.to_owned(), Value::String(value.to_owned()));
        }
    };
    put("definition", Some(&case.suite));
    put("case", Some(&case.case));
    put("result", Some(word(case.result)));
    put("set", case.set.as_deref());
    if case.suite == "lava" {
        put("duration", case.measurement.as_deref());
        put(
            "level",
            Some(case.more.level.as_str()).filter(|level| !level.is_empty()),
        );
        put("uuid", case.more.uuid.as_deref());
    } else {
        put("measurement", case.measurement.as_deref());
        put("units", case.units.as_deref());
        put("reference", case.more.reference.as_deref());
    }
    if let Some((class, message)) = &case.more.failure {
        put("error_msg", Some(message));
        put("error_type", Some(class.lava_name()));
    }
    put("node", Some(&case.node));
    put("role", Some(&case.role));
    Value::Object(map)
}
