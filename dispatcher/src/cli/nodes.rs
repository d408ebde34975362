//! `dispatch nodes`: the devices of a lab, when they were last seen, and what they run.

use std::collections::HashMap;
use std::process::ExitCode;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::json;

use super::lkp::{Default, On};
use super::{CliError, print};
use crate::inventory::Inventory;
use crate::inventory::lab::Entry;
use crate::inventory::reserve::Reservations;
use crate::inventory::seen::Seen;
use crate::lkp::fleet::history::{self, Doing, Head};
use crate::text::{escape, name};

/// List nodes: name, address, state, when each was last seen, and what it runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch nodes --lab my-lab
  dispatch nodes --lab my-lab --on state=busy
  dispatch nodes --lab my-lab --json | jq -r 'select(.state == \"unreachable\") | .node'

Seen means that a run had a connection to it; nothing is asked now. `unreachable` is what the last run found that tried. \
Nodes of the embedded lab are made for each run.")]
pub struct Args {
    #[command(flatten)]
    on: On,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

/// Prints the list.
///
/// # Errors
/// The lab or the store cannot be read, or there are no such devices.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let fleet = args.on.open(Default::All)?;
    let locks = Reservations::open(fleet.store.root(), &fleet.lab)?;
    let now = Timestamp::now();
    let mut running: HashMap<String, (Head, Doing)> = HashMap::new();
    for head in history::running(&fleet.store)? {
        // A run that ends in this moment does nothing any more.
        for (device, doing) in history::doing(&head).unwrap_or_default() {
            running.insert(device, (head.clone(), doing));
        }
    }
    let mut rows = Vec::new();
    for entry in fleet.devices() {
        let holder = locks.holding_run(entry)?;
        let running = running.get(&entry.name).filter(|(head, _)| {
            // Two labs may have devices of one name; the lock tells whose it is.
            entry.device_type == "sandbox" || holder.as_deref() == Some(head.run.id())
        });
        let seen = Seen::of(locks.folder(), &entry.name);
        rows.push(Row {
            name: &entry.name,
            address: address(&fleet.lab, entry),
            state: state(holder.as_deref(), running.is_some(), seen.as_ref()),
            seen,
            running,
        });
    }
    let widest = |of: &dyn Fn(&Row<'_>) -> usize, least: usize| {
        rows.iter().map(of).max().unwrap_or(0).max(least)
    };
    let (names, addresses) = (
        widest(&|r| r.name.len(), 4),
        widest(&|r| r.address.len(), 7),
    );
    print(|out| {
        if !args.json {
            writeln!(
                out,
                "{:<names$}  {:<addresses$}  {:<12} {:<14} runs",
                "node", "address", "state", "last seen"
            )?;
        }
        for row in &rows {
            if args.json {
                writeln!(out, "{}", row.json())?;
                continue;
            }
            let line = format!(
                "{:<names$}  {:<addresses$}  {:<12} {:<14} {}",
                name(row.name),
                escape(&row.address),
                row.state,
                row.seen
                    .as_ref()
                    .and_then(|seen| seen.at)
                    .map_or_else(|| "never".to_owned(), |at| ago(now, at)),
                row.words()
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    })
}

struct Row<'a> {
    name: &'a str,
    address: String,
    state: &'static str,
    seen: Option<Seen>,
    running: Option<&'a (Head, Doing)>,
}

impl Row<'_> {
    /// What it runs, or why it could not be reached.
    fn words(&self) -> String {
        if let Some((head, doing)) = self.running {
            let parts = [
                Some(head.run.id()),
                Some(head.job_name.as_str()),
                doing.step.as_deref(),
                doing.case.as_deref(),
            ];
            return parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        }
        let why = self
            .seen
            .as_ref()
            .filter(|_| self.state == "unreachable")
            .and_then(|seen| seen.unreachable.as_deref());
        name(why.and_then(|why| why.lines().next()).unwrap_or_default())
    }

    fn json(&self) -> serde_json::Value {
        let running = self.running.map(|(head, doing)| {
            json!({"run": head.run.id(), "job_name": head.job_name, "step": doing.step, "case": doing.case})
        });
        json!({
            "node": self.name,
            "address": self.address,
            "state": self.state,
            "last_seen": self.seen.as_ref().and_then(|seen| seen.at),
            "last_run": self.seen.as_ref().map(|seen| &seen.run),
            "unreachable": self.seen.as_ref().and_then(|seen| seen.unreachable.as_ref()),
            "running": running,
        })
    }
}

fn state(holder: Option<&str>, running: bool, seen: Option<&Seen>) -> &'static str {
    match seen {
        _ if holder.is_some() || running => "running",
        Some(seen) if seen.unreachable.is_some() => "unreachable",
        _ => "idle",
    }
}

/// `user@host:port`, without what everybody has.
fn address(lab: &Inventory, entry: &Entry) -> String {
    let device = match lab.render(entry, &IndexMap::new()) {
        Ok(device) => device,
        Err(failure) => return format!("? {}", failure.message.lines().next().unwrap_or_default()),
    };
    match device.config.ssh {
        _ if device.config.sandbox.is_some() => "made per run".to_owned(),
        Some(ssh) if !ssh.host.is_empty() && ssh.port == 22 => ssh.host,
        Some(ssh) if !ssh.host.is_empty() => format!("{}:{}", ssh.host, ssh.port),
        _ => "-".to_owned(),
    }
}

/// `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`.
fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..=119 => format!("{seconds} s ago"),
        120..=7_199 => format!("{} min ago", seconds / 60),
        7_200..=172_799 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_words() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let said = |before: i64| ago(now, Timestamp::from_second(1_000_000 - before).unwrap());
        let all: Vec<String> = [-5, 0, 119, 120, 7_199, 7_200, 172_800].map(said).into();
        assert_eq!(
            all,
            [
                "0 s ago",
                "0 s ago",
                "119 s ago",
                "2 min ago",
                "119 min ago",
                "2 h ago",
                "2 d ago"
            ]
        );
    }
}
