//! `deploy: {to: tftp}`: serve kernel, device tree, ramdisk and root file system to a boot loader.

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// `url`.
    pub url: String,
    /// `compression`: decompress while downloading.
    pub compression: Option<String>,
    /// `archive: tar`: unpack after downloading.
    pub archive: Option<String>,
}

/// `deploy: {to: tftp}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tftp {
    /// `kernel`.
    pub kernel: Option<Download>,
    /// `kernel: {type: …}`: `image`, `uimage` or `zimage`; asks for a conversion for U-Boot.
    pub kernel_type: Option<String>,
    /// `dtb`.
    pub dtb: Option<Download>,
    /// `ramdisk`.
    pub ramdisk: Option<Download>,
    /// `nfsrootfs`.
    pub nfsrootfs: Option<Download>,
    /// `modules`.
    pub modules: Option<Download>,
}
