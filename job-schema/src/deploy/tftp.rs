//! `deploy: {to: tftp}`: serve kernel, device tree, ramdisk and root file system to a boot loader.

use crate::finding::Severity;
use crate::read::{Keys, Place, Report};

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

/// Reads the keys of `to: tftp`.
pub(crate) fn read(keys: &mut Keys, report: &mut Report) -> Option<Tftp> {
    let mut whole = true;
    let mut file = |key, own: &[&'static str], keys: &mut Keys, report: &mut Report| {
        let place = keys.get(key)?;
        let file = download(&place, own, report);
        whole &= file.is_some();
        file
    };
    let tftp = Tftp {
        kernel: file("kernel", &["type"], keys, report),
        kernel_type: keys
            .get("kernel")
            .and_then(|kernel| kernel_type(&kernel, report)),
        dtb: file("dtb", &[], keys, report),
        ramdisk: file("ramdisk", RAMDISK, keys, report),
        nfsrootfs: file("nfsrootfs", NFSROOTFS, keys, report),
        modules: file("modules", &[], keys, report),
    };
    keys.no_effect(
        &["dtbo", "preseed", "persistent_nfs", "tee", "extra_files"],
        report,
    );
    whole.then_some(tftp)
}

const RAMDISK: &[&str] = &["install_modules", "install_overlay", "header", "add-header"];
const NFSROOTFS: &[&str] = &["install_modules", "install_overlay", "prefix"];

fn kernel_type(kernel: &Place, report: &mut Report) -> Option<String> {
    let mut keys = kernel.keys(&mut Report::default())?;
    let word = keys
        .get("type")?
        .word(&["image", "uimage", "zimage"], report)?;
    Some(word.to_owned())
}

/// Reads a file to download; `own` keys belong to this file alone.
fn download(place: &Place, own: &[&'static str], report: &mut Report) -> Option<Download> {
    let mut keys = place.keys(report)?;
    let url = keys.need("url", report).and_then(|url| url.string(report));
    let mut word = |key, words: &[&'static str], report: &mut Report| {
        let word = keys.get(key)?.word(words, report)?;
        Some(word.to_owned())
    };
    let compression = word("compression", &["bz2", "gz", "xz", "zip", "zstd"], report);
    let archive = word("archive", &["tar"], report);
    keys.ignore(&["use_cache", "image_arg"]);
    match own {
        ["type"] => keys.ignore(own),
        _ => keys.no_effect(own, report),
    }
    keys.no_effect(
        &[
            "md5sum",
            "sha256sum",
            "sha512sum",
            "headers",
            "format",
            "partition",
            "sparse",
            "overlays",
        ],
        report,
    );
    keys.done(Severity::Warning, report);
    Some(Download {
        url: url?,
        compression,
        archive,
    })
}
