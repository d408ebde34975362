//! `deploy: {to: nfs}`: a root file system served by NFS, to a machine that boots by itself or to QEMU.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::download::{Download, images};
use super::tmpfs::Image;
use crate::read::{FromKeys, Keys, Place, Read, Report};

/// `deploy: {to: nfs}`: a root file system served by NFS. Either `nfsrootfs`, or `images` for QEMU.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema)]
pub struct Nfs {
    /// The root file system, an archive that is unpacked and served. Excludes `images`.
    pub nfsrootfs: Option<Download>,
    /// The kernel's modules, an archive that is unpacked into the root file system. Excludes `images`.
    pub modules: Option<Download>,
    /// The files for QEMU, by name: `{kernel: {…}, nfsrootfs: {…}}`. Excludes `nfsrootfs` and `modules`.
    #[schemars(extend("minProperties" = 1))]
    pub images: Option<IndexMap<String, Image>>,
}

impl FromKeys for Nfs {
    /// LAVA's lenient schema wants one of the two forms to be right and does not look at the other.
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let root = keys.get("nfsrootfs");
        let modules = keys.get("modules");
        let qemu = keys.get("images");
        let files = [&root, &modules];
        if let (Some(images), Some(file)) = (&qemu, files.into_iter().flatten().next()) {
            let message = "`images` and `nfsrootfs` with `modules` exclude each other";
            report
                .warning("J012", keys.place.path(), images.span(), message)
                .see(file.span(), "the other form is here")
                .help("`images` is for QEMU, `nfsrootfs` for other machines");
        }
        let good = |place: &Place<'_>| {
            let mut trial = Report::default();
            images::<Image>(place, &mut trial);
            !trial.has_errors()
        };
        let good_files = files.into_iter().flatten().all(|place| {
            let mut trial = Report::default();
            Download::read(place, &mut trial);
            !trial.has_errors()
        });
        let good_images = qemu.as_ref().is_some_and(good);
        let read = |report: &mut Report| {
            let root = root.and_then(|place| Download::read(&place, report));
            let modules = modules.and_then(|place| Download::read(&place, report));
            (root, modules)
        };
        let (nfsrootfs, modules) = if good_images {
            report.softly(read)
        } else {
            read(report)
        };
        let images = |report: &mut Report| qemu.and_then(|place| images(&place, report));
        let images = if good_files {
            report.softly(images)
        } else {
            images(report)
        };
        Some(Self {
            nfsrootfs,
            modules,
            images,
        })
    }
}
