//! `boot: {method: schroot}`: a change root on a machine that is up.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::Prompts;
use super::ssh::Connection;

/// `boot: {method: schroot}`: logs in to a machine that is up and enters a change root there.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Schroot {
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@debian:~#']`.
    pub prompts: Option<Prompts>,
    /// How to reach the machine: there is only `ssh`.
    pub connection: Connection,
    /// The name of the change root, for example `unstable`. Its prompt begins with the name in brackets.
    pub schroot: String,
}
