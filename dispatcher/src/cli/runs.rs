//! `dispatch runs`: the runs there are.

use std::io::{self, Write};
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use super::{CliError, print};
use crate::results::{self, Results};
use crate::store::{RunDir, RunState, Store};

/// List the runs, the last one first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch runs
  dispatch runs --json | jq -r 'select(.verdict == \"fail\") | .run'")]
pub struct Args {
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
}

/// Prints the list.
///
/// # Errors
///
/// When the store cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let runs = Store::open()?.list()?;
    print(|out| {
        if !args.json && !runs.is_empty() {
            writeln!(
                out,
                "{:<14} {:<20} {:>10}  {:<10} job",
                "run", "start", "time", "verdict"
            )?;
        }
        runs.iter()
            .rev()
            .try_for_each(|run| line(run, args.json, out))
    })
}

fn line(run: &RunDir, json: bool, out: &mut dyn Write) -> io::Result<()> {
    // One run that cannot be read must not hide the others.
    let (state, results) = match run
        .state()
        .and_then(|state| Ok((state, results::of_run(run)?)))
    {
        Ok(known) => known,
        Err(error) if json => {
            return writeln!(
                out,
                "{}",
                json!({"run": run.id(), "error": error.to_string()})
            );
        }
        Err(error) => return writeln!(out, "{:<14} cannot be read: {error}", run.id()),
    };
    let seconds = duration(&results, state);
    if json {
        let object = json!({
            "run": run.id(),
            "start": results.start,
            "duration": seconds.map(|seconds| seconds.as_secs_f64()),
            "state": state_word(state),
            "verdict": (state != RunState::Running).then(|| results.verdict.word()),
            "class": results.class,
            "job_name": results.job_name,
            "path": run.path(),
        });
        return writeln!(out, "{object}");
    }
    let start = results
        .start
        .map(|start| start.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
        .unwrap_or_default();
    let time = seconds.map(results::text::seconds).unwrap_or_default();
    let word = if state == RunState::Ended {
        results.verdict.word()
    } else {
        state_word(state)
    };
    writeln!(
        out,
        "{:<14} {start:<20} {time:>10}  {word:<10} {}",
        run.id(),
        results.job_name
    )
}

fn duration(results: &Results, state: RunState) -> Option<jiff::SignedDuration> {
    let end = if state == RunState::Running {
        Timestamp::now()
    } else {
        results.end?
    };
    Some(end.duration_since(results.start?))
}

fn state_word(state: RunState) -> &'static str {
    match state {
        RunState::Running => "running",
        RunState::Ended => "ended",
        RunState::Killed => "killed",
    }
}
