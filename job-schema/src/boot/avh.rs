//! `boot: {method: avh}`: a virtual board of Arm's cloud service.

use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::login::{AutoLogin, Prompts, auto_login};
use crate::deploy::download::Docker;

/// `boot: {method: avh}`: a virtual board of Arm's cloud service (Arm Virtual Hardware).
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Avh {
    /// The kernel's command line.
    pub bootargs: Option<BootArgs>,
    /// The container that connects to the console; it must have `websocat`. Default: its authors' image.
    pub docker: Option<Docker>,
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@debian:~#']`.
    pub prompts: Prompts,
    /// Who logs in, on a system that asks. Without it a prompt is waited for.
    #[keys(with = auto_login)]
    pub auto_login: Option<AutoLogin>,
}

/// The kernel's command line.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct BootArgs {
    /// Of every start, for example `console=ttyAMA0 root=/dev/vda`. Default: that of the board's model.
    pub normal: Option<String>,
    /// Of one start before that, on which the system prepares itself and reboots. Default: there is no such start.
    pub restore: Option<String>,
}
