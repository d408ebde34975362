//! What boot methods that reach a system have in common: prompts, login, the way of the overlay, console messages.

use std::borrow::Cow;

use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Keys, NonEmpty, Place, Read, Report};
use crate::yaml::Data;

/// How to get a shell.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Shell {
    /// How to log in.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub login: Login,
    /// How the overlay gets on the node after booting, when the deploy block cannot put it there.
    pub transfer_overlay: Option<TransferOverlay>,
}

/// How to log in.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct Login {
    /// Regular expressions: one of them ends the wait for a shell, for example `['root@debian:~#']`.
    pub prompts: Option<Prompts>,
    /// Who logs in, on a system that asks. Without it a prompt is waited for.
    #[keys(with = auto_login)]
    pub auto_login: Option<AutoLogin>,
}

/// `auto_login` of a boot block.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct AutoLogin {
    /// A regular expression: the system asks for a name, for example `'login:'`.
    pub login_prompt: NonEmpty,
    /// The name.
    pub username: String,
    /// A regular expression: the system asks for the password, for example `'Password:'`.
    pub password_prompt: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// What to type after the login, one command at a time.
    #[keys(default)]
    #[schemars(default)]
    pub login_commands: Vec<String>,
}

/// A text that is not empty, or a list of such texts; one text alone counts as a list of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompts(pub Vec<String>);

impl Read for Prompts {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_str().is_some() {
            let prompt = NonEmpty::read(place, report)?;
            let finding = report.warning(
                "J017",
                place.path(),
                place.span(),
                "a list of prompts is written as one text",
            );
            finding.help("LAVA takes every single character of it for a prompt; here it is one prompt: write `[…]` around it");
            return Some(Self(vec![prompt.0]));
        }
        let prompts = Vec::<NonEmpty>::read(place, report)?;
        Some(Self(prompts.into_iter().map(|prompt| prompt.0).collect()))
    }
}

impl JsonSchema for Prompts {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Prompts".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "array", "items": {"type": "string", "minLength": 1}},
            {"type": "string", "minLength": 1},
        ]})
    }
}

/// A password and its prompt go together.
fn auto_login(place: &Place<'_>, report: &mut Report) -> Option<AutoLogin> {
    let login = AutoLogin::read(place, report)?;
    let (has, lacks) = match (&login.password_prompt, &login.password) {
        (Some(_), None) => ("password_prompt", "password"),
        (None, Some(_)) => ("password", "password_prompt"),
        _ => ("", ""),
    };
    if !lacks.is_empty() {
        let message = format!("`{has}` has no effect without `{lacks}`");
        report.warning("J003", place.path_of(lacks), place.span(), message);
    }
    let with_password = login.password_prompt.is_some() && login.password.is_some();
    if !with_password && login.login_commands.iter().any(String::is_empty) {
        let path = place.path_of("login_commands");
        report.error("J005", path, place.span(), "a login command is empty");
    }
    Some(login)
}

/// `transfer_overlay`: commands on the node that get the overlay.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(check = way)]
pub struct TransferOverlay {
    /// The command that downloads; the address is added, for example `wget -S`. Not for `zmodem`.
    pub download_command: Option<String>,
    /// The command that unpacks; the file is added, for example `tar -C / -xzf`.
    pub unpack_command: String,
    /// The way. Default `http`.
    pub transfer_method: Option<String>,
}

/// A way to get the overlay on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Way {
    /// The node downloads it.
    Http,
    /// The node mounts it.
    Nfs,
    /// It goes through the console.
    Zmodem,
}

/// Only `zmodem` needs no download command.
fn way(keys: &mut Keys<'_>, report: &mut Report) {
    let method = keys.peek("transfer_method");
    if method.and_then(|method| method.node.as_str()) == Some(Way::Zmodem.as_str()) {
        return;
    }
    if keys.peek("download_command").is_none() {
        keys.need("download_command");
    }
    if let Some(place) = method {
        // LAVA's schema takes any text; another word could not be run.
        report.as_rules(|report| {
            place
                .node
                .as_str()
                .and_then(|_| place.word(Way::WORDS, report))
        });
    }
}

/// `parameters` of a boot block: what the console prints at certain moments.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
#[keys(check = plain_values)]
pub struct Messages {
    /// A regular expression: the boot loader hands over to the kernel.
    #[schemars(rename = "bootloader-final-message")]
    pub bootloader_final: Option<String>,
    /// A regular expression: the kernel has started. Default `Linux version [0-9]`; empty: do not wait for it.
    #[schemars(rename = "kernel-start-message")]
    pub kernel_start: Option<String>,
    /// A regular expression: the system goes down. Default `The system is going down for reboot NOW`.
    #[schemars(rename = "shutdown-message")]
    pub shutdown: Option<String>,
}

/// LAVA's server looks at the values of unknown parameters too.
fn plain_values(keys: &mut Keys<'_>, report: &mut Report) {
    for entry in keys.place.node.as_map().unwrap_or_default() {
        if entry.value.as_str().is_none() && !matches!(entry.value.data(), Data::Bool(_)) {
            keys.place.under(entry).refuse("a text", report);
        }
    }
}
