//! When a device was last seen: a small file per device beside its lock, `<device>.seen.json`, so that a list of a
//! thousand devices need not read the journals of all runs.
//!
//! In: the events of a run. Out: files. They repeat what journals say; one that is missing or damaged counts as never
//! seen, and one that cannot be written is no reason to fail a run.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{Class, Failure};
use crate::journal::event::Event;

/// Steps that are only passed with a connection to the device.
const CONNECTED: &[&str] = &["scp-deploy", "ssh-connection", "expect-shell-connection"];

/// A larger file was not written by us.
const LARGEST: u64 = 64 << 10;

/// What is known of a device from the last run that tried it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The run.
    pub run: String,
    /// When a connection to it last stood, or the run with it ended; none when no run has ever reached it.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Why the run did not reach it, or lost it.
    #[serde(default)]
    pub unreachable: Option<String>,
}

impl Seen {
    /// What is known of a device; `folder` is that of its lock.
    #[must_use]
    pub fn of(folder: &Path, device: &str) -> Option<Self> {
        let path = file(folder, device);
        let size = path.metadata().ok()?.len();
        (size <= LARGEST)
            .then(|| std::fs::read(&path).ok())
            .flatten()
            .and_then(|text| serde_json::from_slice(&text).ok())
    }
}

/// Writes the files while a run goes on.
#[derive(Debug)]
pub struct SeenKeeper {
    folder: PathBuf,
    run: Mutex<Run>,
}

/// What the events have told so far.
#[derive(Debug, Default)]
struct Run {
    id: String,
    /// Per node its device, and whether a connection has stood.
    nodes: HashMap<String, (String, bool)>,
}

impl SeenKeeper {
    /// For a run on devices of a lab; `folder` is that of their locks.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            run: Mutex::default(),
        }
    }

    /// Takes in what happened.
    pub fn look_at(&self, event: &Event) {
        match event {
            Event::RunStarted { run, .. } => self.lock().id.clone_from(run),
            // A guest is a connection to its host's device; the host tells of that.
            Event::NodeAssigned {
                node,
                device,
                host: None,
                ..
            } => {
                let known = (device.clone(), false);
                self.lock().nodes.insert(node.clone(), known);
            }
            Event::StepEnded {
                node,
                name,
                failure: None,
                ..
            } if CONNECTED.contains(&name.as_str()) => {
                let mut run = self.lock();
                let id = run.id.clone();
                if let Some((device, seen)) = run.nodes.get_mut(node).filter(|(_, seen)| !seen) {
                    *seen = true;
                    self.write(device, id, true, None);
                }
            }
            Event::NodeEnded { node, failure } => {
                let mut run = self.lock();
                let id = run.id.clone();
                if let Some((device, seen)) = run.nodes.remove(node) {
                    let lost = failure.as_ref().filter(|f| is_loss(f));
                    // A run that never came to the device and does not blame it knows nothing of it.
                    if seen || lost.is_some() {
                        let why = lost.map(|f| f.message.clone());
                        self.write(&device, id, why.is_none(), why);
                    }
                }
            }
            _ => {}
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, device: &str, run: String, now: bool, unreachable: Option<String>) {
        let at = if now {
            Some(Timestamp::now())
        } else {
            Seen::of(&self.folder, device).and_then(|before| before.at)
        };
        let seen = Seen {
            run,
            at,
            unreachable,
        };
        // Whole or not at all: others read it at any time. That it cannot be written is found out by the journal too.
        let _ = tempfile::NamedTempFile::new_in(&self.folder).and_then(|mut draft| {
            serde_json::to_writer(&mut draft, &seen)?;
            draft.write_all(b"\n")?;
            draft.persist(file(&self.folder, device))?;
            Ok(())
        });
    }
}

/// Whether a node failed because its device could not be reached any more.
fn is_loss(failure: &Failure) -> bool {
    let class = match failure.class {
        Class::Timeout => failure.step_class,
        class => Some(class),
    };
    class == Some(Class::Infrastructure)
}

fn file(folder: &Path, device: &str) -> PathBuf {
    folder.join(format!("{device}.seen.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(node: &str, device: &str) -> Event {
        Event::NodeAssigned {
            node: node.into(),
            role: node.into(),
            job_id: "1".into(),
            device: device.into(),
            device_type: "ssh".into(),
            host: None,
            essential: false,
            log: String::new(),
        }
    }

    fn started(run: &str) -> Event {
        Event::RunStarted {
            run: run.into(),
            job_name: String::new(),
            job_file: String::new(),
            version: String::new(),
            pid: 1,
            metadata: serde_json::Value::Null,
        }
    }

    fn connected(node: &str) -> Event {
        Event::StepEnded {
            node: node.into(),
            level: "2.1".into(),
            name: "scp-deploy".into(),
            duration: 0.1,
            failure: None,
        }
    }

    fn ended(node: &str, failure: Option<Failure>) -> Event {
        Event::NodeEnded {
            node: node.into(),
            failure,
        }
    }

    #[test]
    fn a_device_is_seen_when_connected_and_remembered_when_lost() {
        let folder = tempfile::tempdir().unwrap();
        let lost = || Failure::new(Class::Infrastructure, "nobody listens");
        let keeper = SeenKeeper::new(folder.path());
        for event in [
            started("17"),
            assigned("a", "rack1"),
            assigned("b", "rack2"),
        ] {
            keeper.look_at(&event);
        }
        assert_eq!(Seen::of(folder.path(), "rack1"), None);
        keeper.look_at(&connected("a"));
        let up = Seen::of(folder.path(), "rack1").unwrap();
        assert!(up.at.is_some() && up.unreachable.is_none() && up.run == "17");
        keeper.look_at(&ended("a", None));
        keeper.look_at(&ended("b", Some(lost())));
        let never = Seen::of(folder.path(), "rack2").unwrap();
        assert_eq!(
            (never.at, never.unreachable.as_deref()),
            (None, Some("nobody listens"))
        );

        let before = Seen::of(folder.path(), "rack1").unwrap();
        let keeper = SeenKeeper::new(folder.path());
        for event in [
            started("18"),
            assigned("a", "rack1"),
            ended("a", Some(lost())),
        ] {
            keeper.look_at(&event);
        }
        let after = Seen::of(folder.path(), "rack1").unwrap();
        assert_eq!((after.run.as_str(), after.at), ("18", before.at));
    }

    #[test]
    fn a_run_that_never_got_there_and_blames_others_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = SeenKeeper::new(folder.path());
        keeper.look_at(&assigned("a", "rack1"));
        keeper.look_at(&ended(
            "a",
            Some(Failure::new(Class::Job, "no such definition")),
        ));
        assert_eq!(Seen::of(folder.path(), "rack1"), None);
        std::fs::write(folder.path().join("rack1.seen.json"), "{").unwrap();
        assert_eq!(Seen::of(folder.path(), "rack1"), None);
    }
}
