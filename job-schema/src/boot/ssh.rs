//! `boot: {method: ssh}`: log in to a machine that is up.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;
use crate::yaml::Spanned;

/// `boot: {method: ssh}`: log in to a machine that is up.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Ssh {
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@debian:~#']`.
    pub prompts: Option<Prompts>,
    /// For a guest: where its host is.
    #[keys(default)]
    #[schemars(default)]
    pub parameters: SshParameters,
}

/// `parameters` of `method: ssh`: a guest learns from a message where its host is.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct SshParameters {
    /// The id of the message that carries the address, for example `ipv4`.
    #[schemars(rename = "hostID")]
    pub host_id: Option<Spanned<String>>,
    /// The key in that message, for example `ipaddr`.
    pub host_key: Option<Spanned<String>>,
}
