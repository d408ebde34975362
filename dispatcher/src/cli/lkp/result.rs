//! `dispatch lkp result`: what the nodes found out last.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::fleet::{Default, On};
use crate::cli::{CliError, complain, print};
use crate::journal::event::CaseResult;
use crate::lkp::fleet::history::{self, Head};
use crate::lkp::fleet::{keep_copy, points};
use crate::lkp::point::Point;
use crate::results::{self, Results};
use crate::store::RunDir;
use crate::text::{escape, name};

/// Show the last LKP results of nodes; with -o copy the result folders, too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp result
  dispatch lkp result --lab my-lab --on 'kvm' -o results
  dispatch lkp result --lab my-lab --json | jq 'select(.failed > 0)'

-o makes DIR/<node>/<run>/<container>/result/…, with LKP's own folders below. Results that are there already stay as \
they are. A run that goes on is not counted.")]
pub(super) struct Args {
    #[command(flatten)]
    on: On,
    /// Copy the result folders here.
    #[arg(short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// One JSON object per node and line.
    #[arg(long)]
    json: bool,
}

/// Prints and copies them.
///
/// # Errors
/// There are no such devices, a journal cannot be read, a folder cannot be written.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let fleet = args.on.open(Default::All)?;
    let names = fleet.names();
    let last = history::last_results(&fleet.store, &names)?;
    if last.is_empty() {
        complain("no LKP case has been run on these nodes yet; `dispatch lkp run CASE` does");
        return Ok(ExitCode::SUCCESS);
    }
    // Several nodes often have one run.
    let mut runs: HashMap<&str, Found> = HashMap::new();
    for (head, _) in last.values() {
        let run = &head.run;
        if !runs.contains_key(run.id()) {
            let found = Found::of(run).map_err(|e| {
                CliError::System(format!("cannot read {}: {e}", run.journal().display()))
            })?;
            runs.insert(run.id(), found);
        }
    }
    let found = names
        .iter()
        .filter_map(|device| Some((*device, last.get(*device)?)));
    let nodes: Vec<Node<'_>> = found
        .filter_map(|(device, (head, node))| {
            let found = runs.get(head.run.id())?;
            Some(Node {
                device,
                head,
                node,
                points: found.points.get(node).map_or(&[], Vec::as_slice),
                results: &found.results,
            })
        })
        .collect();
    if let Some(output) = &args.output {
        for node in &nodes {
            copy(node, output)?;
        }
    }
    print(|out| {
        nodes.iter().try_for_each(|node| {
            if args.json {
                node.json(out)
            } else {
                node.text(out)
            }
        })
    })
}

/// What a run found out.
struct Found {
    points: HashMap<String, Vec<Point>>,
    results: Results,
}

impl Found {
    fn of(run: &RunDir) -> io::Result<Self> {
        Ok(Self {
            points: points(run)?,
            results: results::of_run(run)?,
        })
    }
}

/// A node and what it found out.
struct Node<'a> {
    device: &'a str,
    head: &'a Head,
    node: &'a str,
    points: &'a [Point],
    results: &'a Results,
}

impl Node<'_> {
    fn count(&self, result: CaseResult) -> usize {
        let counted = |point: &&Point| point.result == result;
        self.points.iter().filter(counted).count()
    }

    fn failure(&self) -> Option<&str> {
        let node = self
            .results
            .nodes
            .iter()
            .find(|node| node.node == self.node)?;
        node.evidence.as_ref().map(|proof| proof.message.as_str())
    }

    fn text(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let start = self
            .head
            .start
            .map(|at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
        writeln!(
            out,
            "{}  run {}  {}  {} passed, {} failed  {}",
            name(self.device),
            self.head.run.id(),
            start.unwrap_or_default(),
            self.count(CaseResult::Pass),
            self.count(CaseResult::Fail),
            self.head.job_name
        )?;
        if let Some(failure) = self.failure() {
            writeln!(out, "  incomplete: {failure}")?;
        }
        for point in self.points {
            self.point(point, out)?;
        }
        Ok(())
    }

    /// The job and its verdict, what was measured, and where LKP's result folder is.
    fn point(&self, point: &Point, out: &mut dyn io::Write) -> io::Result<()> {
        let which = point.which().map_or_else(String::new, |w| format!(" {w}"));
        writeln!(
            out,
            "  {:<5} {}{which}",
            word(point.result),
            name(&point.job)
        )?;
        for reason in &point.reasons {
            writeln!(out, "        {}", name(reason))?;
        }
        let passed = point.result == CaseResult::Pass;
        for m in point.measurements.iter().filter(|m| m.kpi && passed) {
            let unit = m
                .unit
                .as_deref()
                .map_or_else(String::new, |unit| format!(" {}", name(unit)));
            let better = m
                .better
                .map_or_else(String::new, |better| format!(", {}", better.words()));
            writeln!(
                out,
                "        {} {}{unit}{better}",
                name(&m.name),
                name(&m.value)
            )?;
        }
        match &point.folder {
            Some(folder) => {
                let folder = self.head.run.path().join(folder);
                writeln!(out, "        {}", escape(&folder.display().to_string()))
            }
            None => Ok(()),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let line = json!({
            "node": self.device,
            "run": self.head.run.id(),
            "start": self.head.start,
            "job_name": self.head.job_name,
            "passed": self.count(CaseResult::Pass),
            "failed": self.count(CaseResult::Fail),
            "incomplete": self.failure(),
            "folder": self.head.run.lkp_of(self.node),
            "points": self.points,
        });
        writeln!(out, "{line}")
    }
}

fn word(result: CaseResult) -> &'static str {
    match result {
        CaseResult::Pass => "pass",
        CaseResult::Fail => "FAIL",
        CaseResult::Skip => "skip",
        CaseResult::Unknown => "unknown",
    }
}

fn copy(node: &Node<'_>, output: &Path) -> Result<(), CliError> {
    let from = node.head.run.lkp_of(node.node);
    // What a run calls the node is one path component; so it is here.
    let folder = from.file_name().unwrap_or_default();
    let to = output.join(folder).join(node.head.run.id());
    if !from.is_dir() {
        complain(&format!(
            "{}: its run {} left no result folder",
            name(node.device),
            node.head.run.id()
        ));
    } else if to.exists() {
        complain(&format!("{} is there already", to.display()));
    } else {
        keep_copy(&from, &to).map_err(|e| {
            CliError::System(format!("cannot copy results to {}: {e}", to.display()))
        })?;
        complain(&format!(
            "{} is copied to {}",
            name(node.device),
            to.display()
        ));
    }
    Ok(())
}
