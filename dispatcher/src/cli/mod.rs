//! The commands: per command one file with its arguments and its printing, nothing else.

mod allow;
pub mod check;
pub mod completions;
pub mod device_types;
pub mod devices;
mod execute;
pub mod explain;
mod foresee;
pub mod job_file;
pub mod lab;
pub mod lkp;
pub mod logs;
pub mod lsp;
pub mod man;
pub mod nodes;
mod patience;
pub mod plan;
pub mod progress;
pub mod results;
pub mod runs;
pub mod schema;
pub mod submit;

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::inventory::Inventory;
use crate::inventory::lab::advice;
use crate::store::StoreError;
use crate::text;

/// Runs test jobs on many machines at once: one YAML file names roles, says how each is deployed and booted and what it
/// tests; dispatch brings the nodes up, lets them talk, and tells what passed, what failed and whose fault it was.
#[derive(Debug, Parser)]
#[command(
    name = "dispatch",
    version,
    after_help = "Examples:
  dispatch submit examples/jobs/host-guests.yaml   run a job (without --lab: on this very machine)
  dispatch check examples/jobs/*.yaml              what is wrong with jobs, before anything runs
  dispatch plan examples/jobs/host-guests.yaml     show what it would do
  dispatch explain boot.prompts                    what a key of a job means
  dispatch results latest --format junit           its results again, in another form

Exit codes of `submit`: 0 complete and nothing failed, 1 complete with failed tests, 2 the job file is \
wrong, 3 incomplete through infrastructure or configuration, 4 incomplete through the job, 5 a bug, 130 cancelled."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Submit(submit::Args),
    Check(check::Args),
    Plan(plan::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Lsp(lsp::Args),
    Devices(devices::Args),
    DeviceTypes(device_types::Args),
    Nodes(nodes::Args),
    Lab(lab::Args),
    Lkp(lkp::Args),
    Runs(runs::Args),
    Results(results::Args),
    Logs(logs::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The program: reads its arguments and does what they say.
#[must_use]
pub fn main() -> ExitCode {
    let result = match &Cli::parse().command {
        Command::Submit(args) => submit::run(args),
        Command::Check(args) => check::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Lsp(args) => lsp::run(args),
        Command::Devices(args) => devices::run(args),
        Command::DeviceTypes(args) => device_types::run(args),
        Command::Nodes(args) => nodes::run(args),
        Command::Lab(args) => lab::run(args),
        Command::Lkp(args) => lkp::run(args),
        Command::Runs(args) => runs::run(args),
        Command::Results(args) => results::run(args),
        Command::Logs(args) => logs::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    };
    result.unwrap_or_else(|error| {
        complain(&error.to_string());
        error.exit_code()
    })
}

/// Opens a lab. Files in it that have no device are told and left out: one that is being written keeps nobody from the others.
fn open_lab(folder: Option<&Path>) -> Result<Inventory, Failure> {
    let (lab, files) = Inventory::open_each(folder)?;
    let broken = files.into_iter().filter_map(|(_, devices)| devices.err());
    let broken: Vec<Failure> = broken.collect();
    for failure in &broken {
        warn(&format!("left out: {}", failure.message));
    }
    if !broken.is_empty() {
        warn(&advice(folder));
    }
    Ok(lab)
}

/// Says on standard error what is wrong.
fn complain(message: &str) {
    // There is nowhere left to tell that standard error is closed.
    let _ = writeln!(io::stderr(), "dispatch: {message}");
}

/// Says on standard error what has no effect, or another than was meant.
fn warn(message: &str) {
    complain(&format!("warning: {}", text::escape(message)));
}

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// It was asked for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The machine refused.
    #[error("{0}")]
    System(String),
    /// A failure with a class of its own.
    #[error("{0}")]
    Failure(#[from] Failure),
}

impl CliError {
    /// What to exit with: 2 for a wrong question, 3 for trouble of the machine's, else the failure's.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::System(_) => ExitCode::from(3),
            Self::Failure(failure) => ExitCode::from(failure.exit_code()),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        if error.is_usage() {
            Self::Usage(error.to_string())
        } else {
            Self::System(error.to_string())
        }
    }
}

/// Whether to print in colour: on a terminal, unless `NO_COLOR` is set.
fn color_on(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Prints to standard output. That nobody reads on (`| head`) is not an error.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode, CliError> {
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::System(format!("cannot print: {error}")))
        }
        _ => {
            // What is left in the buffer of a broken pipe must not be tried again.
            let (_, _) = out.into_parts();
            Ok(ExitCode::SUCCESS)
        }
    }
}
