//! `deploy: {to: iso-installer}`: install a system in a virtual machine from an installer's image.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;
use super::tmpfs::Image;

/// `deploy: {to: iso-installer}`: install a system in a virtual machine from an installer's image.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct IsoInstaller {
    /// The files of the installer.
    pub images: Images,
    /// How to install.
    pub iso: Iso,
}

/// The files of an installer.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Images {
    /// The installer itself: an ISO image.
    pub iso: Image,
    /// The answers to its questions.
    pub preseed: Download,
}

/// How to install from an ISO image.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Iso {
    /// The size of the disk to install on, for example `8G`.
    pub installation_size: String,
    /// The path of the installer's kernel inside the image, for example `/install.amd/vmlinuz`.
    pub kernel: Option<String>,
    /// The path of the installer's ramdisk inside the image, for example `/install.amd/initrd.gz`.
    pub initrd: Option<String>,
}
