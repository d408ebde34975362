//! `dispatch lkp run`: cases on nodes.

use std::path::PathBuf;
use std::process::ExitCode;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::fleet::{Default, Fleet, On, typed};
use crate::cli::execute::tell;
use crate::cli::{CliError, print};
use crate::lkp::fleet::cases::{self, Pushed};
use crate::lkp::fleet::job::{Block, FleetJob, Form, LkpBlock};
use crate::lkp::fleet::names;
use crate::lkp::fleet::pin::Pin;
use crate::lkp::tree::{Tree, TreeError};
use crate::text::{escape, name};

/// Run LKP cases on nodes to their end.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp run hackbench
  dispatch lkp run hackbench iperf/iperf --lab my-lab --on 'arch=arm64 & !flaky'
  dispatch lkp run hackbench --lab my-lab --on '3*kvm' -c 4 --image localhost/lkp:1 --set runtime=60 --repeat 5
  dispatch lkp run hackbench --lab my-lab --on all --print > job.yaml; dispatch submit job.yaml --lab my-lab

Cases are files below jobs/ of lkp-tests, and those that were pushed for the nodes. The exit code is the run's, as of \
`dispatch submit`. Ctrl-C cancels and cleans up.")]
pub(super) struct Args {
    /// A file below jobs/, with or without .yaml and folder: `hackbench`, `iperf/iperf`.
    #[arg(required = true, value_name = "CASE")]
    cases: Vec<String>,
    #[command(flatten)]
    on: On,
    /// So many containers on each node, started together [default: none, on the node itself].
    #[arg(short, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1000))]
    containers: Option<u32>,
    /// A parameter of the cases; the value is read as YAML. It can be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The image of the containers.
    #[arg(long)]
    image: Option<String>,
    /// What runs the containers.
    #[arg(long, value_parser = ["auto", "docker", "podman", "sandbox"])]
    runtime: Option<String>,
    /// A package that the nodes must have; it is installed when missing. It can be given several times.
    #[arg(long = "package", value_name = "NAME")]
    packages: Vec<String>,
    /// How often each case is run [default: 1].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: Option<u32>,
    /// How long one run of one case may take.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1380))]
    timeout: u32,
    /// Print the results as JSON on standard output; progress goes to standard error.
    #[arg(long)]
    json: bool,
    /// Print the job instead of running it.
    #[arg(long, conflicts_with = "json")]
    print: bool,
}

/// Does it.
///
/// # Errors
/// A name or a value is refused, nothing is pinned, or there are no such devices.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    for case in &args.cases {
        names::case(case).map_err(typed)?;
    }
    let set = settings(&args.set)?;
    let fleet = args.on.open(Default::TheOnly)?;
    let block = LkpBlock {
        source: source(&fleet)?,
        cases: Vec::new(),
        jobs: args.cases.clone(),
        set,
        packages: args.packages.clone(),
        repeat: args.repeat,
        count: args.containers,
        runtime: args.runtime.clone(),
        image: args.image.clone(),
        minutes: Some(args.timeout),
    };
    let job = FleetJob {
        name: name(&format!(
            "lkp {} on {}",
            args.cases.join(" "),
            fleet.words()
        )),
        what: "run".to_owned(),
        devices: fleet.devices(),
        blocks: blocks(&fleet, &cases::list(fleet.state())?, &block)?,
    };
    let text = job.text();
    if args.print {
        return print(|out| out.write_all(text.as_bytes()));
    }
    let dir = fleet.run("lkp-run.yaml", text)?;
    tell(&dir, args.json)
}

/// `--set`, checked.
fn settings(given: &[String]) -> Result<IndexMap<String, Value>, CliError> {
    let mut set = IndexMap::new();
    for setting in given {
        let wrong = |why: &str| CliError::Usage(format!("--set {}: {why}", escape(setting)));
        let (key, value) = setting
            .split_once('=')
            .ok_or_else(|| wrong("it is not KEY=VALUE"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if key.is_empty() || key.starts_with('-') || !key.chars().all(plain) {
            return Err(wrong("a key has letters, digits, `_`, `.` and `-`"));
        }
        let value = job_schema::parse_value(value).map_err(|f| wrong(&f.message))?;
        let is_plain = match &value {
            Value::Seq(items) => items.iter().all(|item| item.as_shell_text().is_some()),
            value => value.as_shell_text().is_some(),
        };
        if !is_plain {
            return Err(wrong("a value is a text, a number, or a list of them"));
        }
        if set.insert(key.to_owned(), value).is_some() {
            return Err(wrong(
                "the key is given twice; a list is written KEY=[A, B]",
            ));
        }
    }
    Ok(set)
}

/// `LKP_TESTS`, else what is pinned.
fn source(fleet: &Fleet) -> Result<PathBuf, CliError> {
    if let Some(path) = std::env::var_os("LKP_TESTS").filter(|path| !path.is_empty()) {
        return std::path::absolute(path).map_err(|e| CliError::System(format!("LKP_TESTS: {e}")));
    }
    let pin = Pin::load(fleet.state())?.ok_or_else(|| {
        CliError::Usage(
            "no lkp-tests is pinned; `dispatch lkp init` fetches it, or LKP_TESTS names a tree"
                .to_owned(),
        )
    })?;
    let tree = pin.tree(fleet.state());
    if tree.is_dir() {
        Ok(tree)
    } else {
        Err(CliError::Usage(format!(
            "{} is gone; `dispatch lkp update` fetches it again",
            tree.display()
        )))
    }
}

/// A block for all nodes that were pushed the same cases.
fn blocks(fleet: &Fleet, pushed: &[Pushed], block: &LkpBlock) -> Result<Vec<Block>, CliError> {
    let lab = fleet.lab_folder();
    let mut groups: IndexMap<Vec<usize>, Vec<String>> = IndexMap::new();
    for device in fleet.names() {
        let is_its = |place: &usize| pushed[*place].nodes.include(lab.as_deref(), device);
        let own = (0..pushed.len()).filter(is_its).collect();
        groups.entry(own).or_default().push(device.to_owned());
    }
    let of = |(places, roles): (Vec<usize>, Vec<String>)| {
        let layers = places.into_iter().map(|place| pushed[place].layer());
        let block = LkpBlock {
            cases: layers.collect(),
            ..block.clone()
        };
        known(&block, &roles, pushed)?;
        Ok(Block {
            roles,
            form: Form::Lkp(Box::new(block)),
        })
    };
    groups.into_iter().map(of).collect()
}

/// Whether all cases are there, for these nodes.
fn known(block: &LkpBlock, roles: &[String], pushed: &[Pushed]) -> Result<(), CliError> {
    let usage = |e: TreeError| CliError::Usage(format!("{e}. Nothing was touched"));
    let tree = Tree::open(&block.source, &block.cases).map_err(usage)?;
    for case in &block.jobs {
        let Err(error) = tree.find_job(case) else {
            continue;
        };
        return Err(match pushed.iter().find(|pushed| pushed.has(case)) {
            Some(other) => CliError::Usage(format!(
                "case {case} was pushed for {} and not for {}; push it for that node too",
                escape(&other.nodes.words()),
                name(&roles.join(", "))
            )),
            None => usage(error),
        });
    }
    Ok(())
}
