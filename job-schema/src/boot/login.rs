//! What boot methods that reach a system have in common: prompts, login, the way of the overlay.

use std::borrow::Cow;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::transfer::TransferOverlay;
use crate::read::{NonEmpty, Place, Read, Report};
use crate::yaml;

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
#[schemars(extend(
    "dependentRequired" = {"password": ["password_prompt"], "password_prompt": ["password"]},
    "if" = {"not": {"required": ["password"]}},
    "then" = {
        "properties": {"login_commands": {"items": {"minLength": 1}}},
        "additionalProperties": true,
    },
))]
pub struct AutoLogin {
    /// A regular expression: the system asks for a name, for example `'login:'`.
    pub login_prompt: NonEmpty,
    /// The name.
    pub username: String,
    /// A regular expression: the system asks for the password, for example `'Password:'`.
    pub password_prompt: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// What to type after the login, one command at a time; an empty one only after a login with a password.
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
pub(super) fn auto_login(place: &Place<'_>, report: &mut Report) -> Option<AutoLogin> {
    let login = AutoLogin::read(place, report)?;
    let half = match (&login.password_prompt, &login.password) {
        (Some(_), None) => Some(("password_prompt", "password")),
        (None, Some(_)) => Some(("password", "password_prompt")),
        _ => None,
    };
    if let Some((has, lacks)) = half {
        let entry = place.node.get(has).unwrap_or(place.node);
        let message = format!("`{has}` has no effect without `{lacks}`");
        report
            .warning("J003", place.path_of(has), entry.span, message)
            .help(format!("add `{lacks}`, or take `{has}` away"));
    }
    let with_password = login.password_prompt.is_some() && login.password.is_some();
    let empty = login.login_commands.iter().position(String::is_empty);
    if let (false, Some(index)) = (with_password, empty) {
        let mut path = place.path_of("login_commands");
        yaml::join_index(&mut path, index);
        report
            .error("J005", path, place.span(), "a login command is empty")
            .help("LAVA takes an empty command only after a login with a password");
    }
    Some(login)
}
