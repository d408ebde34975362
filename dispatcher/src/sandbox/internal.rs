//! The parts of the lab that are processes of their own: this program, executed again under an internal name.
//!
//! They are started by the program only; the first word of the command line says which one. They must begin before the
//! process has a second thread, because the kernel gives a user namespace to single-threaded processes only.

use std::{ffi::OsString, future::Future, io, process::ExitCode};

use super::{advice, lab_init, node, server};

/// The lab's outermost process: makes its namespaces, then waits for its pid 1.
pub(super) const LAB: &str = "__sandbox-lab";
/// The lab's pid 1: makes nodes and connections.
pub(super) const LAB_INIT: &str = "__sandbox-lab-init";
/// A node's outermost process: makes its namespaces, then waits for its pid 1.
pub(super) const NODE: &str = "__sandbox-node";
/// A node's pid 1: makes its root file system, then reaps.
pub(super) const NODE_INIT: &str = "__sandbox-node-init";
/// A node's SSH server.
pub(super) const SERVER: &str = "__sandbox-server";
/// Tries what a lab needs and says what failed.
pub(super) const PROBE: &str = "__sandbox-probe";

/// This very program, also when its file has been replaced or another root file system is in front of it.
pub(super) const THIS_PROGRAM: &str = "/proc/self/exe";

/// Runs an internal part if the command line (with the program's name first) asks for one; else `None`. `main` calls
/// this before anything else.
pub fn run_internal(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let part = arguments.nth(1)?;
    let outcome = match part.to_str()? {
        LAB => lab_init::run_outer(),
        LAB_INIT => lab_init::run(),
        NODE => node::run_outer(),
        NODE_INIT => node::run_init(),
        SERVER => server::run(),
        PROBE => advice::run_probe(),
        _ => return None,
    };
    // Each part has told its parent over its socket; the code is for the parent's `wait`.
    Some(outcome.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

/// Runs a future on a runtime that adds no thread to the process.
pub(super) fn block_on<T>(future: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(future)
}
