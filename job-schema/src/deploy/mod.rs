//! `deploy:`, one file per `to:`.

pub mod download;
pub mod ssh;
pub mod tftp;

use job_schema_derive::{Keys, Methods, Word};
use schemars::JsonSchema;

/// A deploy block: puts a system, files or the overlay on a node.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Deploy {
    /// The distribution on the node, for example `debian`: selects helpers and flags of the overlay.
    pub os: Option<String>,
    /// `ssh`: let guests log in to this node with a key made for the job.
    pub authorize: Option<Authorize>,
    /// How the overlay is put into an ext4 image. Default `auto`.
    pub overlay_backend: Option<OverlayBackend>,
    /// Where to deploy to.
    #[keys(flatten)]
    #[schemars(skip)]
    pub to: To,
}

/// `authorize` of a deploy block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Authorize {
    /// Logins by SSH with a key made for the job.
    Ssh,
}

/// How the overlay is put into an ext4 image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum OverlayBackend {
    /// What the dispatcher has.
    Auto,
    /// With `debugfs`: no root rights, no virtual machine.
    E2fsprogs,
    /// With `libguestfs`.
    Guestfs,
}

/// `to:` of a deploy block.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "to", kind = "a deploy method")]
#[schemars(rename_all = "kebab-case")]
pub enum To {
    /// To a machine that is up and has an SSH server: the overlay alone.
    Ssh(Box<ssh::Ssh>),
    /// To a boot loader that loads kernel and root file system over the network.
    Tftp(Box<tftp::Tftp>),
}
