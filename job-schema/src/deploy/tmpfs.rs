//! `deploy: {to: tmpfs}`: files for a virtual machine, or for a tool that writes them to a board.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::download::{Download, images};

/// `deploy: {to: tmpfs}`: files for a virtual machine, or for a tool that writes them to a board.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Tmpfs {
    /// The files, by name: `{rootfs: {url: …, image_arg: '-drive file={rootfs}'}}`.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Image>,
    /// `monitor`: a device without a system, whose console is only watched; it gets no overlay.
    #[schemars(rename = "type")]
    pub kind: Option<Kind>,
    /// The firmware that a virtual machine starts from.
    pub uefi: Option<Download>,
}

/// A file for a virtual machine.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// The argument of QEMU that uses the file; its name in braces is where it is: `-kernel {kernel}`.
    pub image_arg: Option<String>,
}

/// What kind of device gets the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Kind {
    /// A device whose console is only watched.
    Monitor,
}
