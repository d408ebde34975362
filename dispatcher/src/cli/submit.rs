//! `dispatch submit`: run a job, watch it, tell how it went.

use std::path::PathBuf;
use std::process::ExitCode;

use super::allow::Allow;
use super::execute::{execute, open_store, tell};
use super::{CliError, foresee, job_file, open_lab, warn};
use crate::inventory::given::Given;
use crate::run_job::Submission;

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
    let file = job_file::read(&args.job, args.lab.as_deref(), &args.allow.codes())?;
    let lab = open_lab(args.lab.as_deref())?.for_job(&file.job);
    foresee::refuse(&file.job, &args.job, &lab)?;
    lab.told_of_context(&file.job, &Given::default())
        .iter()
        .for_each(|it| warn(it));
    let store = open_store()?;
    let submission = Submission {
        job: &file.job,
        file: &args.job,
        text: &file.text,
    };
    let dir = execute(&submission, &lab, &store)?;
    tell(&dir, args.json)
}
