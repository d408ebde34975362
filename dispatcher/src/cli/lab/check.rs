//! `dispatch lab check`: what is wrong with the files of a lab, and with `--probe` with its machines.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use job_schema::{Finding, Severity};

use super::probing;
use crate::check::devices::{self, File};
use crate::check::format::{Format, Printer, Totals};
use crate::cli::{CliError, color_on, patience, print};

/// Exit code of a lab with findings: its files or its machines are wrong.
const WRONG: u8 = 3;

/// Check the devices of a lab: their files, and whether they have what their deploy and boot methods ask for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch lab check my-lab
  dispatch lab check my-lab --strict --format sarif > findings.sarif
  dispatch lab check my-lab --probe            try each device too: SSH logins, consoles, programs
  dispatch lab check my-lab --probe --json | jq -r 'select(.ok == false) | .device'
  dispatch explain D021                        what a code means

What --probe does: it logs in to machines by SSH and leaves again, connects to the addresses of consoles without reading \
them, and looks for the programs of power commands. Power is never switched; `commands.power_status` is run where a device \
has it. Each thing has 10 seconds to answer. Ctrl-C gives up, and ends what was started.

Exit codes:
  0  nothing is wrong; there may be warnings
  2  the command line is wrong
  3  a file has an error (--strict: or a warning), a device does not answer, or no lab is there
  130  --probe was interrupted")]
pub(super) struct Args {
    /// The lab folder.
    #[arg(
        value_name = "DIR",
        required_unless_present = "lab",
        conflicts_with = "lab"
    )]
    folder: Option<PathBuf>,
    /// The lab folder, as other commands take it.
    #[arg(long, value_name = "DIR")]
    lab: Option<PathBuf>,
    /// Try each device, without changing its state.
    #[arg(long)]
    probe: bool,
    /// How to print findings.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// One JSON object per line: the findings, and with --probe the devices; short for `--format lines`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Warnings count as errors for the exit code.
    #[arg(long)]
    strict: bool,
}

/// Checks the lab.
///
/// # Errors
/// The lab cannot be read, or nothing can be printed. What is wrong with its files is the exit code.
pub(super) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let folder = args.folder.as_deref().or(args.lab.as_deref());
    let folder = folder.unwrap_or(Path::new("."));
    let mut checked = patience::with(&format!("checking {}", folder.display()), || {
        devices::check(folder)
    })?;
    let tried = match args.probe {
        true => probing::all(&mut checked)?,
        false => Vec::new(),
    };
    let format = if args.json {
        Format::Lines
    } else {
        args.format
    };
    let color = color_on(&io::stdout());
    let mut totals = Totals::default();
    let files = &checked.files;
    print(|out| {
        let mut printer = Printer::begin(out, format, color)?;
        for file in files {
            totals.add(&file.findings);
            printer.file(&file.name, &file.text, &file.findings)?;
        }
        for device in &tried {
            printer.remark(&device.text(), &device.json())?;
        }
        printer.end(&totals)
    })?;
    let refuses = |finding: &Finding| args.strict || finding.severity == Severity::Error;
    let wrong = |file: &File| file.findings.iter().any(refuses);
    Ok(if checked.files.iter().any(wrong) {
        ExitCode::from(WRONG)
    } else {
        ExitCode::SUCCESS
    })
}
