//! `dispatch lkp push`: cases of one's own, laid over lkp-tests by every later run.

use std::path::PathBuf;
use std::process::ExitCode;

use super::fleet::{Default, On, typed};
use crate::cli::execute::tell;
use crate::cli::{CliError, complain, print};
use crate::lkp::fleet::cases::{self, Draft, Nodes};
use crate::lkp::fleet::job::{self, Block, FleetJob, Form};
use crate::store::Store;
use crate::text::escape;

/// Give nodes cases of your own: every later `lkp run` lays them over lkp-tests, which itself stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp push my-case.yaml --lab my-lab                  for all nodes
  dispatch lkp push my-cases/ --lab my-lab --on 'kvm'          a folder with jobs/ and programs/, for some
  dispatch lkp push --list
  dispatch lkp push --remove my-case

A case is called like its file, without .yaml; pushing it again replaces it. A job proves that each node gets it whole; \
the exit code is that job's.")]
pub(super) struct Args {
    /// LKP jobs, or folders with LKP's layout.
    #[arg(required_unless_present_any = ["list", "remove"], value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    on: On,
    /// Show the cases there are.
    #[arg(long, conflicts_with_all = ["files", "remove"])]
    list: bool,
    /// Forget a case.
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    remove: Option<String>,
    /// Print results, or the list, as JSON.
    #[arg(long)]
    json: bool,
}

/// Does it.
///
/// # Errors
/// A case is refused, or there are no such devices.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    if args.list {
        return list(args.json);
    }
    if let Some(case) = &args.remove {
        let store = Store::open()?;
        cases::remove(store.root(), case).map_err(typed)?;
        complain(&format!("case {} is forgotten", escape(case)));
        return Ok(ExitCode::SUCCESS);
    }
    let fleet = args.on.open(Default::AllFree)?;
    let read = args
        .files
        .iter()
        .map(|file| Draft::read(fleet.state(), file));
    let drafts = read.collect::<Result<Vec<_>, _>>().map_err(typed)?;
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = drafts.iter().find(|draft| !seen.insert(&draft.name)) {
        return Err(CliError::Usage(format!(
            "two of the files would be case {}; rename one",
            twice.name
        )));
    }
    let nodes = Nodes {
        lab: fleet.lab_folder(),
        only: args
            .on
            .is_given()
            .then(|| fleet.names().into_iter().map(ToOwned::to_owned).collect()),
    };
    let mut definitions = Vec::new();
    for (place, draft) in drafts.iter().enumerate() {
        let case = draft.keep(fleet.state(), &nodes)?;
        complain(&format!(
            "case {} is kept for {}",
            case.name,
            escape(&nodes.words())
        ));
        definitions.push(job::definition(
            &format!("push-{}", place + 1),
            case.folder(),
            case.proof(),
        ));
    }
    let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
    let job = FleetJob {
        name: format!("lkp push {} to {}", names.join(" "), fleet.words()),
        what: "push".to_owned(),
        devices: fleet.devices(),
        blocks: vec![Block {
            roles: fleet.names().into_iter().map(ToOwned::to_owned).collect(),
            form: Form::Definitions(definitions),
        }],
    };
    let dir = fleet.run("lkp-push.yaml", job.text())?;
    tell(&dir, args.json)
}

fn list(json: bool) -> Result<ExitCode, CliError> {
    let cases = cases::list(Store::open()?.root())?;
    print(|out| {
        if !json && !cases.is_empty() {
            writeln!(out, "{:<32} nodes", "case")?;
        }
        for case in &cases {
            if json {
                let line = serde_json::json!({"case": case.name, "lab": case.nodes.lab, "nodes": case.nodes.only});
                writeln!(out, "{line}")?;
            } else {
                writeln!(out, "{:<32} {}", case.name, escape(&case.nodes.words()))?;
            }
        }
        Ok(())
    })
}
