//! The `dispatch` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The embedded lab re-executes this program to enter namespaces, which must be done before there is any thread.
    if let Some(code) = dispatcher::sandbox::run_internal(std::env::args_os()) {
        return code;
    }
    dispatcher::cli::main()
}
