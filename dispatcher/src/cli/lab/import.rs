//! `dispatch lab import`: a LAVA lab moves in.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{CliError, patience, print};
use crate::inventory::abilities::Abilities;
use crate::inventory::lava::{self, Change, Import, Imported};
use crate::text::escape;

/// Exit code of an import with devices that cannot be rendered: the lab's files are wrong.
const SOME_FAILED: u8 = 3;

/// How a device fails whose device type is not there.
const NO_TEMPLATE: &str = "template not found";
const HELP: &str = "the device types that LAVA ships are elsewhere: name their folder with --templates, \
    such as /usr/share/lava-server/device-types";

/// Move a LAVA lab in: copy its device dictionaries and device types into a lab folder and try each device.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lab import /etc/lava-server/dispatcher-config \\
      --templates /usr/share/lava-server/device-types --into my-lab
  dispatch devices --lab my-lab
  dispatch devices show board-1 --lab my-lab --context arch=arm64

Importing again brings the lab up to date; devices that LAVA no longer has are kept and told. Exit code 3: some device \
could not be rendered.")]
pub(super) struct Args {
    /// LAVA's configuration: a folder with `devices/*.jinja2` and, where the lab has its own, `device-types/*.jinja2`.
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// A folder of the device types that come with LAVA; those of DIR go before them.
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// The lab folder; made when it is not there.
    #[arg(long, value_name = "LAB", default_value = "lab")]
    into: PathBuf,
}

/// Does it and tells what was done.
///
/// # Errors
/// The folders hold no configuration of LAVA's, or cannot be read or written.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let import = patience::with("rendering the devices", || {
        lava::import(&args.from, args.templates.as_deref(), &args.into)
    })?;
    let mut lines = lines(&import);
    let lacks_type = |it: &Imported| {
        it.device
            .as_ref()
            .is_err_and(|why| why.contains(NO_TEMPLATE))
    };
    if args.templates.is_none() && import.devices.iter().any(lacks_type) {
        lines.push(format!("help: {HELP}"));
    }
    lines.push(format!(
        "lab folder: {}",
        escape(&args.into.display().to_string())
    ));
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    let failed = import.devices.iter().any(|device| device.device.is_err());
    Ok(if failed {
        ExitCode::from(SOME_FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn lines(import: &Import) -> Vec<String> {
    let widest = import.devices.iter().map(|d| d.name.len()).max();
    let widest = widest.unwrap_or(0);
    let mut lines = Vec::new();
    for Imported {
        name,
        change,
        device,
        missing_key,
    } in &import.devices
    {
        let (name, word) = (escape(name), change.word());
        lines.push(match device {
            Ok(device) => format!(
                "{word:<9}  {name:<widest$}  {}: {}",
                escape(&device.device_type),
                escape(&Abilities::of(device).words())
            ),
            Err(why) => format!("{word:<9}  {name:<widest$}  FAILS {}", escape(why)),
        });
        if let Some(key) = missing_key {
            lines.push(format!(
                "{:<9}  {:<widest$}  logs in with {}, which is not there: copy the key, mode 600",
                "",
                "",
                escape(&key.display().to_string())
            ));
        }
    }
    let changes: Vec<Change> = import.devices.iter().map(|d| d.change).collect();
    let failed = import.devices.iter().filter(|d| d.device.is_err()).count();
    lines.push(format!(
        "devices: {}; {failed} cannot be rendered",
        counts(&changes)
    ));
    let changes: Vec<Change> = import.types.iter().map(|(_, change)| *change).collect();
    lines.push(format!("device types: {}", counts(&changes)));
    for (name, change) in &import.types {
        if let Change::Changed | Change::Unread = change {
            lines.push(format!(
                "{:<9}  device type {}",
                change.word(),
                escape(name)
            ));
        }
    }
    lines
}

/// `3: 1 new, 2 unchanged`.
fn counts(changes: &[Change]) -> String {
    let all = [
        Change::New,
        Change::Changed,
        Change::Unchanged,
        Change::Kept,
        Change::Unread,
    ];
    let words: Vec<String> = all
        .iter()
        .filter_map(|kind| {
            let count = changes.iter().filter(|change| *change == kind).count();
            (count > 0).then(|| format!("{count} {}", kind.word()))
        })
        .collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        words => format!("{}: {}", changes.len(), words.join(", ")),
    }
}
