//! `deploy: {to: nbd}`: a kernel over TFTP and a root file system as a block device over the network.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;
use super::tftp::Kernel;

/// `deploy: {to: nbd}`: a kernel over TFTP and a root file system as a block device over the network.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Nbd {
    /// The kernel.
    pub kernel: Kernel,
    /// The image of the root file system, served as a network block device.
    pub nbdroot: Download,
    /// The ramdisk that connects to the block device.
    pub initrd: Download,
    /// The device tree.
    pub dtb: Option<Download>,
}
