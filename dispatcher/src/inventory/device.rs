//! A device: its name, its type, and the rendered configuration as the methods read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::schema::OrTemplate;
use super::type_schema::{BootLoader, Parameters, PowerAndConsole};
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

/// A device type: a file under `device-types/` of a lab. Texts may hold `{{variable}}`, which a device or a job's `context`
/// fills in. Child wins over parent, lists replace, a key written `+key` appends to the parent's list, and `-key` takes the parent's key away.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DeviceType", extend("additionalProperties" = true))]
pub(super) struct Raw {
    /// The device type that this one starts from, for example `base`. Default: none.
    #[serde(default, rename = "extends")]
    _extends: Option<String>,
    /// What the type is, in a sentence.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    /// What a device of this type may set, and of it what a job's `context` may; expressions read them.
    #[serde(default, rename = "variables")]
    _variables: IndexMap<String, RawVariable>,
    /// Defaults of variables that the types it extends declare, for example `{console_device: ttyS2}`.
    #[serde(default, rename = "defaults")]
    _defaults: IndexMap<String, serde_json::Value>,
    /// Addresses, and what else methods of boot loaders read, for example `{booti: {kernel: '0x80080000'}}`.
    #[serde(default, rename = "parameters")]
    #[schemars(with = "Parameters")]
    _parameters: IndexMap<String, serde_json::Value>,
    /// Milliseconds between two typed characters.
    #[serde(default, rename = "character_delays")]
    _character_delays: RawDelays,
    /// USB devices of the board.
    #[serde(default, rename = "device_info")]
    _device_info: Option<serde_json::Value>,
    /// What deploy and boot can do on the device.
    #[serde(default)]
    actions: RawActions,
    /// The device is a node of the embedded lab.
    sandbox: Option<Sandbox>,
    /// How long steps may take when the job does not say it.
    #[serde(default)]
    timeouts: RawTimeouts,
    /// Variables that tests find on the node, for example `{HTTP_PROXY: http://proxy.example.com}`.
    #[serde(default)]
    #[schemars(with = "OrTemplate<IndexMap<String, serde_json::Value>>")]
    environment: IndexMap<String, serde_json::Value>,
    /// Texts and numbers that steps use.
    #[serde(default)]
    constants: RawConstants,
    /// Shell commands of the lab, for example `hard_reset`: without it a device is rebooted from its console.
    #[serde(default)]
    #[schemars(with = "PowerAndConsole")]
    commands: IndexMap<String, serde_json::Value>,
}

/// A variable of a device type.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Variable")]
struct RawVariable {
    /// What it sets, in a sentence.
    #[serde(rename = "about")]
    _about: String,
    /// Its value where nobody sets it; texts may read other variables. Default: nothing.
    #[serde(default, rename = "default")]
    _default: Option<serde_json::Value>,
    /// Whether a job's `context` may set it too. Default `false`.
    #[serde(default, rename = "context")]
    _context: bool,
    /// Whether a device file must set it. Default `false`.
    #[serde(default, rename = "required")]
    _required: bool,
    /// Of a mapping: the keys that it may hold.
    #[serde(default, rename = "keys")]
    _keys: IndexMap<String, RawVariable>,
}

/// `character_delays` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "CharacterDelays")]
struct RawDelays {
    /// While deploying.
    #[serde(default, rename = "deploy")]
    #[schemars(with = "Option<OrTemplate<u64>>")]
    _deploy: Option<serde_json::Value>,
    /// At a boot loader.
    #[serde(default, rename = "boot")]
    #[schemars(with = "Option<OrTemplate<u64>>")]
    _boot: Option<serde_json::Value>,
    /// At the test shell.
    #[serde(default, rename = "test")]
    #[schemars(with = "Option<OrTemplate<u64>>")]
    _test: Option<serde_json::Value>,
}

/// `actions` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Actions", extend("additionalProperties" = true))]
struct RawActions {
    /// How files can be put on the device.
    #[serde(default)]
    deploy: RawMethods,
    /// How the device can be booted.
    #[serde(default)]
    boot: RawMethods,
}

/// The methods of a kind of block.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Methods", extend("additionalProperties" = true))]
struct RawMethods {
    /// The methods that the device has, each with its settings, for example `{ssh: {port: 22}}`.
    #[serde(default)]
    methods: IndexMap<String, serde_json::Value>,
}

/// `timeouts` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Timeouts", extend("additionalProperties" = true))]
struct RawTimeouts {
    /// By the name of a step, for example `{lava-test-shell: {minutes: 3}}`.
    #[serde(default)]
    actions: IndexMap<String, IndexMap<String, u64>>,
    /// Waits for the console, by the name of the step that waits.
    #[serde(default)]
    connections: IndexMap<String, IndexMap<String, u64>>,
}

/// `constants` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Constants", extend("additionalProperties" = true))]
struct RawConstants {
    /// About systems with a POSIX shell.
    #[serde(default)]
    posix: Posix,
    /// How many times an action is tried, when the job does not say it. Default 1.
    #[serde(default, rename = "failure_retry")]
    #[schemars(with = "Option<OrTemplate<u32>>")]
    _failure_retry: serde_json::Value,
    /// U-Boot.
    #[serde(default, rename = "u-boot")]
    #[schemars(with = "Option<BootLoader>")]
    _u_boot: Option<serde_json::Value>,
    /// GRUB.
    #[serde(default, rename = "grub")]
    #[schemars(with = "Option<BootLoader>")]
    _grub: Option<serde_json::Value>,
    /// GRUB as an EFI program.
    #[serde(default, rename = "grub-efi")]
    #[schemars(with = "Option<BootLoader>")]
    _grub_efi: Option<serde_json::Value>,
    /// iPXE.
    #[serde(default, rename = "ipxe")]
    #[schemars(with = "Option<BootLoader>")]
    _ipxe: Option<serde_json::Value>,
    /// barebox.
    #[serde(default, rename = "barebox")]
    #[schemars(with = "Option<BootLoader>")]
    _barebox: Option<serde_json::Value>,
    /// depthcharge.
    #[serde(default, rename = "depthcharge")]
    #[schemars(with = "Option<BootLoader>")]
    _depthcharge: Option<serde_json::Value>,
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
