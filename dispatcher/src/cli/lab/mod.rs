//! `dispatch lab`: what is done to a whole lab.

mod check;
mod import;
mod probing;

use std::process::ExitCode;

use super::CliError;

/// Work on a lab folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Check(check::Args),
    Import(import::Args),
}

/// Does it and tells what was done.
///
/// # Errors
/// The folders hold no lab, or cannot be read or written.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.what {
        What::Check(args) => check::run(args),
        What::Import(args) => import::run(args),
    }
}
