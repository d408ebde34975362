//! `dispatch devices show`: a device's configuration as a job would see it, and where each value comes from.

use std::path::PathBuf;
use std::process::ExitCode;

use indexmap::IndexMap;
use job_schema::yaml::Value;
use serde_json::{Value as Json, json};

use crate::cli::{CliError, open_lab, print, warn};
use crate::inventory::device_type::Origin;
use crate::inventory::yaml_text;
use crate::text::{escape, escape_lines};

/// Print a device's configuration as a job sees it, as YAML with the file and line of each value.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch devices show board-1 --lab my-lab
  dispatch devices show board-1 --lab my-lab --context console_device=ttyS1
  dispatch devices show board-1 --lab my-lab --json | jq .device.commands

Behind each value stands where it is written, and in parentheses where the variables in it are set. A key of the context \
that the device type does not let jobs set is told on standard error, and has no effect.")]
pub(super) struct Args {
    /// The device.
    name: String,
    /// A lab folder with `devices/*.yaml` [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// A key of a job's `context` and its value, which is read as YAML.
    #[arg(long, value_name = "KEY=VALUE")]
    context: Vec<String>,
    /// JSON: the device, and the origin of each value by its path.
    #[arg(long)]
    json: bool,
}

/// Prints the device.
///
/// # Errors
/// The lab cannot be read, has no such device, or the device cannot be rendered.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let lab = open_lab(args.lab.as_deref())?;
    let entry = lab.entries().iter().find(|e| e.name == args.name);
    let entry = entry.ok_or_else(|| {
        CliError::Usage(format!(
            "the lab has no device {}; `dispatch devices` lists those it has",
            escape(&args.name)
        ))
    })?;
    let context = context(&args.context)?;
    let told = lab.told_of_device(entry, context.keys().map(String::as_str));
    told.iter().for_each(|it| warn(it));
    let (value, origins) = lab.show(entry, &context)?;
    if args.json {
        let mut paths = Vec::new();
        leaves(&value, &mut String::new(), &mut paths);
        let of = |origin: &Origin| {
            let variables = origin.variables.iter();
            let variables: serde_json::Map<_, _> = variables
                .map(|it| (it.variable.clone(), it.place.clone().into()))
                .collect();
            json!({"place": origin.place, "variables": variables})
        };
        let origins: serde_json::Map<String, Json> =
            paths.into_iter().zip(origins.iter().map(of)).collect();
        return print(|out| writeln!(out, "{:#}", json!({"device": value, "origins": origins})));
    }
    let text = if origins.is_empty() {
        yaml_text::write(&value)
    } else {
        let notes: Vec<String> = origins.iter().map(Origin::to_string).collect();
        yaml_text::with_notes(&value, &notes)
    };
    print(|out| out.write_all(escape_lines(&text).as_bytes()))
}

fn context(settings: &[String]) -> Result<IndexMap<String, Value>, CliError> {
    let mut context = IndexMap::new();
    for setting in settings {
        let (key, value) = setting.split_once('=').ok_or_else(|| {
            CliError::Usage(format!("--context {} is not KEY=VALUE", escape(setting)))
        })?;
        let value = job_schema::parse_value(value)
            .map_err(|f| CliError::Usage(format!("--context {}: {}", escape(key), f.message)))?;
        context.insert(key.to_owned(), value);
    }
    Ok(context)
}

/// The paths of scalars and empty collections, in the order of writing: `commands.hard_reset[0]`.
fn leaves(value: &Value, path: &mut String, found: &mut Vec<String>) {
    let end = path.len();
    match value {
        Value::Map(map) if !map.is_empty() => {
            for (key, value) in map {
                let dot = if end == 0 { "" } else { "." };
                path.push_str(&format!("{dot}{key}"));
                leaves(value, path, found);
                path.truncate(end);
            }
        }
        Value::Seq(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                leaves(value, path, found);
                path.truncate(end);
            }
        }
        _ => found.push(path.clone()),
    }
}
