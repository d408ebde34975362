//! `dispatch lkp init`: fetch lkp-tests, pin it, check the nodes.

use std::path::Path;
use std::process::ExitCode;

use super::fleet::{Default, On, typed};
use super::ready;
use crate::cli::{CliError, complain};
use crate::lkp::fleet::fetch;
use crate::lkp::fleet::pin::Pin;

/// Where lkp-tests lives.
const UPSTREAM: &str = "https://github.com/intel/lkp-tests";

/// Fetch lkp-tests, pin it, and check that the nodes can run it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp init                                           from GitHub; checks a node of the embedded lab
  dispatch lkp init /srv/mirror/lkp-tests.git --revision v1   a mirror, and a branch, tag or commit of it
  dispatch lkp init ../lkp-tests --lab my-lab --on 'kvm'
  dispatch lkp init lkp-tests.tar.gz --lab my-lab --json | jq -r 'select(.ready | not) | .node'

Of a git repository what is committed is taken. Exit code 0: every node can run LKP; 1: some cannot; 3: some were not \
reached.")]
pub(super) struct Args {
    /// A git URL, a mirror, a folder or a tar [default: what is pinned, else LKP_TESTS, else GitHub].
    source: Option<String>,
    /// Of git: a branch, a tag or a commit [default: the default branch].
    #[arg(long, value_name = "REV")]
    revision: Option<String>,
    #[command(flatten)]
    on: On,
    /// One JSON object per node and line.
    #[arg(long)]
    json: bool,
}

/// Does it.
///
/// # Errors
/// There is no such source or device, or it cannot be fetched.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let fleet = args.on.open(Default::AllFree)?;
    let pinned = || {
        Pin::load(fleet.state())
            .ok()
            .flatten()
            .map(|pin| pin.source)
    };
    let from_environment = || {
        std::env::var("LKP_TESTS")
            .ok()
            .filter(|path| !path.is_empty())
    };
    let given = args
        .source
        .clone()
        .or_else(pinned)
        .or_else(from_environment);
    let source = given.unwrap_or_else(|| UPSTREAM.to_owned());
    let pin = pin(fleet.state(), &source, args.revision.as_deref())?;
    complain(&format!(
        "lkp-tests {} of {} is pinned",
        pin.version(),
        crate::text::name(&pin.source)
    ));
    ready::check(&fleet, &pin, "init", args.json)
}

/// Fetches and moves the pin.
///
/// # Errors
/// As [`fetch`].
pub(super) fn pin(state: &Path, source: &str, revision: Option<&str>) -> Result<Pin, CliError> {
    // What is pinned must mean the same from another folder.
    let source = match std::fs::canonicalize(source) {
        Ok(path) => path.display().to_string(),
        Err(_) => source.to_owned(),
    };
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|e| CliError::System(format!("cannot start: {e}")))?;
    let pin = runtime
        .block_on(fetch(state, &source, revision))
        .map_err(typed)?;
    pin.save(state)?;
    Ok(pin)
}
