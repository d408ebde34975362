//! What the runs in the store say of LKP on a device. In: the store. Out: heads of runs (a few lines of each journal), the
//! last results of a device, what it does now.

use std::collections::HashMap;
use std::fs;
use std::io;

use jiff::Timestamp;
use job_schema::yaml::Value;

use super::job::METADATA;
use crate::journal::event::Event;
use crate::journal::reader::JournalReader;
use crate::store::{RunDir, RunState, Store, StoreError};

/// A larger job is not read to find out whether LKP is in it.
const LARGEST_JOB: u64 = 4 << 20;

/// The beginning of a journal: all that is known of a run before a device is touched.
#[derive(Debug, Clone)]
pub struct Head {
    /// The run.
    pub run: RunDir,
    /// When it began.
    pub start: Option<Timestamp>,
    /// `job_name`
    pub job_name: String,
    /// Process id of its dispatcher.
    pub pid: u32,
    /// Names of its nodes that have a device of their own, and of the devices.
    pub nodes: Vec<(String, String)>,
    /// The command of `dispatch lkp` that made its job.
    made_by: Option<String>,
}

impl Head {
    /// Reads it.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn of(run: &RunDir) -> io::Result<Self> {
        let mut head = Self {
            run: run.clone(),
            start: None,
            job_name: String::new(),
            pid: 0,
            nodes: Vec::new(),
            made_by: None,
        };
        for entry in JournalReader::open(&run.journal())? {
            let entry = entry?;
            match entry.event {
                Event::RunStarted {
                    job_name,
                    pid,
                    metadata,
                    ..
                } => {
                    head.start = Some(entry.at);
                    head.job_name = crate::text::name(&job_name);
                    head.pid = pid;
                    head.made_by = metadata
                        .get(METADATA)
                        .and_then(|it| it.as_str())
                        .map(ToOwned::to_owned);
                }
                Event::NodeAssigned {
                    node,
                    device,
                    host: None,
                    ..
                } => head.nodes.push((node, device)),
                Event::NodeAssigned { .. } | Event::Note { .. } => {}
                // Nodes are assigned before anything else happens.
                _ => break,
            }
        }
        Ok(head)
    }

    /// Whether it is a run of LKP: one that `dispatch lkp` made, or of a job with an `lkp:` test.
    #[must_use]
    pub fn is_lkp(&self) -> bool {
        self.made_by.is_some() || self.run.lkp().is_dir() || tests_lkp(&self.run)
    }

    /// Whether LKP's cases are run in it; checks of nodes are none.
    #[must_use]
    pub fn has_cases(&self) -> bool {
        match self.made_by.as_deref() {
            Some(command) => command == "run",
            None => self.is_lkp(),
        }
    }
}

/// Whether a block of the run's job is `test: lkp:`.
fn tests_lkp(run: &RunDir) -> bool {
    let small = fs::metadata(run.job()).is_ok_and(|about| about.len() <= LARGEST_JOB);
    let text = small
        .then(|| fs::read_to_string(run.job()).ok())
        .flatten()
        .unwrap_or_default();
    // Most jobs can be told without reading them as YAML.
    if !text.contains("lkp") {
        return false;
    }
    let Ok(Value::Map(job)) = job_schema::parse_value(&text) else {
        return false;
    };
    let Some(Value::Seq(actions)) = job.get("actions") else {
        return false;
    };
    let is_lkp = |action: &Value| match action {
        Value::Map(action) => {
            matches!(action.get("test"), Some(Value::Map(test)) if test.contains_key("lkp"))
        }
        _ => false,
    };
    actions.iter().any(is_lkp)
}

/// Runs whose dispatcher lives, the oldest first. A run that cannot be read is left out: it must not hide the others.
///
/// # Errors
/// The store cannot be read.
pub fn running(store: &Store) -> Result<Vec<Head>, StoreError> {
    let runs = store.list()?;
    let lives = |run: &&RunDir| run.state().is_ok_and(|state| state == RunState::Running);
    Ok(runs
        .iter()
        .filter(lives)
        .filter_map(|run| Head::of(run).ok())
        .collect())
}

/// Per device the last run that is over and ran LKP's cases on it, and the node's name in it.
///
/// # Errors
/// The store cannot be read.
pub fn last_results(
    store: &Store,
    devices: &[&str],
) -> Result<HashMap<String, (Head, String)>, StoreError> {
    let mut last: HashMap<String, (Head, String)> = HashMap::new();
    for run in store.list()?.iter().rev() {
        if last.len() == devices.len() {
            break;
        }
        let Ok(head) = Head::of(run) else { continue };
        let wanted = |device: &str| devices.contains(&device) && !last.contains_key(device);
        let found: Vec<(String, String)> = head
            .nodes
            .iter()
            .filter(|(_, device)| wanted(device))
            .cloned()
            .collect();
        if found.is_empty()
            || !head.has_cases()
            || run.state().is_ok_and(|state| state == RunState::Running)
        {
            continue;
        }
        for (node, device) in found {
            last.entry(device).or_insert_with(|| (head.clone(), node));
        }
    }
    Ok(last)
}

/// What a node is doing: its step, and the last case that had a result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doing {
    /// `3.1 lkp-run`
    pub step: Option<String>,
    /// The last case with a result.
    pub case: Option<String>,
}

/// What the nodes of a running run do, by the names of their devices.
///
/// # Errors
/// The journal cannot be read.
pub fn doing(head: &Head) -> io::Result<HashMap<String, Doing>> {
    let mut nodes: HashMap<String, Doing> = HashMap::new();
    for entry in JournalReader::open(&head.run.journal())? {
        match entry?.event {
            Event::StepStarted {
                node, level, name, ..
            } => {
                nodes.entry(node).or_default().step =
                    Some(crate::text::name(&format!("{level} {name}")));
            }
            Event::Case {
                node, suite, case, ..
            } if suite != "lava" => {
                nodes.entry(node).or_default().case = Some(crate::text::name(&case));
            }
            Event::Lkp { node, point, .. } => {
                nodes.entry(node).or_default().case = Some(crate::text::name(&point.job));
            }
            Event::NodeEnded { node, .. } => {
                let ended = Doing {
                    step: Some("has ended".to_owned()),
                    case: None,
                };
                nodes.insert(node, ended);
            }
            _ => {}
        }
    }
    let of_device = |(node, device): &(String, String)| {
        (device.clone(), nodes.remove(node).unwrap_or_default())
    };
    Ok(head.nodes.iter().map(of_device).collect())
}

#[cfg(test)]
mod tests;
