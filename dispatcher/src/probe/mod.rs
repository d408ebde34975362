//! Trying a device without changing its state.
//!
//! In: a rendered device. Out: what answered, and what did not. Machines are logged in to by SSH and left again, addresses of
//! consoles are connected to and nothing is read or written there, programs are looked for, and Docker and QEMU are asked for
//! their version. Commands that switch power are never run; `commands.power_status` is.

mod commands;
mod console;
mod machine;
mod program;

use std::path::Path;
use std::time::Duration;

use job_schema::Severity;

use crate::actions::tool::program::Programs;
use crate::inventory::Device;

/// How long one thing may take to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// A device that was tried.
#[derive(Debug, Default)]
pub struct Probe {
    /// What answered, in a few words each.
    pub answers: Vec<String>,
    /// What did not.
    pub troubles: Vec<Trouble>,
}

/// Something that did not answer.
#[derive(Debug)]
pub struct Trouble {
    /// `D040`
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The key path of the device that it is about.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Trouble {
    fn new(code: &'static str, severity: Severity, path: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            path: path.to_owned(),
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What trying one thing gives: a few words, or the trouble.
type Answer = Result<String, Trouble>;

/// Tries a device. `known_hosts` has the keys of servers that were seen before; it is only read. Who gives the future up
/// waits for [`Programs::ended`].
pub async fn device(device: &Device, known_hosts: &Path, running: &Programs) -> Probe {
    let run = async {
        let programs = program::of_methods(device, running).await;
        (programs, commands::all(device, running).await)
    };
    let (machine, consoles, (programs, commands)) = tokio::join!(
        machine::log_in(device, known_hosts),
        console::all(device),
        run,
    );
    let mut probe = Probe::default();
    let answers = machine
        .into_iter()
        .chain(programs)
        .chain(consoles)
        .chain(commands);
    for answer in answers {
        match answer {
            Ok(words) if probe.answers.contains(&words) => {}
            Ok(words) => probe.answers.push(words),
            Err(trouble) => probe.troubles.push(trouble),
        }
    }
    probe
}

#[cfg(test)]
mod tests;
