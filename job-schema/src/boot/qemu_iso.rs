//! `boot: {method: qemu-iso}`: the installer of a distribution in a virtual machine.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::login::Login;

/// `boot: {method: qemu-iso}`: what an installer put on the disk image of a virtual machine.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct QemuIso {
    /// What to boot: there is only the image that the deploy block made.
    pub media: Media,
    /// How to log in.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub login: Login,
}

/// What to boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Media {
    /// The disk image.
    Img,
}
