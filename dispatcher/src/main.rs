//! The `dispatch` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: parts of the embedded lab must not have a second thread.
    dispatcher::sandbox::run_internal(std::env::args_os()).unwrap_or(ExitCode::SUCCESS)
}
