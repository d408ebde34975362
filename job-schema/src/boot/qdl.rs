//! `boot: {method: qdl}`: a Qualcomm board written to by `qdl` over USB.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use crate::deploy::download::Docker;

/// `boot: {method: qdl}`: a Qualcomm board written to by `qdl` over USB. File names are those in the deployed archive.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Qdl {
    /// The program that runs on the board and writes, for example `prog_firehose_ddr.elf`.
    pub firehose_program: String,
    /// What is written where, for example `rawprogram*.xml`.
    pub rawprogram: String,
    /// What is changed afterwards, for example `patch*.xml`.
    pub patch: Option<String>,
    /// The folder of these files in the archive. Default `.`.
    pub path: Option<String>,
    /// The kind of storage, for example `emmc` or `ufs`. Default: that of `qdl`.
    pub storage: Option<String>,
    /// Let `qdl` tell more. Default `false`.
    pub debug: Option<bool>,
    /// Run `qdl` in a container. Default: on the machine where `dispatch` runs.
    pub docker: Option<Docker>,
}
