//! `dispatch devices`: the devices of a lab, and one of them as a job would see it.

mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::{CliError, complain, patience, print};
use crate::inventory::lab::advice;
use crate::inventory::reserve::Reservations;
use crate::inventory::{Inventory, abilities};
use crate::store::Store;
use crate::text::escape;

/// Exit code of a lab in which a device file cannot be read.
const BROKEN: u8 = 3;

/// List the devices of a lab: their type, state and tags, and the methods by which they can be deployed and booted.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  dispatch devices
  dispatch devices show board-1 --lab my-lab --context console_device=ttyS1
  dispatch devices --lab my-lab --json | jq -r 'select(.state == \"idle\") | .device'

Exit code 3: a device file cannot be read. It is told on standard error, and the other devices are listed."
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Show(show::Args),
}

/// Prints the list, or the device.
///
/// # Errors
/// The lab cannot be read, or has no such device.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    if let Some(What::Show(args)) = &args.what {
        return show::run(args);
    }
    let (lab, files) = Inventory::open_each(args.lab.as_deref())?;
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
    let types = lab.entries().iter().map(|e| e.device_type.len()).max();
    let types = types.unwrap_or(0).max(4);
    let abilities = patience::with("rendering the devices", || abilities::of_lab(&lab));
    print(|out| {
        if !args.json {
            writeln!(
                out,
                "{:<widest$}  {:<types$}  {:<24} {:<16} can",
                "device", "type", "state", "tags"
            )?;
        }
        for ((entry, state), can) in lab.entries().iter().zip(&states).zip(&abilities) {
            if args.json {
                let methods = can.as_ref().ok();
                let line = json!({
                    "device": entry.name,
                    "device_type": entry.device_type,
                    "state": state,
                    "tags": entry.tags,
                    "deploy": methods.map(|m| &m.deploy),
                    "boot": methods.map(|m| &m.boot),
                    "error": can.as_ref().err(),
                });
                writeln!(out, "{line}")?;
            } else {
                let tags = entry.tags.join(", ");
                let can = match can {
                    Ok(abilities) => abilities.words(),
                    Err(why) => format!("nothing: {why}"),
                };
                writeln!(
                    out,
                    "{:<widest$}  {:<types$}  {state:<24} {tags:<16} {}",
                    escape(&entry.name),
                    escape(&entry.device_type),
                    escape(&can)
                )?;
            }
        }
        Ok(())
    })?;
    let mut broken = files
        .into_iter()
        .filter_map(|(_, devices)| devices.err())
        .peekable();
    if broken.peek().is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    broken.for_each(|failure| complain(&escape(&failure.message)));
    complain(&advice(args.lab.as_deref()));
    Ok(ExitCode::from(BROKEN))
}
