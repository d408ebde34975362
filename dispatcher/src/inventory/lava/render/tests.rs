//! Rendering: LAVA's own answers, and templates that mean harm.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::*;

/// Tells `tests/run` that a test could not run.
fn not_run(test: &str, why: &str) {
    use std::io::Write as _;
    let line = format!("{test}: {why}\n");
    if let Some(file) = std::env::var_os("DISPATCH_NOT_RUN")
        && let Ok(mut file) = fs::OpenOptions::new().append(true).create(true).open(file)
    {
        file.write_all(line.as_bytes()).unwrap();
    }
    println!("NOT RUN {line}");
}

/// The first difference of two values: where, and both.
fn difference(path: &str, ours: &Json, theirs: &Json) -> Option<String> {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.into_iter().find_map(|k| {
                let none = Json::String("(absent)".to_owned());
                let (a, b) = (a.get(k).unwrap_or(&none), b.get(k).unwrap_or(&none));
                difference(&format!("{path}.{k}"), a, b)
            })
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => a
            .iter()
            .zip(b)
            .enumerate()
            .find_map(|(i, (a, b))| difference(&format!("{path}[{i}]"), a, b)),
        _ => (ours != theirs).then(|| format!("{path}: {ours} instead of {theirs}")),
    }
}

fn check(source: &Path, row: &Json) -> Result<(), String> {
    let types = source.join("etc/dispatcher-config/device-types");
    let dictionaries = source.join("tests/lava_scheduler_app/devices");
    let folders = Folders::new(vec![dictionaries, types]);
    let name = row["name"].as_str().unwrap();
    let context = job_schema::parse_value(&row["context"].to_string()).map_err(|e| e.message)?;
    let Value::Map(context) = context else {
        return Err("the context is no mapping".to_owned());
    };
    let text = match row["kind"].as_str() {
        Some("type") => render_type(&folders, name, &context),
        _ => render(&folders, name, &context),
    }
    .map_err(|e| e.to_string())?;
    let device = job_schema::parse_value(&text).map_err(|e| e.message)?;
    let device = serde_json::to_value(&device).map_err(|e| e.to_string())?;
    difference("", &device, &row["device"]).map_or(Ok(()), Err)
}

/// `DISPATCH_CORPUS` is a folder of LAVA's recorded answers; `LAVA_SRC` is LAVA's source tree, which has the templates.
#[test]
fn devices_are_as_lava_renders_them() {
    let test = "inventory::lava::devices_are_as_lava_renders_them";
    let corpus = std::env::var_os("DISPATCH_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let Some(source) = std::env::var_os("LAVA_SRC").map(PathBuf::from) else {
        return not_run(test, "needs LAVA_SRC, LAVA's source tree");
    };
    let Ok(rows) = fs::read_to_string(corpus.join("device-types/rendered.jsonl")) else {
        return not_run(test, "needs DISPATCH_CORPUS, the recorded answers");
    };
    let (mut equal, mut all) = (0, 0);
    let mut first: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for row in rows.lines() {
        let row: Json = serde_json::from_str(row).unwrap();
        all += 1;
        match check(&source, &row) {
            Ok(()) => equal += 1,
            Err(why) => {
                let kind = why.split([':', '[']).next().unwrap_or_default().to_owned();
                let said = format!("{} {} {}: {why}", row["kind"], row["name"], row["context"]);
                first.entry(kind).or_insert((0, said)).0 += 1;
            }
        }
    }
    println!("devices as LAVA renders them: {equal}/{all}");
    for (count, said) in first.values() {
        println!("{count} times, first {said}");
    }
    assert_eq!(equal, all);
}
