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
mod tests {
    use super::*;
    use crate::journal::mask::Masker;

    fn run(
        store: &Store,
        metadata: serde_json::Value,
        device: &str,
        job: &str,
    ) -> (RunDir, crate::journal::writer::JournalWriter) {
        let (dir, journal) = store.create_run(Masker::default()).unwrap();
        fs::write(dir.job(), job).unwrap();
        journal
            .append_all([
                Event::RunStarted {
                    run: dir.id().to_owned(),
                    job_name: "lkp\u{1b}".into(),
                    job_file: String::new(),
                    version: String::new(),
                    pid: 7,
                    metadata,
                },
                Event::NodeAssigned {
                    node: "n".into(),
                    role: "n".into(),
                    job_id: "1".into(),
                    device: device.into(),
                    device_type: "ssh".into(),
                    host: None,
                    essential: false,
                    log: String::new(),
                },
                Event::StepStarted {
                    node: "n".into(),
                    level: "3.1".into(),
                    name: "lkp-run".into(),
                    timeout: 1.0,
                    attempt: 1,
                },
            ])
            .unwrap();
        (dir, journal)
    }

    #[test]
    fn the_last_run_of_cases_on_a_device_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path()).unwrap();
        let ours = |command: &str| serde_json::json!({ METADATA: command });
        let none = serde_json::Value::Null;
        let by_hand = "actions:\n- test:\n    lkp: {jobs: [x]}\n";
        let (first, _) = run(&store, ours("run"), "rack1", "");
        let (second, _) = run(&store, none.clone(), "rack2", by_hand);
        run(&store, none, "rack1", "job_name: not lkp\n");
        run(&store, ours("init"), "rack1", "");
        let (_, still) = run(&store, ours("run"), "rack1", "");
        let last = last_results(&store, &["rack1", "rack2", "rack3"]).unwrap();
        let id = |device: &str| last.get(device).map(|(head, _)| head.run.id().to_owned());
        assert_eq!(id("rack1").as_deref(), Some(first.id()));
        assert_eq!(id("rack2").as_deref(), Some(second.id()));
        assert_eq!(id("rack3"), None);

        let running = running(&store).unwrap();
        assert_eq!(running.len(), 1);
        assert_eq!(
            (running[0].pid, running[0].job_name.as_str()),
            (7, "lkp\\x1b")
        );
        assert_eq!(
            doing(&running[0]).unwrap()["rack1"].step.as_deref(),
            Some("3.1 lkp-run")
        );
        drop(still);
    }
}
