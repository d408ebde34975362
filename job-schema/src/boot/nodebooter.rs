//! `boot: {method: nodebooter}`: a container that serves the network boot of the machine.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;
use crate::deploy::download::Docker;

/// `boot: {method: nodebooter}`: starts a container that serves the network boot of the machine, then the machine.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Nodebooter {
    /// What to run in the container.
    pub command: String,
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@lava:']`.
    pub prompts: Option<Prompts>,
    /// The namespace whose downloads the container sees. Default: its own.
    #[schemars(rename = "downloads-namespace")]
    pub downloads_namespace: Option<String>,
    /// The container that serves the boot; without it there is nothing to start.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub docker: Option<Docker>,
}
