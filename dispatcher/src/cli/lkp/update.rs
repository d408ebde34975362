//! `dispatch lkp update`: move the pin to what its source has now, check the nodes again.

use std::process::ExitCode;

use super::fleet::{Default, On};
use super::{init, ready};
use crate::cli::{CliError, complain};
use crate::lkp::fleet::pin::Pin;

/// Fetch the pinned lkp-tests again, move the pin, and check the nodes again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp update --lab my-lab
  dispatch lkp update --revision v2 --lab my-lab --on kvm

Runs that are going on keep the version with which they began.")]
pub(super) struct Args {
    /// Of git: a branch, a tag or a commit [default: the one that was pinned].
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
/// Nothing is pinned, or the source cannot be fetched.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let fleet = args.on.open(Default::AllFree)?;
    let old = Pin::load(fleet.state())?.ok_or_else(|| {
        CliError::Usage("nothing is pinned; `dispatch lkp init` fetches lkp-tests first".to_owned())
    })?;
    let revision = args.revision.as_deref().or(old.revision.as_deref());
    let new = init::pin(fleet.state(), &old.source, revision)?;
    complain(&if new.digest == old.digest {
        format!("lkp-tests is unchanged: {}", new.version())
    } else {
        format!("lkp-tests was {}, is now {}", old.version(), new.version())
    });
    ready::check(&fleet, &new, "update", args.json)
}
