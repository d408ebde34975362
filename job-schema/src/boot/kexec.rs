//! `boot: {method: kexec}`: a kernel started by the one that runs.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Shell;

/// `boot: {method: kexec}`: a kernel started by the one that runs, on a node with a shell.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Kexec {
    /// A regular expression: the new kernel has started, for example `Booting Linux`.
    pub boot_message: String,
    /// How to get a shell.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub shell: Shell,
    /// Download `kernel`, `initrd` and `dtb` to the node first; a deploy block must have got them. Default `false`.
    pub deploy: Option<bool>,
    /// The program on the node. Default `/sbin/kexec`.
    pub command: Option<String>,
    /// The kernel on the node, for example `/home/vmlinuz`.
    pub kernel: Option<String>,
    /// The device tree on the node, for example `/home/dtb`.
    pub dtb: Option<String>,
    /// The ramdisk on the node, for example `/home/initrd.img`.
    pub initrd: Option<String>,
    /// More options of the program, for example `['--reuse-cmdline']`.
    pub options: Option<Vec<String>>,
    /// The configuration of the running kernel, for example `/proc/config.gz`: what it says about kexec is shown.
    #[schemars(rename = "kernel-config")]
    pub kernel_config: Option<String>,
    /// Load the kernel for the case of a crash, then crash the running one. Default `false`.
    pub on_panic: Option<bool>,
}
