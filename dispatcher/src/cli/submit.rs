//! `dispatch submit`: run a job, watch it, tell how it went.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::allow::Allow;
use super::progress::Progress;
use super::{CliError, complain, job_file};
use crate::inventory::Inventory;
use crate::results;
use crate::run_job::{Submission, run_job};
use crate::store::{RunState, Store};

/// Run a job to its end.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch submit examples/jobs/host-guests.yaml
  dispatch submit job.yaml --lab my-lab
  dispatch submit job.yaml --json > results.json

Ctrl-C cancels the run and cleans up; a second Ctrl-C ends it at once (the embedded lab is gone all the same).")]
pub struct Args {
    /// The job file.
    job: PathBuf,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// Print the results as JSON on standard output; progress goes to standard error.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    allow: Allow,
}

/// Runs the job.
///
/// # Errors
/// The job file or the lab is wrong, or the state folder cannot be used. What goes wrong in the run is its result.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let file = job_file::read(&args.job, &args.allow.codes())?;
    let lab = Inventory::open(args.lab.as_deref())?;
    let store = Store::open()?;
    for run in store.recover()? {
        complain(&format!(
            "run {} was killed; its results up to then are kept",
            run.run.id()
        ));
    }
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|e| CliError::System(format!("cannot start: {e}")))?;
    let dir = runtime.block_on(async {
        let cancel = CancellationToken::new();
        let (watcher, events) = mpsc::unbounded_channel();
        let progress = tokio::spawn(Progress::new(std::io::stderr().is_terminal()).follow(events));
        // It listens until the very end: a signal must never be without effect.
        tokio::spawn(cancel_on_signal(cancel.clone())?);
        let submission = Submission {
            job: &file.job,
            file: &args.job,
            text: &file.text,
        };
        let dir = run_job(&submission, &lab, &store, Some(watcher), cancel).await?;
        // The watcher is gone, so the progress ends when it has shown everything.
        let _ = progress.await;
        Ok::<_, CliError>(dir)
    })?;
    runtime.shutdown_background();
    let results = results::of_run(&dir).map_err(|e| CliError::System(e.to_string()))?;
    let code = ExitCode::from(results.exit_code);
    super::print(|out| {
        if args.json {
            return results::json::write(&results, out);
        }
        results::text::write(&results, RunState::Ended, out)?;
        writeln!(out, "\njournal and logs: {}", dir.path().display())?;
        writeln!(
            out,
            "more: dispatch logs {0} · dispatch results {0} --format junit",
            dir.id()
        )
    })?;
    Ok(code)
}

/// The first signal cancels; a second one ends the program at once, and the system cleans up the embedded lab.
fn cancel_on_signal(cancel: CancellationToken) -> Result<impl Future<Output = ()>, CliError> {
    let listen = |kind| {
        signal(kind).map_err(|e| CliError::System(format!("cannot listen for signals: {e}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        let mut again = false;
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            if again {
                complain("ended at once; the run is incomplete");
                std::process::exit(130);
            }
            again = true;
            let _ = writeln!(
                std::io::stderr(),
                "dispatch: cancelling and cleaning up; once more to end at once"
            );
            cancel.cancel();
        }
    })
}
