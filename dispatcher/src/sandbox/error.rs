//! What can go wrong with the embedded lab, in sentences that say what to do.

use std::{io, net::SocketAddr, path::PathBuf};

/// A failure of the embedded lab.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The system does not let this user have what a sandbox is made of.
    #[error("this system does not allow a sandbox: {reason}; {advice}")]
    Forbidden {
        /// What was tried and what the kernel answered.
        reason: String,
        /// What to do about it.
        advice: String,
    },
    /// The lab's own process could not be started.
    #[error("the sandbox lab could not be started from '{program}': {source}")]
    Program {
        /// What was executed.
        program: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// A node could not be brought up.
    #[error("sandbox node '{node}' did not start: {reason}")]
    Node {
        /// Its name.
        node: String,
        /// What failed, with the directory or interface it failed at.
        reason: String,
    },
    /// A name that cannot be a host name.
    #[error(
        "'{0}' cannot name a sandbox node: expected 1 to 63 letters, digits or '-', not starting with '-'"
    )]
    Name(String),
    /// A key that OpenSSH's format does not know.
    #[error("the {what} handed to the sandbox lab is not in OpenSSH's format: {reason}")]
    Key {
        /// Which key.
        what: &'static str,
        /// What the parser said.
        reason: String,
    },
    /// A connection into the lab's network failed.
    #[error("no connection to {address} in the sandbox lab: {reason}")]
    Dial {
        /// Where to.
        address: SocketAddr,
        /// What the lab answered.
        reason: String,
    },
    /// The lab refused a request.
    #[error("the sandbox lab refused: {0}")]
    Refused(String),
    /// The lab is gone.
    #[error("the sandbox lab has ended, and its nodes with it: {0}")]
    Ended(String),
}
