//! `deploy: {to: usbg-ms}`: show an image to a board as a USB disk.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;

/// `deploy: {to: usbg-ms}`: show an image to a board as a USB disk, from a machine with a USB gadget.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct UsbgMs {
    /// The image of the disk.
    pub image: Download,
}
