//! Machines that are up and reached by SSH.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Rendered, Trouble};
use crate::plan::method::Section;

const METHOD: [&str; 4] = ["actions", "deploy", "methods", "ssh"];
/// Who may read a private key: nobody but its owner.
const OTHERS: u32 = 0o077;

pub(super) fn check(device: Rendered<'_>, folder: &Path, found: &mut Vec<Trouble>) {
    let path = |key| [&METHOD[..], &[key]].concat();
    if !device.has_ssh_host() {
        let mut methods = device
            .methods(Section::Deploy)
            .map(|(name, _)| name)
            .peekable();
        let mut boots = device.methods(Section::Boot);
        if methods.peek().is_some()
            && methods.all(|name| name == "ssh")
            && boots.all(|(name, _)| name == "ssh")
        {
            let message = "the device is reached by SSH alone and has no address";
            found.push(Trouble::new(
                "D025",
                Severity::Error,
                &path("host"),
                message,
            ));
        }
        return;
    }
    let host = device.at(&path("host")).is_some();
    for command in ["hard_reset", "power_off", "power_on"] {
        if host && device.has_command(command) {
            let message = format!(
                "`{command}` stands beside `ssh: host`: a machine that is reached by SSH is always up, and LAVA refuses both together"
            );
            let trouble = Trouble::new("D026", Severity::Error, &["commands", command], message);
            found.push(trouble.help("leave the command out, or the address"));
        }
    }
    let agent = matches!(device.at(&path("agent")), Some(Value::Bool(true)));
    match device.at(&path("identity_file")) {
        Some(Value::Str(file)) if !file.is_empty() => {
            key_file(file, folder, &path("identity_file"), found);
        }
        _ if agent || !host => {}
        _ => {
            let message = "nothing says how to log in: a key file or the SSH agent";
            let trouble = Trouble::new("D008", Severity::Error, &path("identity_file"), message);
            found.push(
                trouble.help(
                    "set `identity_file`, a private key without passphrase, or `agent: true`",
                ),
            );
        }
    }
}

fn key_file(file: &str, folder: &Path, path: &[&str], found: &mut Vec<Trouble>) {
    let at = match file.strip_prefix("~/") {
        Some(below) => std::env::home_dir().unwrap_or_default().join(below),
        None => folder.join(file),
    };
    let tell = |severity, message: String| Trouble::new("D008", severity, path, message);
    let shown = PathBuf::from(&at);
    let shown = shown.display();
    let Ok(about) = at
        .metadata()
        .map_err(drop)
        .and_then(|it| it.is_file().then_some(it).ok_or(()))
    else {
        let message = format!("there is no key file {shown}");
        let trouble = tell(Severity::Error, message);
        return found.push(trouble.help(
            "relative files belong to the lab folder; copy the private key there, mode 600",
        ));
    };
    if about.permissions().mode() & OTHERS != 0 {
        let message = format!("the key file {shown} can be read by others");
        found.push(tell(Severity::Warning, message).help(format!("chmod 600 {shown}")));
    }
}
