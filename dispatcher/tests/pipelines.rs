//! Plans against the pipelines that LAVA's own parser builds: every name, level, limit, number of tries and URL.

#![allow(clippy::unwrap_used, reason = "tests panic")]

use std::path::Path;

use common::corpus::corpus;
use common::need::not_run;
use dispatcher::group::{self, Choice};
use dispatcher::inventory::Inventory;
use dispatcher::inventory::given::Given;
use dispatcher::lkp::load::{self, Origins};
use dispatcher::plan::print;
use dispatcher::run_job;
use serde_json::Value;

/// What a step of a pipeline says of itself; the other key is its children.
const FIELDS: &[&str] = &["name", "level", "timeout", "max_retries", "url"];

#[test]
fn pipelines_are_those_of_lava() {
    let test = "pipelines_are_those_of_lava";
    let Some(corpus) = corpus(test) else { return };
    let Ok(folder) = std::fs::read_dir(corpus.join("pipelines")) else {
        return not_run(test, "the corpus has no pipelines");
    };
    let mut cases: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let different: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let name = case.file_name().unwrap().to_string_lossy();
            let why = match plan(case) {
                Ok(ours) => difference(&ours, &recorded(case))?,
                Err(failure) => failure,
            };
            Some(format!("{name}: {why}"))
        })
        .collect();
    let (equal, all) = (cases.len() - different.len(), cases.len());
    println!("{equal}/{all} pipelines equal to LAVA's");
    for why in &different {
        println!("  {why}");
    }
    assert_eq!(equal, all, "pipelines equal to LAVA's");
}

/// As `dispatch plan job.yaml --device device.yaml --format json`.
fn plan(case: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(case.join("job.yaml")).unwrap();
    let parsed = job_schema::parse_node_job("job.yaml", &text);
    let Some(job) = parsed.job else {
        return Err(format!("no job: {:#?}", parsed.findings));
    };
    let told = |failure: dispatcher::failure::Failure| failure.message;
    let lab = Inventory::open(None).unwrap();
    let device = case.join("device.yaml").display().to_string();
    let given = Given::read(&[device], &[], &lab).map_err(told)?;
    let specs = group::nodes(&job, &lab, &Choice::Any(&given), |place| place.to_string());
    let suites = load::look(&job, &Origins::new(case)).map_err(told)?;
    let plans = run_job::plan(&job, &suites, specs.map_err(told)?).map_err(told)?;
    Ok(print::json(&plans))
}

fn recorded(case: &Path) -> Value {
    let text = std::fs::read_to_string(case.join("pipeline.yaml")).unwrap();
    serde_json::to_value(job_schema::parse_value(&text).unwrap()).unwrap()
}

/// The first difference of two pipelines, in the order of the steps.
fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    let (ours, theirs) = (steps(ours), steps(theirs));
    let longest = ours.len().max(theirs.len());
    (0..longest).find_map(|i| match (ours.get(i), theirs.get(i)) {
        (Some(ours), Some(theirs)) => {
            let field = FIELDS.iter().find(|f| ours.get(**f) != theirs.get(**f));
            if let Some(field) = field {
                let shown = |step: &Value| step.get(*field).map_or("-".into(), Value::to_string);
                return Some(format!(
                    "{}: {field}: ours {}, theirs {}",
                    called(theirs),
                    shown(ours),
                    shown(theirs)
                ));
            }
            difference(&ours["pipeline"], &theirs["pipeline"])
        }
        (Some(ours), None) => Some(format!("{}: ours alone", called(ours))),
        (None, Some(theirs)) => Some(format!("{}: theirs alone", called(theirs))),
        (None, None) => None,
    })
}

fn steps(pipeline: &Value) -> &[Value] {
    pipeline.as_array().map_or(&[], Vec::as_slice)
}

/// `1.2 download-retry`
fn called(step: &Value) -> String {
    let text = |key| step[key].as_str().unwrap_or_default();
    format!("{} {}", text("level"), text("name"))
}
