//! `dispatch device-types`: the device types of a lab, and some of them with their variables.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{CliError, open_lab, print};
use crate::inventory::abilities::Abilities;
use crate::inventory::device_type::{DeviceType, Variable, is_base, names};
use crate::inventory::{Inventory, yaml_text};
use crate::text::escape;

/// List device types: what they are, what they extend, and by which methods they deploy and boot; or some with their variables.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch device-types
  dispatch device-types beaglebone-black rpi4
  dispatch device-types base-uboot --json | jq '.variables | keys'

Types whose name begins with `base` are there for others to extend. A type that LAVA's templates describe is only named.")]
pub struct Args {
    /// The device types to explain.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// A lab folder that may have `device-types/*.yaml` of its own [default: the embedded lab].
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// One JSON object per type: of the list on a line of its own.
    #[arg(long)]
    json: bool,
}

/// Prints the list, or the types.
///
/// # Errors
/// The lab cannot be read, or has no such type. Nothing is printed then.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let lab = open_lab(args.lab.as_deref())?;
    if args.names.is_empty() {
        return list(&lab, args.json);
    }
    let types = args.names.iter().map(|name| {
        let of = match lab.is_lava_type(name) {
            true => None,
            false => Some(lab.types().get(name)?),
        };
        Ok((name.as_str(), of))
    });
    let types = types.collect::<Result<Vec<_>, CliError>>()?;
    print(|out| {
        for (at, (name, of)) in types.iter().enumerate() {
            if at > 0 && !args.json {
                writeln!(out)?;
            }
            one(out, name, of.as_deref(), &lab, args.json)?;
        }
        Ok(())
    })
}

/// One type, as text or as a JSON object; one without a description comes from LAVA.
fn one(
    out: &mut dyn Write,
    name: &str,
    of: Option<&DeviceType>,
    lab: &Inventory,
    json: bool,
) -> io::Result<()> {
    let can = || abilities(lab, name);
    match (of, json) {
        (Some(of), true) => writeln!(out, "{:#}", described(of, can().as_ref())),
        (Some(of), false) => explain(out, of, can().as_ref()),
        (None, true) => writeln!(out, "{:#}", of_lava(name)),
        (None, false) => {
            let what = "comes from LAVA's templates: any key of a job's context may be read";
            writeln!(out, "{} {what}", escape(name))
        }
    }
}

fn of_lava(name: &str) -> Json {
    json!({"device_type": name, "from": "lava"})
}

fn abilities(lab: &Inventory, name: &str) -> Option<Abilities> {
    let device = lab.imagine(name, &IndexMap::new());
    device.ok().map(|device| Abilities::of(&device))
}

fn list(lab: &Inventory, json: bool) -> Result<ExitCode, CliError> {
    let mut all = names(lab.folder());
    all.sort_by_key(|name| (is_base(name), name.clone()));
    let lavas = lab.type_names();
    let lavas = lavas.into_iter().filter(|name| lab.is_lava_type(name));
    all.retain(|name| !lab.is_lava_type(name));
    let widest = all.iter().map(String::len).max().unwrap_or(0);
    print(|out| {
        for name in &all {
            let of = lab.types().get(name);
            let can = abilities(lab, name);
            match (&of, json) {
                (Ok(of), true) => writeln!(out, "{}", described(of, can.as_ref()))?,
                (Err(why), true) => {
                    let line = json!({"device_type": name, "error": why.message});
                    writeln!(out, "{line}")?;
                }
                (Ok(of), false) => {
                    let parent = of.extends.first().map_or(String::new(), |parent| {
                        format!(" (extends {})", escape(parent))
                    });
                    writeln!(
                        out,
                        "{:<widest$}  {}{parent}",
                        escape(name),
                        escape(&of.about)
                    )?;
                    if let Some(can) = can.filter(|_| !is_base(name)) {
                        writeln!(out, "{:<widest$}  {}", "", escape(&can.words()))?;
                    }
                }
                (Err(why), false) => {
                    writeln!(out, "{:<widest$}  {}", escape(name), escape(&why.message))?;
                }
            }
        }
        for name in lavas {
            if json {
                writeln!(out, "{}", of_lava(&name))?;
            } else {
                writeln!(out, "{:<widest$}  of LAVA's templates", escape(&name))?;
            }
        }
        Ok(())
    })
}

fn described(of: &DeviceType, can: Option<&Abilities>) -> Json {
    json!({
        "device_type": of.name,
        "about": of.about,
        "extends": of.extends,
        "deploy": can.map(|it| &it.deploy),
        "boot": can.map(|it| &it.boot),
        "variables": variables(&of.variables),
    })
}

fn variables(all: &IndexMap<String, Variable>) -> Json {
    let one = |it: &Variable| {
        let mut said = json!({
            "about": it.about,
            "default": it.default(),
            "required": it.required,
            "context": it.context,
        });
        if !it.keys.is_empty() {
            said["keys"] = variables(&it.keys);
        }
        said
    };
    Json::Object(
        all.iter()
            .map(|(name, it)| (name.clone(), one(it)))
            .collect(),
    )
}

fn explain(out: &mut dyn Write, of: &DeviceType, can: Option<&Abilities>) -> io::Result<()> {
    writeln!(out, "{}: {}", escape(&of.name), escape(&of.about))?;
    if !of.extends.is_empty() {
        writeln!(out, "extends {}", escape(&of.extends.join(" → ")))?;
    }
    if let Some(can) = can {
        writeln!(out, "{}", escape(&can.words()))?;
    }
    for (title, for_jobs) in [
        ("Set by a device file, or by a job's `context`:", true),
        ("Set by a device file:", false),
    ] {
        let mut some = of
            .variables
            .iter()
            .filter(|(_, it)| it.context == for_jobs)
            .peekable();
        if some.peek().is_some() {
            writeln!(out, "\n{title}")?;
        }
        for (name, it) in some {
            variable(out, name, it)?;
            for (key, it) in &it.keys {
                variable(out, &format!("{name}.{key}"), it)?;
            }
        }
    }
    Ok(())
}

fn variable(out: &mut dyn Write, name: &str, it: &Variable) -> io::Result<()> {
    let default = it.default().map(|value| {
        let text = yaml_text::write(&value);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        format!(" [default: {}]", lines.join("; "))
    });
    let needed = if it.required { " (required)" } else { "" };
    writeln!(
        out,
        "  {:<26} {}{needed}{}",
        escape(name),
        escape(&it.about),
        escape(&default.unwrap_or_default())
    )
}
