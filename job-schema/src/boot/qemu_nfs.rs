//! `boot: {method: qemu-nfs}`: a virtual machine whose root file system is served by NFS.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;
use super::qemu::Connection;

/// `boot: {method: qemu-nfs}`: a virtual machine whose root file system is served by NFS.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct QemuNfs {
    /// How to talk to the machine: there is only its serial console.
    pub connection: Option<Connection>,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
}
