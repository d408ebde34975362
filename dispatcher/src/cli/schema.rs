//! `dispatch schema`: JSON Schema for editors.

use std::process::ExitCode;

use clap::ValueEnum;
use job_schema::schema::{self, Language};
use serde_json::Value;

use super::{CliError, print};
use crate::inventory;

/// Print the JSON Schema (2020-12) of job files, test definitions, or device and device type files.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dispatch schema > job.schema.json
  dispatch schema test-definition > test-definition.schema.json")]
pub struct Args {
    /// Of which files.
    #[arg(value_enum, default_value = "job")]
    of: Kind,
}

/// A kind of files that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Jobs.
    Job,
    /// Test definitions in files of their own.
    TestDefinition,
    /// Devices and device types of a lab.
    Device,
}

impl Kind {
    /// The schema.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Self::Job => schema::schema(Language::Job),
            Self::TestDefinition => schema::schema(Language::TestDefinition),
            Self::Device => inventory::schema(),
        }
    }
}

/// Prints a schema.
///
/// # Errors
/// It cannot be printed.
pub fn run(args: &Args) -> Result<ExitCode, CliError> {
    let text = schema::text(&args.of.schema());
    print(|out| out.write_all(text.as_bytes()))
}
