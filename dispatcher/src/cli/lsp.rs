//! `dispatch lsp`: the language server, for an editor to start.

use std::io;
use std::process::ExitCode;

use super::CliError;
use crate::lsp::{self, Ending};

/// Serve an editor: diagnostics as one types, completion, documentation, navigation (language server protocol, on
/// standard input and output).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Editors start it by themselves; docs/editor.md has the lines for Neovim, VS Code and others.

Exits with 0 after the editor said `shutdown` and `exit`, else with 1."
)]
pub struct Args {
    /// Taken for editors that add it; there is no other way to talk.
    #[arg(long)]
    stdio: bool,
}

/// Serves until the editor is done.
///
/// # Errors
/// The editor cannot be read or written.
pub fn run(_: &Args) -> Result<ExitCode, CliError> {
    match lsp::serve(io::stdin().lock(), io::stdout().lock()) {
        Ok(Ending::Asked) => Ok(ExitCode::SUCCESS),
        Ok(Ending::Abrupt) => Ok(ExitCode::FAILURE),
        Err(error) => Err(CliError::System(error.to_string())),
    }
}
