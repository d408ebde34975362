//! The way of the overlay to a node that has booted.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use crate::read::{Keys, Place, Report};

/// `transfer_overlay`: commands on the node that get the overlay.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(check = way)]
#[schemars(extend("anyOf" = [
    {"required": ["download_command"]},
    {
        "required": ["transfer_method"],
        "properties": {"transfer_method": {"const": "zmodem"}},
        "additionalProperties": true,
    },
]))]
pub struct TransferOverlay {
    /// The command that downloads; the address is added, for example `wget -S`. Not for `zmodem`.
    #[keys(with = checked_by_way)]
    pub download_command: Option<String>,
    /// The command that unpacks; the file is added, for example `tar -C / -xzf`.
    pub unpack_command: String,
    /// The way. Default `http`.
    pub transfer_method: Option<String>,
}

/// A way to get the overlay on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Way {
    /// The node downloads it.
    Http,
    /// The node mounts it.
    Nfs,
    /// It goes through the console.
    Zmodem,
}

/// Only `zmodem` needs no download command.
fn way(keys: &mut Keys<'_>, report: &mut Report) {
    let method = keys.peek("transfer_method");
    let word = method.and_then(|method| method.node.as_str());
    let download = keys.peek("download_command");
    if word == Some(Way::Zmodem.as_str()) {
        report.softly(|report| download.and_then(|place| place.str(report)));
        return;
    }
    match download {
        Some(place) => drop(place.str(report)),
        None => drop(keys.need("download_command")),
    }
    if let (Some(place), Some(_)) = (method, word) {
        // LAVA's schema takes any text; another word could not be run.
        report.as_rules(|report| place.word(Way::WORDS, report));
    }
}

/// How bad a wrong one is depends on the way.
fn checked_by_way(place: &Place<'_>, _: &mut Report) -> Option<String> {
    place.node.as_str().map(str::to_owned)
}
