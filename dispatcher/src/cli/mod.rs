//! The commands: per command one file with its arguments and its printing, nothing else.

pub mod logs;
pub mod results;
pub mod runs;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::store::StoreError;

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// It was asked for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The machine refused.
    #[error("{0}")]
    System(String),
}

impl CliError {
    /// What to exit with: 2 for a wrong question, 3 for trouble of the machine's.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::System(_) => ExitCode::from(3),
        }
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        if error.is_usage() {
            Self::Usage(error.to_string())
        } else {
            Self::System(error.to_string())
        }
    }
}

/// Prints to standard output. That nobody reads on (`| head`) is not an error.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<ExitCode, CliError> {
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::System(format!("cannot print: {error}")))
        }
        _ => {
            // What is left in the buffer of a broken pipe must not be tried again.
            let (_, _) = out.into_parts();
            Ok(ExitCode::SUCCESS)
        }
    }
}
