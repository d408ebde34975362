//! `boot: {method: ssh}`: log in to a machine that is up.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::login::{AutoLogin, Prompts};
use super::server;
use crate::read::{Keys, Report};
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
    /// Who logs in on top of the key: the name is typed at once, without waiting for a question.
    #[keys(unlisted, with = server::auto_login)]
    #[schemars(skip)]
    pub auto_login: Option<AutoLogin>,
    /// How to reach the machine: there is only `ssh`.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub connection: Option<Connection>,
}

/// `parameters` of `method: ssh`: a guest learns from a message where its host is.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
#[keys(check = plain_values)]
pub struct SshParameters {
    /// The id of the message that carries the address, for example `ipv4`.
    #[schemars(rename = "hostID")]
    pub host_id: Option<Spanned<String>>,
    /// The key in that message, for example `ipaddr`.
    pub host_key: Option<Spanned<String>>,
}

/// How to reach a machine that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Connection {
    /// By SSH.
    Ssh,
}

fn plain_values(keys: &mut Keys<'_>, report: &mut Report) {
    server::parameters(&["hostID", "host_key"], keys, report);
}
