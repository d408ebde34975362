//! `dispatch devices`: the devices of a lab.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::{CliError, print};
use crate::inventory::Inventory;
use crate::inventory::reserve::Reservations;
use crate::store::Store;

/// List the devices of a lab, with their state and tags.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch devices
  dispatch devices --lab my-lab --json | jq -r 'select(.state == \"idle\") | .device'")]
pub struct Args {
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

/// Prints the list.
///
/// # Errors
/// The lab cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let lab = Inventory::open(args.lab.as_deref())?;
    let store = Store::open()?;
    let locks = Reservations::open(store.root(), &lab)?;
    let states = lab
        .entries()
        .iter()
        .map(|entry| Ok(locks.holder(entry)?.unwrap_or_else(|| "idle".to_owned())))
        .collect::<Result<Vec<String>, CliError>>()?;
    let widest = lab
        .entries()
        .iter()
        .map(|e| e.name.len())
        .max()
        .unwrap_or(0)
        .max(6);
    print(|out| {
        if !args.json {
            writeln!(
                out,
                "{:<widest$}  {:<16} {:<24} tags",
                "device", "type", "state"
            )?;
        }
        for (entry, state) in lab.entries().iter().zip(&states) {
            if args.json {
                let line = json!({
                    "device": entry.name,
                    "device_type": entry.device_type,
                    "state": state,
                    "tags": entry.tags,
                });
                writeln!(out, "{line}")?;
            } else {
                let tags = entry.tags.join(", ");
                writeln!(
                    out,
                    "{:<widest$}  {:<16} {state:<24} {tags}",
                    entry.name, entry.device_type
                )?;
            }
        }
        Ok(())
    })
}
