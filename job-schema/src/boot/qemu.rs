//! `boot: {method: qemu}`: a virtual machine.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::login::Shell;
use crate::deploy::download::Docker;

/// `boot: {method: qemu}`: a virtual machine. `context: {arch: …}` says which one.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Qemu {
    /// How to talk to the machine: there is only its serial console.
    pub connection: Option<Connection>,
    /// What the images were deployed to: there is only `tmpfs`.
    pub media: Option<Media>,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Run QEMU in a container. Default: QEMU of the machine where `dispatch` runs.
    pub docker: Option<QemuDocker>,
}

/// How to talk to a virtual machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Connection {
    /// The serial console.
    Serial,
}

/// What the images of a virtual machine were deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Media {
    /// Files that last as long as the job.
    Tmpfs,
}

/// A container that QEMU runs in.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct QemuDocker {
    /// The container.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub container: Docker,
    /// QEMU in the container, for example `/opt/qemu/bin/qemu-system-aarch64`. Default: the name of the device's QEMU.
    pub binary: Option<String>,
}
