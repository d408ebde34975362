//! `deploy:`, one file per `to:`.

pub mod ssh;
pub mod tftp;

use crate::read::{Keys, Report, method_word};

/// A deploy block.
#[derive(Debug, Clone, PartialEq)]
pub struct Deploy {
    /// `os`: selects the distribution's helpers and flags, for example `debian`.
    pub os: Option<String>,
    /// `authorize: ssh`: let guests log in to this node with the installation's key.
    pub authorize_ssh: bool,
    /// `to`, and what belongs to it.
    pub to: To,
}

/// `to:` of a deploy block.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// `to: ssh`
    Ssh(ssh::Ssh),
    /// `to: tftp`
    Tftp(Box<tftp::Tftp>),
}

/// What LAVA can deploy to and this version cannot.
const NOT_YET: &[&str] = &[
    "avh",
    "docker",
    "download",
    "downloads",
    "fastboot",
    "flasher",
    "fvp",
    "iso-installer",
    "mps",
    "musca",
    "nbd",
    "nfs",
    "overlay",
    "qdl",
    "recovery",
    "sata",
    "sd",
    "tmpfs",
    "u-boot-ums",
    "usb",
    "usbg-ms",
    "uuu",
    "vemsd",
];

/// Reads the keys of a deploy block, except those of every block.
pub(crate) fn read(keys: &mut Keys, report: &mut Report) -> Option<Deploy> {
    let to = keys.need("to", report);
    let word = to.and_then(|to| {
        method_word(
            &to,
            "to",
            "a deploy method",
            &["ssh", "tftp"],
            NOT_YET,
            report,
        )
    });
    let to = match word {
        Some("ssh") => Some(To::Ssh(ssh::read(keys))),
        Some(_) => tftp::read(keys, report).map(|tftp| To::Tftp(Box::new(tftp))),
        None => {
            keys.ignore_rest();
            None
        }
    };
    let os = keys.get("os").and_then(|os| os.string(report));
    let authorize = keys.get("authorize").and_then(|a| a.word(&["ssh"], report));
    keys.ignore(&["connection", "overlay_backend"]);
    Some(Deploy {
        os,
        authorize_ssh: authorize.is_some(),
        to: to?,
    })
}
