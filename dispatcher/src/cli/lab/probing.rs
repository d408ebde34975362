//! Trying the devices of a lab that was checked: progress on standard error, what does not answer as findings of its files.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{join_all, select_all};
use futures_util::stream;
use job_schema::Finding;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::actions::tool::program::Programs;
use crate::check::devices::Checked;
use crate::cli::CliError;
use crate::failure::{Class, Failure};
use crate::inventory::lab::Entry;
use crate::inventory::reserve::Reservations;
use crate::probe::{self, Probe};
use crate::store::Store;
use crate::text::escape;

/// Devices that are tried at a time.
const AT_A_TIME: usize = 16;

/// A device that was tried.
pub(super) struct Tried {
    name: String,
    /// What answered.
    answers: Vec<String>,
    /// What did not.
    silent: usize,
    /// The run that has it, so that it was not tried: `in use by run 17…`.
    busy: Option<String>,
}

impl Tried {
    /// A line for people.
    pub(super) fn text(&self) -> String {
        if let Some(holder) = &self.busy {
            return format!(
                "{}: busy, not tried ({})",
                escape(&self.name),
                escape(holder)
            );
        }
        let answers = match self.answers.join(", ") {
            none if none.is_empty() && self.silent > 0 => "nothing answers".to_owned(),
            none if none.is_empty() => "nothing to try".to_owned(),
            answers => answers,
        };
        let state = if self.silent == 0 { "ok" } else { "FAILS" };
        format!("{}: {state} ({})", escape(&self.name), escape(&answers))
    }

    /// The same for scripts.
    pub(super) fn json(&self) -> Value {
        match &self.busy {
            Some(holder) => json!({"device": self.name, "ok": null, "answers": [], "busy": holder}),
            None => json!({"device": self.name, "ok": self.silent == 0, "answers": self.answers}),
        }
    }
}

/// What trying a device gave; `Err`: who has it.
type Outcome = Result<Probe, String>;

/// Tries all devices that no run has: a console may serve one user, and a job must not lose it. What is wrong is added to the findings of their
/// files.
///
/// # Errors
/// The store cannot be opened, or somebody interrupts it.
pub(super) fn all(checked: &mut Checked) -> Result<Vec<Tried>, CliError> {
    let store = Store::open()?;
    let known_hosts = store.root().join("known_hosts");
    let locks = &Reservations::open(store.root(), &checked.inventory)?;
    let entries: HashMap<&str, &Entry> = checked
        .inventory
        .entries()
        .iter()
        .map(|entry| (entry.name.as_str(), entry))
        .collect();
    let entries = &entries;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|e| CliError::System(format!("cannot start: {e}")))?;
    let total = checked.devices.len();
    let running: Vec<Programs> = (0..total).map(|_| Programs::default()).collect();
    let probes = runtime.block_on(async {
        let mut done = 0;
        let known_hosts = &known_hosts;
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let mut signals = Vec::new();
        for kind in kinds {
            let listening = signal(kind)
                .map_err(|e| CliError::System(format!("cannot listen for signals: {e}")));
            signals.push(listening?);
        }
        let each = signals.iter_mut().map(|it| Box::pin(it.recv()));
        let mut interrupted = select_all(each);
        let all = checked.devices.iter().zip(&running).enumerate().map(
            |(index, (found, running))| async move {
                let entry = entries.get(found.device.name.as_str());
                let holder = entry.map_or(Ok(None), |entry| locks.holder(entry))?;
                let outcome = match holder {
                    Some(holder) => Err(holder),
                    None => Ok(probe::device(&found.device, known_hosts, running).await),
                };
                Ok::<_, Failure>((index, outcome))
            },
        );
        let mut all = stream::iter(all).buffer_unordered(AT_A_TIME);
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.tick().await;
        let mut probes: Vec<(usize, Outcome)> = Vec::with_capacity(total);
        loop {
            tokio::select! {
                next = all.next() => match next {
                    Some(probe) => {
                        done += 1;
                        probes.push(probe?);
                    }
                    None => return Ok(probes),
                },
                _ = &mut interrupted => break,
                _ = ticks.tick() => progress(done, total),
            }
        }
        // What was begun is given up, and no program is left behind.
        drop(all);
        join_all(running.iter().map(Programs::ended)).await;
        let message = format!("interrupted: {done} of {total} devices were tried");
        Err(CliError::from(Failure::new(Class::Cancelled, message)))
    });
    runtime.shutdown_background();
    let mut probes = probes?;
    probes.sort_by_key(|(index, _)| *index);
    let mut tried = Vec::with_capacity(total);
    for (index, outcome) in probes {
        let found = &checked.devices[index];
        let probe = match outcome {
            Ok(probe) => probe,
            Err(holder) => {
                tried.push(Tried {
                    name: found.device.name.clone(),
                    answers: Vec::new(),
                    silent: 0,
                    busy: Some(holder),
                });
                continue;
            }
        };
        let silent = probe.troubles.len();
        for trouble in probe.troubles {
            let (file, span) = found.written.find(&trouble.path);
            let message = format!("{}: {}", found.device.name, trouble.message);
            let mut finding =
                Finding::new(trouble.code, trouble.severity, trouble.path, span, message);
            finding.help = trouble.help;
            if let Some(file) = checked.files.get_mut(file) {
                file.add(finding);
            }
        }
        tried.push(Tried {
            name: found.device.name.clone(),
            answers: probe.answers,
            silent,
            busy: None,
        });
    }
    tried.extend(checked.broken.iter().map(|name| Tried {
        name: name.clone(),
        answers: vec!["its files are wrong".to_owned()],
        silent: 1,
        busy: None,
    }));
    Ok(tried)
}

fn progress(done: usize, total: usize) {
    let mut out = std::io::stderr().lock();
    let end = if out.is_terminal() { "\r" } else { "\n" };
    // There is nowhere left to tell that standard error is closed.
    let _ = write!(out, "trying devices: {done} of {total}{end}").and_then(|()| out.flush());
}
