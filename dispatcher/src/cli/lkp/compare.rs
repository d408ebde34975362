//! `dispatch lkp compare`: what changed between runs, and what is noise.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use regex_automata::meta::Regex;

use crate::cli::{CliError, color_on, complain, print};
use crate::journal::reader::JournalReader;
use crate::lkp::compare::sample::RunSamples;
use crate::lkp::compare::terminal::Terminal;
use crate::lkp::compare::{Comparison, csv, json, svg, text};
use crate::store::{RunDir, Store};
use crate::text::escape;

/// Exit code when something got worse.
const WORSE: u8 = 1;

/// Compare what LKP measured in runs: the first is the base, the others follow in the order they began.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lkp compare 17952 latest
  dispatch lkp compare 17952 17953 17954 --kpi 'iperf.*bps' --svg drawings
  dispatch lkp compare 17952 latest --format json | jq '.metrics[] | {metric, runs: [.runs[].verdict]}'

What counts as noise stands below the comparison and in docs/lkp-compare.md. Exit codes: 0 nothing got worse, 1 something \
did (or a job failed, so that nothing is left to compare), 2 there is nothing to compare, 3 a journal cannot be read.")]
pub(super) struct Args {
    /// The runs: ids, beginnings of ids, folders, or `latest`.
    #[arg(value_name = "RUN", num_args = 2.., required = true)]
    runs: Vec<String>,
    /// Only metrics whose name this regular expression finds: `throughput`, `^iperf.*bps$`.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    kpi: Option<Regex>,
    /// Also metrics that the tests are not run for, such as their time and memory.
    #[arg(long)]
    all: bool,
    /// How to write it.
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Draw each metric as an SVG file in this folder; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    /// Draw in the terminal with ASCII only [default: when the locale is not UTF-8].
    #[arg(long)]
    ascii: bool,
}

/// A format of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables and drawings for people.
    Text,
    /// Everything with all samples, as one object.
    Json,
    /// A row per metric and run.
    Csv,
}

fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|_| {
        "not a regular expression; `.*` is anything, and `\\` stands before a character to be taken as it is"
            .to_owned()
    })
}

/// Prints the comparison and makes the drawings.
///
/// # Errors
///
/// When there is no such run, a journal cannot be read, there is nothing to compare, or a drawing cannot be written.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let store = Store::open()?;
    let mut runs = Vec::new();
    for what in &args.runs {
        let run = store.find(what)?;
        runs.push(samples(&run).map_err(|error| {
            CliError::System(format!("cannot read {}: {error}", run.journal().display()))
        })?);
    }
    if let Some(without) = runs.iter().find(|run| run.jobs.is_empty()) {
        return Err(CliError::Usage(format!(
            "run {} has no results of LKP; a test with `lkp:` in its job makes them",
            without.id
        )));
    }
    let found = |name: &str| args.kpi.as_ref().is_none_or(|regex| regex.is_match(name));
    let others = runs
        .iter()
        .flat_map(|run| &run.metrics)
        .filter(|(key, metric)| !metric.kpi && found(&key.metric))
        .count();
    let comparison = Comparison::of(runs, |name, kpi| (kpi || args.all) && found(name));
    if comparison.kpis.is_empty() {
        return Err(nothing(&comparison, others > 0));
    }
    let format = if args.json { Format::Json } else { args.format };
    print(|out| match format {
        Format::Text => text::write(&comparison, terminal(args.ascii), out),
        Format::Json => json::write(&comparison, out),
        Format::Csv => csv::write(&comparison, out),
    })?;
    if let Some(folder) = &args.svg {
        draw(&comparison, folder)
            .map_err(|e| CliError::System(format!("cannot draw in {}: {e}", folder.display())))?;
    }
    Ok(if comparison.worse() {
        ExitCode::from(WORSE)
    } else {
        ExitCode::SUCCESS
    })
}

fn samples(run: &RunDir) -> io::Result<RunSamples> {
    let mut samples = RunSamples::new(run.id());
    let mut journal = JournalReader::open(&run.journal())?;
    for entry in journal.by_ref() {
        samples.push(&entry?);
    }
    samples.damaged = journal.damaged();
    Ok(samples)
}

/// Why there is nothing to compare.
fn nothing(comparison: &Comparison, others: bool) -> CliError {
    let failed = |tally: &crate::lkp::compare::sample::Tally| tally.failed == tally.points;
    let all_failed = comparison
        .runs
        .iter()
        .flat_map(|run| run.jobs.values())
        .all(failed);
    CliError::Usage(if all_failed {
        "all runs of all LKP jobs failed; `dispatch results RUN` tells why".to_owned()
    } else if others {
        "no KPI fits; other metrics do: add --all".to_owned()
    } else {
        "no metric fits; without --kpi all KPIs are compared, with --all every metric".to_owned()
    })
}

/// One file per metric.
fn draw(comparison: &Comparison, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for kpi in &comparison.kpis {
        let path = folder.join(svg::file_name(&kpi.key));
        std::fs::write(path, svg::draw(comparison, kpi)?)?;
    }
    let count = comparison.kpis.len();
    let folder = folder.display().to_string();
    complain(&format!("{count} drawings are in {}", escape(&folder)));
    Ok(())
}

fn terminal(ascii: bool) -> Terminal {
    let out = io::stdout();
    let width = rustix::termios::tcgetwinsize(&out).map_or(0, |size| usize::from(size.ws_col));
    Terminal {
        width: if width == 0 { 80 } else { width },
        ascii: ascii || !utf8(|name| std::env::var(name).ok()),
        color: color_on(&out),
    }
}

/// Whether the locale is UTF-8, by the variable that decides: the first of the three that is set.
fn utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    set.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        for (all, lang, expected) in [
            ("", "en_US.UTF-8", true),
            ("C.utf8", "", true),
            ("C", "en_US.UTF-8", false),
            ("", "", false),
        ] {
            let variable = |name: &str| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            };
            assert_eq!(utf8(variable), expected, "{all} {lang}");
        }
    }
}
