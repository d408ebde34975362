//! What LAVA's server looks at in every boot block, whatever its method: it refuses a job for these keys even when the
//! method has no use for them.

use job_schema_derive::Keys;

use super::login::AutoLogin;
use crate::read::{Keys, NonEmpty, Place, Read, Report};
use crate::yaml::Data;

/// `auto_login` and `commands` of a method that has no such keys.
pub(super) fn other_keys(keys: &Keys<'_>, report: &mut Report) {
    let stray = |key| keys.peek(key).filter(|_| !keys.knows(key));
    if let Some(place) = stray("auto_login") {
        auto_login(&place, report);
    }
    if let Some(place) = stray("commands")
        && !matches!(place.node.data(), Data::Str(_) | Data::Seq(_))
    {
        place.refuse("a text or a list", report);
    }
}

/// `parameters`: texts and booleans by name. The values of `typed` keys are read elsewhere.
pub(super) fn parameters(typed: &[&str], keys: &Keys<'_>, report: &mut Report) {
    for entry in keys.place.node.as_map().unwrap_or_default() {
        let place = keys.place.under(entry);
        match entry.key.as_str() {
            None => {
                let message = format!("the key is {}, not a text", entry.key.kind());
                report
                    .error("J004", place.path(), entry.key.span, message)
                    .help("put the key in quotes");
            }
            Some(key) if typed.contains(&key) => {}
            Some(_) if matches!(entry.value.data(), Data::Str(_) | Data::Bool(_)) => {}
            Some(_) => drop(place.refuse("a text", report)),
        }
    }
}

/// `auto_login` as the server takes it.
#[derive(Keys)]
#[keys(closed)]
struct ServerLogin {
    login_prompt: String,
    username: String,
    password_prompt: Option<String>,
    password: Option<String>,
    #[keys(default, with = commands)]
    login_commands: Vec<String>,
}

/// Reads the login of a method for which LAVA's other schema has none.
pub(super) fn auto_login(place: &Place<'_>, report: &mut Report) -> Option<AutoLogin> {
    let login = ServerLogin::read(place, report)?;
    Some(AutoLogin {
        login_prompt: NonEmpty(login.login_prompt),
        username: login.username,
        password_prompt: login.password_prompt,
        password: login.password,
        login_commands: login.login_commands,
    })
}

/// Any list: what is in it is only worth a warning.
fn commands(place: &Place<'_>, report: &mut Report) -> Option<Vec<String>> {
    drop(place.items(report)?);
    report.softly(|report| Vec::read(place, report))
}
