//! `dispatch plan`: the pipelines of a job, without touching anything.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::allow::Allow;
use super::{CliError, job_file, print, warn};
use crate::group::{self, Choice};
use crate::inventory::Inventory;
use crate::lkp::load::{self, Origins};
use crate::plan::print as render;
use crate::run_job;
use crate::store::Store;

/// Show what a job would do on each node: steps, levels and effective time limits.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch plan examples/jobs/host-guests.yaml
  dispatch plan job.yaml --lab my-lab --format json | jq '.[].pipeline[].name'

The job need not be able to run here: a device type that the lab has no device of is planned all the same.")]
pub struct Args {
    /// The job file.
    job: PathBuf,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    allow: Allow,
}

/// Formats of a plan.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

/// Prints the plan.
///
/// # Errors
/// The job file is wrong, or a device cannot do what it asks.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let file = job_file::read(&args.job, &args.allow.codes())?;
    let lab = Inventory::open(args.lab.as_deref())?.for_job(&file.job);
    lab.told_of_context(&file.job)
        .iter()
        .for_each(|it| warn(it));
    let specs = group::nodes(&file.job, &lab, &Choice::Any, |place| {
        (place + 1).to_string()
    })?;
    let folder = args.job.parent().unwrap_or(Path::new(""));
    let suites = load::look(
        &file.job,
        &Origins::with_pin(folder, Store::open()?.root())?,
    )?;
    let plans = run_job::plan(&file.job, &suites, specs)?;
    print(|out| match args.format {
        Format::Text => out.write_all(render::text(&plans).as_bytes()),
        Format::Json => writeln!(out, "{:#}", render::json(&plans)),
    })
}
