//! `deploy: {to: tftp}`: serve kernel, device tree, ramdisk and root file system to a boot loader.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::download::Download;
use crate::read::{Keys, Place, Read, Report};

/// `deploy: {to: tftp}`: serve kernel, device tree, ramdisk and root file system to a boot loader.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = one_root)]
pub struct Tftp {
    /// The kernel.
    pub kernel: Option<Kernel>,
    /// The device tree.
    pub dtb: Option<Download>,
    /// Device tree overlays, in order.
    pub dtbo: Option<Vec<Download>>,
    /// The kernel's modules, an archive; they go into the ramdisk or the root file system.
    pub modules: Option<Download>,
    /// The answers to the questions of an installer.
    pub preseed: Option<Download>,
    /// The ramdisk.
    pub ramdisk: Option<Ramdisk>,
    /// The root file system, an archive that is unpacked and served by NFS. Excludes `persistent_nfs`.
    pub nfsrootfs: Option<NfsRoot>,
    /// A root file system that is already served by NFS. Excludes `nfsrootfs`.
    pub persistent_nfs: Option<PersistentNfs>,
    /// The trusted execution environment.
    pub tee: Option<Download>,
    /// More files to serve, by name.
    #[keys(with = extra_files)]
    pub extra_files: Option<IndexMap<String, Download>>,
}

/// A kernel to serve.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Kernel {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// What U-Boot boots it as; without it the file is served as it is.
    #[schemars(rename = "type")]
    pub kind: Option<KernelType>,
}

/// What U-Boot boots a kernel as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum KernelType {
    /// `booti`
    Image,
    /// `bootm`
    Uimage,
    /// `bootz`
    Zimage,
}

/// A ramdisk to serve.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Ramdisk {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Put the kernel's modules in. Default `true`.
    pub install_modules: Option<bool>,
    /// Put the overlay of the tests in. Default `true`.
    pub install_overlay: Option<bool>,
    /// Whether the file has U-Boot's header, which is taken off and put on again.
    pub header: Option<Header>,
}

/// The header of a ramdisk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "kebab-case")]
pub enum Header {
    /// U-Boot's.
    #[schemars(rename = "u-boot")]
    UBoot,
}

/// A root file system to unpack and serve.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct NfsRoot {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Put the kernel's modules in. Default `true`.
    pub install_modules: Option<bool>,
    /// Put the overlay of the tests in. Default `true`.
    pub install_overlay: Option<bool>,
    /// The folder in the archive that holds the root file system.
    pub prefix: Option<String>,
}

/// A root file system that is already served.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct PersistentNfs {
    /// `<host>:<path>`
    pub address: String,
    /// Put the overlay of the tests in. Default `true`.
    pub install_overlay: Option<bool>,
}

/// LAVA takes any key here, not only a text.
fn extra_files(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Download>> {
    let Some(entries) = place.node.as_map() else {
        place.refuse("a mapping", report);
        return None;
    };
    let mut files = IndexMap::new();
    let mut whole = true;
    for entry in entries {
        match Download::read(&place.under(entry), report) {
            Some(file) => drop(files.insert(entry.key.key_text(), file)),
            None => whole = false,
        }
    }
    whole.then_some(files)
}

fn one_root(keys: &mut Keys<'_>, report: &mut Report) {
    if let (Some(nfsrootfs), Some(persistent)) =
        (keys.peek("nfsrootfs"), keys.peek("persistent_nfs"))
    {
        let message = "`nfsrootfs` and `persistent_nfs` exclude each other";
        report
            .error("J012", keys.place.path(), persistent.span(), message)
            .see(nfsrootfs.span(), "`nfsrootfs` is here")
            .help("a node has one root file system: keep the one that is meant");
    }
}
