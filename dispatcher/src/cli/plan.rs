//! `dispatch plan`: the pipelines of a job, without touching anything.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indexmap::IndexSet;

use super::allow::Allow;
use super::{CliError, job_file, open_lab, print, warn};
use crate::group::{self, Choice};
use crate::inventory::given::Given;
use crate::lkp::load::{self, Origins};
use crate::plan::print::{self as render, Detail};
use crate::plan::{NodePlan, Step};
use crate::run_job;
use crate::store::Store;

/// Show what a job would do on each node: steps, levels and effective time limits.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch plan examples/jobs/host-guests.yaml
  dispatch plan job.yaml --device board.yaml
  dispatch plan job.yaml --device board.yaml --commands
  dispatch plan job.yaml --device server=a.yaml --device client=b.yaml
  dispatch plan job.yaml --lab my-lab --format full | jq '.[].pipeline[].name'
  dispatch plan job.yaml --lab my-lab --format full | jq -c '.. | .does? // empty'

The job need not be able to run here: a device type that the lab has no device of is planned all the same. With --device \
the job is read as a worker of LAVA reads it, the part of one node of a multinode job too; what LAVA's server would refuse \
is told as a warning.

Exit codes: 0 planned, 2 the job file is wrong, 3 the lab or a device file is wrong, 4 a device cannot do what the job asks.")]
pub struct Args {
    /// The job file.
    job: PathBuf,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// A device, for ROLE or for all roles: a device file, or device YAML that LAVA has rendered.
    #[arg(long, value_name = "[ROLE=]FILE")]
    device: Vec<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// In the text, show also what steps run here, wait for and copy, and what is typed at boot loaders; words in braces are
    /// known when the job runs. `--format full` always has it.
    #[arg(long)]
    commands: bool,
    #[command(flatten)]
    allow: Allow,
}

/// Formats of a plan.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For scripts, as LAVA describes a pipeline: the steps of the one node, or a list of nodes with their steps.
    Json,
    /// For scripts: a list of nodes; steps with all that is known of them.
    Full,
}

/// Prints the plan.
///
/// # Errors
/// The job file is wrong, or a device cannot do what it asks.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let file = match args.device.is_empty() {
        true => job_file::read_to_plan(&args.job, args.lab.as_deref(), &args.allow.codes())?,
        false => job_file::read_as_worker(&args.job, args.lab.as_deref())?,
    };
    let lab = open_lab(args.lab.as_deref())?.for_job(&file.job);
    let roles = file.job.multinode().map(|m| &m.roles);
    let roles: Vec<&str> = roles
        .into_iter()
        .flat_map(|roles| roles.keys())
        .map(String::as_str)
        .collect();
    let given = Given::read(&args.device, &roles, &lab)?;
    lab.told_of_context(&file.job, &given)
        .iter()
        .for_each(|it| warn(it));
    let specs = group::nodes(&file.job, &lab, &Choice::Any(&given), |place| {
        (place + 1).to_string()
    })?;
    let folder = args.job.parent().unwrap_or(Path::new(""));
    let suites = load::look(
        &file.job,
        &Origins::with_pin(folder, Store::open()?.root())?,
    )?;
    let plans = run_job::plan(&file.job, &suites, specs)?;
    if !matches!(args.format, Format::Text) {
        told(&plans);
    }
    let detail = match args.commands {
        true => Detail::Commands,
        false => Detail::Steps,
    };
    print(|out| match args.format {
        Format::Text => {
            out.write_all(render::text(&plans, detail).as_bytes())?;
            out.write_all(not_run_yet(&plans).as_bytes())
        }
        Format::Json => writeln!(out, "{:#}", render::json(&plans)),
        Format::Full => writeln!(out, "{:#}", render::full(&plans)),
    })
}

/// Warnings of the plans, for a format that has no place for them. Nodes of a role have the same: told once.
fn told(plans: &[NodePlan]) {
    let warnings: IndexSet<&String> = plans.iter().flat_map(|plan| &plan.warnings).collect();
    warnings.into_iter().for_each(|it| warn(it));
}

/// What the brackets in the text mean, where there are any.
fn not_run_yet(plans: &[NodePlan]) -> String {
    let all = plans.iter().flat_map(|plan| &plan.steps);
    let steps = all
        .flat_map(Step::walk)
        .filter(|step| step.kind.why_not().is_some());
    match steps.count() {
        0 => String::new(),
        1 => "1 step cannot be run: why, is in brackets; `submit` refuses the job\n".to_owned(),
        count => {
            format!("{count} steps cannot be run: why, is in brackets; `submit` refuses the job\n")
        }
    }
}
