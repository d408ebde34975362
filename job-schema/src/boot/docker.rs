//! `boot: {method: docker}`: a container as the node.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;

/// `boot: {method: docker}`: starts the image of `deploy: {to: docker}`. Nobody logs in: the command must give a shell.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Docker {
    /// What to run in the container, for example `bash`.
    pub command: String,
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@lava:']`.
    pub prompts: Option<Prompts>,
    /// The namespace whose downloads the container sees as `/lava-downloads`. Default: its own.
    #[schemars(rename = "downloads-namespace")]
    pub downloads_namespace: Option<String>,
}
