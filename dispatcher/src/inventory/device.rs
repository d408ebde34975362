//! A device: its name, its type, and the rendered configuration as the methods read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::raw::Raw;
use super::schema::OrTemplate;
use crate::failure::{Class, Failure};

/// A device of the lab.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its name: the device file's, with a number when the file says `count`.
    pub name: String,
    /// `device_type`.
    pub device_type: String,
    /// `tags`.
    pub tags: Vec<String>,
    /// The rendered device type.
    pub config: Config,
    /// Nobody has it: it stands for any device of its type, and says nothing that only a device file could.
    pub imagined: bool,
}

/// What the methods read of a rendered device.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `actions.deploy.methods`: names.
    pub deploy_methods: BTreeSet<String>,
    /// `actions.boot.methods`: names.
    pub boot_methods: BTreeSet<String>,
    /// `actions.deploy.methods.ssh`.
    pub ssh: Option<Ssh>,
    /// `sandbox`: present when the device is made for the run.
    pub sandbox: Option<Sandbox>,
    /// `timeouts.actions`.
    pub action_timeouts: IndexMap<String, Duration>,
    /// `timeouts.connections`.
    pub connection_timeouts: IndexMap<String, Duration>,
    /// `environment`, exported on the node.
    pub environment: IndexMap<String, serde_json::Value>,
    /// `constants.posix`.
    pub posix: Posix,
    /// `commands.hard_reset` is there: power is switched by a command, not by a reboot typed at the console.
    pub hard_reset: bool,
    /// All of it, in LAVA's shape, for the step lists of methods.
    pub rendered: Arc<Value>,
}

/// How a device is reached by SSH: `actions.deploy.methods.ssh` of its type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Ssh {
    /// Host name or address, for example `192.0.2.10`. Empty for devices whose address is learned.
    #[serde(default)]
    pub host: String,
    /// TCP port of the SSH server. Default 22.
    #[serde(default = "ssh_port")]
    #[schemars(with = "Option<OrTemplate<u16>>")]
    pub port: u16,
    /// User to log in as. Default `root`.
    #[serde(default = "root")]
    pub user: String,
    /// Private key file; relative to the lab folder, or below `~`. Default: none.
    #[serde(default)]
    pub identity_file: PathBuf,
    /// Log in with the keys of the running SSH agent. Default `false`.
    #[serde(default)]
    #[schemars(with = "Option<OrTemplate<bool>>")]
    pub agent: bool,
    /// The server's public key in OpenSSH's form. Default: the first one seen is pinned, and a change refused.
    #[serde(default)]
    pub host_key: String,
}

fn ssh_port() -> u16 {
    22
}

fn root() -> String {
    "root".to_owned()
}

/// `sandbox`: the device is made for the run, on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Sandbox {
    /// What a node may write, in MiB of memory.
    #[schemars(with = "OrTemplate<u64>")]
    pub disk: u64,
}

/// `constants.posix`: about systems with a POSIX shell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("additionalProperties" = true))]
pub struct Posix {
    /// The shell that runs tests. Default `/bin/sh`.
    pub lava_test_sh_cmd: String,
    /// Folder of tests and results on the node; `%s` is the node's job id. Default `/lava-%s`.
    pub lava_test_results_dir: String,
}

impl Default for Posix {
    fn default() -> Self {
        Self {
            lava_test_sh_cmd: "/bin/sh".to_owned(),
            lava_test_results_dir: "/lava-%s".to_owned(),
        }
    }
}

impl Config {
    /// Reads a `rendered` device; `kept` is what the methods of this version run by, in the form of our device types. `lab` is
    /// the folder that relative key files belong to.
    ///
    /// # Errors
    /// Configuration, naming the device and the key that does not fit.
    pub fn read(
        kept: serde_json::Value,
        rendered: Value,
        device: &str,
        lab: &Path,
    ) -> Result<Self, Failure> {
        let wrong = |e: serde_json::Error| {
            Failure::new(
                Class::Configuration,
                format!("device {device}: its rendered configuration does not fit: {e}"),
            )
        };
        let raw: Raw = serde_json::from_value(kept).map_err(wrong)?;
        let ssh = match raw.actions.deploy.methods.get("ssh") {
            Some(value) if !value.is_null() => {
                let mut ssh: Ssh = serde_json::from_value(value.clone()).map_err(wrong)?;
                if !ssh.identity_file.as_os_str().is_empty() {
                    ssh.identity_file = match ssh.identity_file.strip_prefix("~") {
                        Ok(below) => std::env::home_dir().unwrap_or_default().join(below),
                        Err(_) => lab.join(&ssh.identity_file),
                    };
                }
                Some(ssh)
            }
            _ => None,
        };
        Ok(Self {
            deploy_methods: raw.actions.deploy.methods.into_keys().collect(),
            boot_methods: raw.actions.boot.methods.into_keys().collect(),
            ssh,
            sandbox: raw.sandbox,
            action_timeouts: durations(raw.timeouts.actions),
            connection_timeouts: durations(raw.timeouts.connections),
            environment: raw.environment,
            posix: raw.constants.posix,
            hard_reset: raw
                .commands
                .get("hard_reset")
                .is_some_and(|c| c.as_str() != Some("")),
            rendered: Arc::new(rendered),
        })
    }

    /// What is below these keys of the rendered device.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter()
            .try_fold(&*self.rendered, |value, key| match value {
                Value::Map(map) => map.get(*key),
                _ => None,
            })
    }

    /// What a guest sees of its host's device: the ways to reach it and its constants, not its commands or environment
    /// (LAVA reduces the device of a secondary connection in the same way).
    #[must_use]
    pub fn for_guest(&self) -> Self {
        Self {
            environment: IndexMap::new(),
            hard_reset: false,
            sandbox: None,
            rendered: Arc::new(match &*self.rendered {
                Value::Map(map) => {
                    let mut map = map.clone();
                    map.retain(|key, _| key != "commands" && key != "environment");
                    Value::Map(map)
                }
                other => other.clone(),
            }),
            ..self.clone()
        }
    }
}

/// A year: no step takes longer, and what adds times up must not overflow.
const LONGEST: u64 = 365 * 86_400;

fn durations(raw: IndexMap<String, IndexMap<String, u64>>) -> IndexMap<String, Duration> {
    raw.into_iter()
        .map(|(name, units)| {
            let seconds = units.iter().map(|(unit, n)| {
                n.saturating_mul(match unit.as_str() {
                    "days" => 86_400,
                    "hours" => 3_600,
                    "minutes" => 60,
                    _ => 1,
                })
            });
            let seconds = seconds.fold(0, u64::saturating_add).min(LONGEST);
            (name, Duration::from_secs(seconds))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_any_size_are_read() {
        let of = |units: &[(&str, u64)]| {
            let units = units.iter().map(|(unit, n)| ((*unit).to_owned(), *n));
            durations([("a".to_owned(), units.collect())].into())["a"].as_secs()
        };
        assert_eq!(of(&[("minutes", 2), ("seconds", 5)]), 125);
        let year = 365 * 86_400;
        assert_eq!(of(&[("days", u64::MAX)]), year);
        assert_eq!(of(&[("seconds", u64::MAX), ("hours", 1)]), year);
    }

    #[test]
    fn a_guest_has_no_command_of_its_hosts_device() {
        let text = "{commands: {power_off: pdu off}, environment: {A: b}, constants: {posix: {}}}";
        let rendered = job_schema::yaml::load(text).unwrap().root.to_value();
        let host = Config {
            rendered: Arc::new(rendered),
            ..Config::default()
        };
        let Value::Map(seen) = &*host.for_guest().rendered else {
            panic!("a mapping stays one");
        };
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["constants"]);
    }
}
