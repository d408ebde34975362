//! A device: its name, its type, and the rendered configuration as the methods read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;

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
    /// `constants.failure_retry`, at least 1.
    pub failure_retry: u32,
}

/// `actions.deploy.methods.ssh`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ssh {
    /// Host name or address; empty for devices whose address is learned.
    #[serde(default)]
    pub host: String,
    /// TCP port.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// User to log in as.
    #[serde(default = "root")]
    pub user: String,
    /// Private key file; relative to the lab folder.
    #[serde(default)]
    pub identity_file: PathBuf,
    /// Log in with the keys of the running SSH agent.
    #[serde(default)]
    pub agent: bool,
    /// The server's public key in OpenSSH's form; empty: the first one seen is pinned.
    #[serde(default)]
    pub host_key: String,
}

fn ssh_port() -> u16 {
    22
}

fn root() -> String {
    "root".to_owned()
}

/// `sandbox`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sandbox {
    /// What a node may write, in MiB.
    pub disk: u64,
}

/// `constants.posix`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Posix {
    /// The shell that runs tests.
    pub lava_test_sh_cmd: String,
    /// Results folder; `%s` is the node's job id.
    pub lava_test_results_dir: String,
    /// The shell's start file.
    pub lava_test_shell_file: String,
}

impl Default for Posix {
    fn default() -> Self {
        Self {
            lava_test_sh_cmd: "/bin/sh".to_owned(),
            lava_test_results_dir: "/lava-%s".to_owned(),
            lava_test_shell_file: "~/.bashrc".to_owned(),
        }
    }
}

/// The YAML as it is, before it is made convenient.
#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    actions: RawActions,
    sandbox: Option<Sandbox>,
    #[serde(default)]
    timeouts: RawTimeouts,
    #[serde(default)]
    environment: IndexMap<String, serde_json::Value>,
    #[serde(default)]
    constants: RawConstants,
    #[serde(default)]
    commands: IndexMap<String, serde_json::Value>,
}

#[derive(Deserialize, Default)]
struct RawActions {
    #[serde(default)]
    deploy: RawMethods,
    #[serde(default)]
    boot: RawMethods,
}

#[derive(Deserialize, Default)]
struct RawMethods {
    #[serde(default)]
    methods: IndexMap<String, serde_json::Value>,
}

#[derive(Deserialize, Default)]
struct RawTimeouts {
    #[serde(default)]
    actions: IndexMap<String, IndexMap<String, u64>>,
    #[serde(default)]
    connections: IndexMap<String, IndexMap<String, u64>>,
}

#[derive(Deserialize, Default)]
struct RawConstants {
    #[serde(default)]
    posix: Posix,
    failure_retry: Option<u32>,
}

impl Config {
    /// Reads a rendered device. `lab` is the folder that relative key files belong to.
    ///
    /// # Errors
    /// Configuration, naming the device and the key that does not fit.
    pub fn read(rendered: serde_json::Value, device: &str, lab: &Path) -> Result<Self, Failure> {
        let wrong = |e: serde_json::Error| {
            Failure::new(
                Class::Configuration,
                format!("device {device}: its rendered configuration does not fit: {e}"),
            )
        };
        let raw: Raw = serde_json::from_value(rendered).map_err(wrong)?;
        let ssh = match raw.actions.deploy.methods.get("ssh") {
            Some(value) if !value.is_null() => {
                let mut ssh: Ssh = serde_json::from_value(value.clone()).map_err(wrong)?;
                if !ssh.identity_file.as_os_str().is_empty() {
                    ssh.identity_file = lab.join(&ssh.identity_file);
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
            failure_retry: raw.constants.failure_retry.unwrap_or(1).max(1),
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
            ..self.clone()
        }
    }
}

fn durations(raw: IndexMap<String, IndexMap<String, u64>>) -> IndexMap<String, Duration> {
    raw.into_iter()
        .map(|(name, units)| {
            let seconds = units
                .iter()
                .map(|(unit, n)| {
                    n * match unit.as_str() {
                        "days" => 86_400,
                        "hours" => 3_600,
                        "minutes" => 60,
                        _ => 1,
                    }
                })
                .sum();
            (name, Duration::from_secs(seconds))
        })
        .collect()
}
