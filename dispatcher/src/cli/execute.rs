//! Running a job from a command: progress on standard error, signals, and the results at the end. `submit` and the
//! commands of `lkp` do it alike.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use super::{CliError, complain};
use crate::actions::tool::program;
use crate::inventory::Inventory;
use crate::results::{self, Results};
use crate::run_job::{Submission, run_job};
use crate::store::{RunDir, RunState, Store};

/// Opens the store and closes the runs in it whose dispatcher was killed.
///
/// # Errors
/// The state folder cannot be used.
pub(super) fn open_store() -> Result<Store, CliError> {
    let store = Store::open()?;
    for run in store.recover()? {
        complain(&format!(
            "run {} was killed; its results up to then are kept",
            run.run.id()
        ));
    }
    Ok(store)
}

/// Runs a job to its end.
///
/// # Errors
/// The state folder cannot be used. What goes wrong in the run is its result.
pub(super) fn execute(
    submission: &Submission<'_>,
    lab: &Inventory,
    store: &Store,
) -> Result<RunDir, CliError> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|e| CliError::System(format!("cannot start: {e}")))?;
    let dir = runtime.block_on(async {
        let cancel = CancellationToken::new();
        let (watcher, events) = mpsc::unbounded_channel();
        let progress = tokio::spawn(Progress::new(std::io::stderr().is_terminal()).follow(events));
        // It listens until the very end: a signal must never be without effect.
        tokio::spawn(cancel_on_signal(cancel.clone())?);
        let dir = run_job(submission, lab, store, Some(watcher), cancel).await?;
        // The watcher is gone, so the progress ends when it has shown everything.
        let _ = progress.await;
        Ok::<_, CliError>(dir)
    })?;
    runtime.shutdown_background();
    Ok(dir)
}

/// The results of a run that has ended.
///
/// # Errors
/// Its journal cannot be read.
pub(super) fn results(dir: &RunDir) -> Result<Results, CliError> {
    results::of_run(dir).map_err(|e| CliError::System(e.to_string()))
}

/// Prints the results of a run that has ended; the exit code is the run's.
///
/// # Errors
/// They cannot be read or printed.
pub(super) fn tell(dir: &RunDir, json: bool) -> Result<ExitCode, CliError> {
    let results = results(dir)?;
    super::print(|out| {
        if json {
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
    Ok(ExitCode::from(results.exit_code))
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
                // They have process groups of their own, which the terminal's signals do not reach.
                program::kill_all();
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
