//! `dispatch results`: what a run found out.

use std::process::ExitCode;

use clap::ValueEnum;

use super::{CliError, print};
use crate::journal::console_read::Excerpts;
use crate::results::{self, csv, json, junit, tap, text, yaml};
use crate::store::Store;

/// Show the results of a run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch results latest                            a summary for people
  dispatch results latest --format junit > junit.xml
  dispatch results 17952 --format json | jq .verdict

`yaml` and `csv` have the keys of LAVA's exports. In `junit` and `tap` a result `unknown` counts as \
neither passed nor failed.")]
pub struct Args {
    /// The run: its id, the beginning of its id, its folder, or `latest`.
    #[arg(default_value = "latest")]
    run: String,
    /// How to write them.
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A summary for people.
    Text,
    /// LAVA's records.
    Yaml,
    /// Everything, as one object.
    Json,
    /// JUnit XML.
    Junit,
    /// Test Anything Protocol.
    Tap,
    /// LAVA's records as a table.
    Csv,
}

/// Prints the results.
///
/// # Errors
///
/// When there is no such run, or its journal cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let run = Store::open()?.find(&args.run)?;
    let unreadable =
        |error| CliError::System(format!("cannot read {}: {error}", run.journal().display()));
    let state = run.state().map_err(unreadable)?;
    let results = results::of_run(&run).map_err(unreadable)?;
    let mut logs = Excerpts::new(run.path());
    print(|out| match args.format {
        Format::Text => text::write(&results, state, out),
        Format::Json => json::write(&results, out),
        Format::Yaml => yaml::write(&results, &logs, out),
        Format::Csv => csv::write(&results, &logs, out),
        Format::Junit => junit::write(&results, &mut logs, out),
        Format::Tap => tap::write(&results, &mut logs, out),
    })
}
