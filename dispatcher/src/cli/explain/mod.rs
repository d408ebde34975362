//! `dispatch explain`: what a key of the language, or the code of a check, means.

mod codes;
mod text;

use std::process::ExitCode;

use job_schema::describe::{Describer, Lost, Meaning, Segment, parse_path};
use job_schema::schema::Language;
use serde_json::json;

use super::{CliError, color_on, print};
use crate::inventory;

/// Explain a key of jobs, test definitions and devices, or the code of a check.
///
/// A path may name a method between keys, and leave out the entries of lists and the names of roles and images. Test
/// definitions begin with `definition-file`, devices and device types with `device-file`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch explain                           the top-level keys, the blocks and their methods
  dispatch explain timeouts.job
  dispatch explain boot.ssh                  a method with its keys
  dispatch explain boot.prompts              a key, and which methods have it
  dispatch explain definition.git.branch
  dispatch explain definition-file.run.steps
  dispatch explain J031                      what a check of jobs finds
  dispatch explain D021                      what a check of labs finds")]
pub struct Args {
    /// A key path, for example `deploy.ssh.os`, or a code, for example `J031`.
    #[arg(value_name = "KEY.PATH|CODE")]
    of: Option<String>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Prints an explanation.
///
/// # Errors
/// Usage: there is no such key or code.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let style = text::Style::new(color_on(&std::io::stdout()));
    let Some(of) = args.of.as_deref() else {
        return overview(args.json, style);
    };
    if codes::is_code(of) {
        let rule = codes::find(of)?;
        let shown = if args.json {
            codes::json(rule).to_string() + "\n"
        } else {
            codes::text(rule)
        };
        return print(|out| out.write_all(shown.as_bytes()));
    }
    let meanings = explain(of).map_err(|lost| CliError::Usage(text::lost(&lost)))?;
    let shown = if args.json {
        json!({"path": of, "meanings": meanings}).to_string() + "\n"
    } else {
        text::meanings(of, &meanings, style)
    };
    print(|out| out.write_all(shown.as_bytes()))
}

/// What a path means; its first word chooses the kind of file.
fn explain(of: &str) -> Result<Vec<Meaning>, Box<Lost>> {
    let path = parse_path(of);
    let in_file = |describer: Describer<'_>| match &path[1..] {
        [] => Ok(vec![describer.overview()]),
        below => describer.explain(below),
    };
    match path.first() {
        Some(Segment::Key(file)) if file == "definition-file" => {
            in_file(Describer::new(Language::TestDefinition))
        }
        Some(Segment::Key(file)) if file == "device-file" => {
            let schema = inventory::schema();
            in_file(Describer::of(&schema))
        }
        None => Ok(vec![Describer::new(Language::Job).overview()]),
        Some(_) => Describer::new(Language::Job).explain(&path),
    }
}

/// The blocks of `actions`, and what definitions come from.
const BLOCKS: [&str; 5] = ["deploy", "boot", "test", "command", "definition"];

fn overview(as_json: bool, style: text::Style) -> Result<ExitCode, CliError> {
    let job = Describer::new(Language::Job);
    let top = job.overview();
    let blocks: Vec<(&str, Meaning)> = BLOCKS
        .iter()
        .filter_map(|block| {
            let meanings = job.explain(&[Segment::from(*block)]).ok()?;
            Some((*block, meanings.into_iter().next()?))
        })
        .collect();
    let shown = if as_json {
        let blocks: serde_json::Map<_, _> = blocks
            .iter()
            .map(|(block, meaning)| ((*block).to_owned(), json!(meaning)))
            .collect();
        json!({"keys": top.keys, "blocks": blocks}).to_string() + "\n"
    } else {
        text::overview(&top, &blocks, style)
    };
    print(|out| out.write_all(shown.as_bytes()))
}

#[cfg(test)]
mod tests;
