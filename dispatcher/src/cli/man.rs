//! `dispatch man`: the manual page, generated from the commands themselves.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Cli, CliError, print};

/// Print the manual page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch man | man -l -
  dispatch man submit > dispatch-submit.1")]
pub struct Args {
    /// The page of one command.
    command: Option<String>,
}

/// Prints the page.
///
/// # Errors
/// There is no such command, or it cannot be printed.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let mut all = Cli::command();
    all.build();
    let page = match &args.command {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
            CliError::Usage(format!(
                "there is no command {name}; `dispatch --help` lists them"
            ))
        })?,
    };
    let mut text = Vec::new();
    Man::new(page)
        .render(&mut text)
        .map_err(|e| CliError::System(e.to_string()))?;
    print(|out| out.write_all(&text))
}
