//! Peak memory of a program: this program starts itself as a wrapper around it, because the kernel tells the peak of
//! a child only to its parent and only as the greatest of all children so far.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use nix::sys::resource::{UsageWho, getrusage};

/// First argument that makes this program the wrapper.
pub(crate) const WRAP: &str = "--wrap";

/// A file for the peak of one run.
#[derive(Debug)]
pub(crate) struct Peak {
    file: PathBuf,
}

impl Peak {
    /// To be written into this folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            file: folder.join("peak"),
        }
    }

    /// Words to put before a command.
    pub(crate) fn words(&self) -> Vec<String> {
        let own = std::env::current_exe().expect("the program knows where it is");
        vec![
            own.display().to_string(),
            WRAP.into(),
            self.file.display().to_string(),
        ]
    }

    /// The peak in megabytes.
    pub(crate) fn megabytes(&self) -> f64 {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        let kilobytes: f64 = text.trim().parse().expect("the wrapper wrote a number");
        kilobytes * 1024.0 / 1e6
    }
}

/// Runs the command after the first word, and writes the peak memory of it and its children into the file that the
/// first word names, in kilobytes.
pub(crate) fn wrap(words: &[String]) -> ExitCode {
    let [file, program, args @ ..] = words else {
        eprintln!("{WRAP} FILE PROGRAM [ARGUMENT...]");
        return ExitCode::from(2);
    };
    let status = match Command::new(program).args(args).status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{program}: {error}");
            return ExitCode::from(127);
        }
    };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).map(|usage| usage.max_rss());
    let written = peak
        .map_err(std::io::Error::from)
        .and_then(|kilobytes| std::fs::write(file, kilobytes.to_string()));
    if let Err(error) = written {
        eprintln!("{file}: {error}");
        return ExitCode::from(1);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
