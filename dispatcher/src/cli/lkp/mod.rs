//! `dispatch lkp`: what is special to LKP's tests.

pub mod compare;

use std::process::ExitCode;

use super::CliError;

/// Work with LKP's tests and results.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Compare(compare::Args),
}

/// Does what the subcommand says.
///
/// # Errors
///
/// Those of the subcommand.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.what {
        What::Compare(args) => compare::run(args),
    }
}
