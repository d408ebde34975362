//! `boot: {method: jlink}`: a microcontroller written to with a J-Link probe.

use job_schema_derive::Keys;
use schemars::JsonSchema;

/// `boot: {method: jlink}`: a microcontroller written to with a J-Link probe.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Jlink {
    /// Regular expressions: one of them ends the wait for the program, for example `['BOOTING']`.
    pub prompts: Option<Vec<String>>,
    /// Commands of J-Link; `{name}` is an image of the deploy block, for example `['loadfile {firmware} 0x8000']`.
    /// Default: each image is written to the device's address, and compared.
    pub commands: Option<Vec<String>>,
    /// Which core of the chip, for example `M4`. Default: the first of the device's `supported_core_types`.
    pub coretype: Option<String>,
}
