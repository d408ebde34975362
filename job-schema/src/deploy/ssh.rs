//! `deploy: {to: ssh}`: copy the overlay to a machine that is up and has an SSH server.

/// `deploy: {to: ssh}`. It has no keys of its own: the machine keeps the system it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ssh;
