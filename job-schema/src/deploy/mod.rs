//! `deploy:`, one file per `to:`.

pub mod ssh;
pub mod tftp;

/// A deploy block.
#[derive(Debug, Clone, PartialEq)]
pub struct Deploy {
    /// `os`: selects the distribution's helpers and flags, for example `debian`.
    pub os: Option<String>,
    /// `authorize: ssh`: let guests log in to this node with the installation's key.
    pub authorize_ssh: bool,
    /// `to`, and what belongs to it.
    pub to: To,
}

/// `to:` of a deploy block.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// `to: ssh`
    Ssh(ssh::Ssh),
    /// `to: tftp`
    Tftp(Box<tftp::Tftp>),
}
