//! `dispatch lkp`: LKP on a fleet. Each command is a job underneath, kept and shown as any other.

mod compare;
mod fleet;
mod init;
mod push;
mod ready;
mod result;
mod run;
mod stop;
mod update;

use std::process::ExitCode;

use super::CliError;
pub(super) use fleet::{Default, On};

/// Run LKP (lkp-tests) on many machines: pin a version, check the nodes, push cases of your own, run, collect, stop.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp init https://github.com/intel/lkp-tests --revision master --lab my-lab
  dispatch lkp run hackbench --lab my-lab --on '3*kvm' -c 4 --set runtime=60
  dispatch nodes --lab my-lab
  dispatch lkp result --lab my-lab -o results

--on says which devices: `all`, names, tags (`kvm`, `arch=arm64`), `!` not, `&` and, `|` or, parentheses, `3*kvm` for three \
free ones, a comma between parts; `*` and `?` in a word stand for any letters. docs/lkp.md has more.")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Init(init::Args),
    Run(run::Args),
    Push(push::Args),
    Result(result::Args),
    Update(update::Args),
    Stop(stop::Args),
    Compare(compare::Args),
}

/// Does what the command says.
///
/// # Errors
/// See the commands.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    match &args.what {
        What::Init(args) => init::run(args),
        What::Run(args) => run::run(args),
        What::Push(args) => push::run(args),
        What::Result(args) => result::run(args),
        What::Update(args) => update::run(args),
        What::Stop(args) => stop::run(args),
        What::Compare(args) => compare::run(args),
    }
}
