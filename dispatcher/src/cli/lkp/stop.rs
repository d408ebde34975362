//! `dispatch lkp stop`: cancel running runs as their own Ctrl-C would.

use std::process::ExitCode;
use std::time::Instant;

use super::fleet::{Default, On};
use crate::cli::{CliError, complain};
use crate::lkp::fleet::history::{self, Head};
use crate::lkp::fleet::stop::{self, Stopped};
use crate::store::Store;

/// Cancel running LKP runs and wait until they have cleaned up.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp stop                        the one that is running
  dispatch lkp stop 17952                  a run by its id, the beginning of its id, or `latest`
  dispatch lkp stop --lab my-lab --on kvm  those on some devices
  dispatch lkp stop --all

A run is told once, as by one Ctrl-C. Stopping it again while it cleans up is a second Ctrl-C: it ends at once.")]
pub(super) struct Args {
    /// The run; any run, not only of LKP.
    #[arg(conflicts_with_all = ["on", "all"])]
    run: Option<String>,
    #[command(flatten)]
    on: On,
    /// All runs of LKP.
    #[arg(long, conflicts_with = "on")]
    all: bool,
}

/// Does it.
///
/// # Errors
/// There is no such run, or one cannot be told.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let heads = chosen(args)?;
    let began = Instant::now();
    let mut trouble = None;
    let mut told = Vec::new();
    // All are told before the first is waited for.
    for head in &heads {
        match stop::stop(head) {
            Ok(Stopped::Told) => {
                complain(&format!(
                    "run {} ({}) is told to stop and cleans up",
                    head.run.id(),
                    head.job_name
                ));
                told.push(head);
            }
            Ok(Stopped::Over) => complain(&format!("run {} has ended already", head.run.id())),
            Err(failure) => {
                complain(&failure.message);
                trouble = Some(failure);
            }
        }
    }
    for head in told {
        stop::wait(head)?;
        let seconds = began.elapsed().as_secs_f64();
        complain(&format!(
            "run {} has ended after {seconds:.1} s",
            head.run.id()
        ));
    }
    Ok(match trouble {
        None => ExitCode::SUCCESS,
        Some(failure) => ExitCode::from(failure.exit_code()),
    })
}

fn chosen(args: &Args) -> Result<Vec<Head>, CliError> {
    if let Some(run) = &args.run {
        let run = Store::open()?.find(run)?;
        let head = Head::of(&run).map_err(|e| {
            CliError::System(format!("cannot read {}: {e}", run.journal().display()))
        })?;
        return Ok(vec![head]);
    }
    if args.on.is_given() {
        let fleet = args.on.open(Default::All)?;
        let names = fleet.names();
        let mut heads = running(&fleet.store)?;
        heads.retain(|head| {
            head.nodes
                .iter()
                .any(|(_, device)| names.contains(&device.as_str()))
        });
        return some(heads, "no LKP run is going on on these devices");
    }
    let heads = running(&Store::open()?)?;
    if heads.len() > 1 && !args.all {
        let ids: Vec<String> = heads
            .iter()
            .map(|head| format!("{} ({})", head.run.id(), head.job_name))
            .collect();
        return Err(CliError::Usage(format!(
            "{} LKP runs are going on: {}; name one, or say --all",
            heads.len(),
            ids.join(", ")
        )));
    }
    some(heads, "no LKP run is going on")
}

fn running(store: &Store) -> Result<Vec<Head>, CliError> {
    let mut heads = history::running(store)?;
    heads.retain(Head::is_lkp);
    Ok(heads)
}

/// That there is nothing to stop is told, and is what was wanted.
fn some(heads: Vec<Head>, otherwise: &str) -> Result<Vec<Head>, CliError> {
    if heads.is_empty() {
        complain(otherwise);
    }
    Ok(heads)
}
