//! Checking nodes and printing what they said: `init` and `update` do it alike.

use std::process::ExitCode;

use serde_json::json;

use super::fleet::Fleet;
use crate::cli::execute::results;
use crate::cli::{CliError, print};
use crate::lkp::fleet::pin::Pin;
use crate::lkp::fleet::{Needs, Readiness, check_job, readiness};
use crate::text::escape;

/// Runs the job that checks the nodes and prints a line for each; the exit code is the run's.
///
/// # Errors
/// The job cannot run, or its results cannot be read.
pub(super) fn check(
    fleet: &Fleet,
    pin: &Pin,
    what: &str,
    json: bool,
) -> Result<ExitCode, CliError> {
    let needs = Needs {
        ruby: pin.is_ruby(fleet.state()),
    };
    let name = format!("lkp {what}: check of {}", fleet.words());
    let text = check_job(&name, what, &fleet.devices(), needs);
    let dir = fleet.run(&format!("lkp-{what}.yaml"), text)?;
    let results = results(&dir)?;
    let nodes = readiness(&results);
    let widest = nodes
        .iter()
        .map(|node| node.node.len())
        .max()
        .unwrap_or(0)
        .max(4);
    print(|out| {
        if json {
            for node in &nodes {
                let line = json!({
                    "node": node.node, "ready": node.ready, "ways": node.ways, "missing": node.missing, "run": dir.id(),
                });
                writeln!(out, "{line}")?;
            }
            return Ok(());
        }
        writeln!(
            out,
            "{:<widest$}  {:<8} {:<28} missing",
            "node", "verdict", "can run"
        )?;
        for node in &nodes {
            let (first, more) = match node.missing.split_first() {
                Some((first, more)) => (first.as_str(), more),
                None => ("", &[][..]),
            };
            let line = format!(
                "{:<widest$}  {:<8} {:<28} {}",
                node.node,
                word(node),
                node.ways.join(", "),
                escape(first)
            );
            writeln!(out, "{}", line.trim_end())?;
            for what in more {
                writeln!(
                    out,
                    "{:<widest$}  {:<8} {:<28} {}",
                    "",
                    "",
                    "",
                    escape(what)
                )?;
            }
        }
        writeln!(
            out,
            "\nmore: dispatch results {0} · dispatch logs {0}",
            dir.id()
        )
    })?;
    Ok(ExitCode::from(results.exit_code))
}

fn word(node: &Readiness) -> &'static str {
    match node.ready {
        Some(true) => "ready",
        Some(false) => "unfit",
        None => "unknown",
    }
}
