//! A device type's file as it is written: for the schema, and as the form in which a rendered device is read.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::device::{Posix, Sandbox};
use super::schema::OrTemplate;
use super::type_schema::{BootLoader, CharacterDelays, Parameters, PowerAndConsole, Variable};

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
    #[schemars(with = "IndexMap<String, Variable>")]
    _variables: IndexMap<String, serde_json::Value>,
    /// Defaults of variables that the types it extends declare, for example `{console_device: ttyS2}`.
    #[serde(default, rename = "defaults")]
    _defaults: IndexMap<String, serde_json::Value>,
    /// Addresses, and what else methods of boot loaders read, for example `{booti: {kernel: '0x80080000'}}`.
    #[serde(default, rename = "parameters")]
    #[schemars(with = "Parameters")]
    _parameters: IndexMap<String, serde_json::Value>,
    /// Milliseconds between two typed characters.
    #[serde(default, rename = "character_delays")]
    #[schemars(with = "CharacterDelays")]
    _character_delays: IndexMap<String, serde_json::Value>,
    /// USB devices of the board.
    #[serde(default, rename = "device_info")]
    _device_info: Option<serde_json::Value>,
    /// What deploy and boot can do on the device.
    #[serde(default)]
    pub(super) actions: RawActions,
    /// The device is a node of the embedded lab.
    pub(super) sandbox: Option<Sandbox>,
    /// How long steps may take when the job does not say it.
    #[serde(default)]
    pub(super) timeouts: RawTimeouts,
    /// Variables that tests find on the node, for example `{HTTP_PROXY: http://proxy.example.com}`.
    #[serde(default)]
    #[schemars(with = "OrTemplate<IndexMap<String, serde_json::Value>>")]
    pub(super) environment: IndexMap<String, serde_json::Value>,
    /// Texts and numbers that steps use.
    #[serde(default)]
    pub(super) constants: RawConstants,
    /// Shell commands of the lab, for example `hard_reset`: without it a device is rebooted from its console.
    #[serde(default)]
    #[schemars(with = "PowerAndConsole")]
    pub(super) commands: IndexMap<String, serde_json::Value>,
}

/// `actions` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Actions", extend("additionalProperties" = true))]
pub(super) struct RawActions {
    /// How files can be put on the device.
    #[serde(default)]
    pub(super) deploy: RawMethods,
    /// How the device can be booted.
    #[serde(default)]
    pub(super) boot: RawMethods,
}

/// The methods of a kind of block.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Methods", extend("additionalProperties" = true))]
pub(super) struct RawMethods {
    /// The methods that the device has, each with its settings, for example `{ssh: {port: 22}}`.
    #[serde(default)]
    pub(super) methods: IndexMap<String, serde_json::Value>,
}

/// `timeouts` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Timeouts", extend("additionalProperties" = true))]
pub(super) struct RawTimeouts {
    /// By the name of a step, for example `{lava-test-shell: {minutes: 3}}`.
    #[serde(default)]
    pub(super) actions: IndexMap<String, IndexMap<String, u64>>,
    /// Waits for the console, by the name of the step that waits.
    #[serde(default)]
    pub(super) connections: IndexMap<String, IndexMap<String, u64>>,
}

/// `constants` of a device type.
#[derive(Deserialize, Default, JsonSchema)]
#[schemars(rename = "Constants", extend("additionalProperties" = true))]
pub(super) struct RawConstants {
    /// About systems with a POSIX shell.
    #[serde(default)]
    pub(super) posix: Posix,
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
