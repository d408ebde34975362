//! `deploy: {to: vemsd}`: write the firmware on the USB disk of an Arm Versatile Express board.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::download::Download;

/// `deploy: {to: vemsd}`: write the firmware on the USB disk of an Arm Versatile Express board.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Vemsd {
    /// The archive that the board's disk is made of.
    pub recovery_image: Download,
}
