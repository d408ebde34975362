//! What a device type may say beyond what this crate reads of it, for the schema alone: editors show it, nothing is read by it.

#![allow(dead_code, reason = "the types are described, not made")]

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde_json::Value;

use super::schema::OrTemplate;

/// A shell command, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Commands {
    /// One, or an expression.
    One(String),
    /// Several, one after the other.
    Several(Vec<String>),
}

/// `commands` of a device type: what the lab runs on its own machine.
#[derive(JsonSchema)]
#[schemars(rename = "Commands", extend("additionalProperties" = true))]
pub(super) struct PowerAndConsole {
    /// Opens the console, for example `telnet ser2net.example.com 7001`.
    connect: Option<String>,
    /// Several consoles: name to `{connect, tags}`; the one with the tag `primary` is the default.
    connections: Option<OrTemplate<IndexMap<String, Value>>>,
    /// Switches the power off and on again. Without it a device is rebooted from its console.
    hard_reset: Option<Commands>,
    /// Switches the power on.
    power_on: Option<Commands>,
    /// Switches the power off.
    power_off: Option<Commands>,
    /// Is run before the power is switched.
    pre_power_command: Option<Commands>,
    /// Is run before the system starts.
    pre_os_command: Option<Commands>,
    /// Reboots a system that is up.
    soft_reboot: Option<Commands>,
    /// Brings the board into its recovery mode.
    recovery_mode: Option<Commands>,
    /// Brings it out again.
    recovery_exit: Option<Commands>,
    /// Commands that jobs may run by name, each `{do, undo}`.
    users: Option<OrTemplate<IndexMap<String, Value>>>,
}

/// What a boot loader says and wants to hear: an entry of `constants`.
#[derive(JsonSchema)]
#[schemars(rename = "BootLoader", extend("additionalProperties" = true))]
pub(super) struct BootLoader {
    /// What it shows when a key stops it, a regular expression.
    #[schemars(rename = "interrupt-prompt")]
    interrupt_prompt: Option<String>,
    /// That key.
    #[schemars(rename = "interrupt-character")]
    interrupt_character: Option<String>,
    /// Whether a line end follows it.
    #[schemars(rename = "interrupt-newline")]
    interrupt_newline: Option<OrTemplate<bool>>,
    /// Keys to type together with Ctrl in place of it.
    interrupt_ctrl_list: Option<OrTemplate<Vec<String>>>,
    /// The last that it says before the kernel.
    #[schemars(rename = "final-message")]
    final_message: Option<String>,
    /// What means that booting failed, regular expressions.
    #[schemars(rename = "error-messages")]
    error_messages: Option<Vec<String>>,
}

/// `parameters` of a device type.
#[derive(JsonSchema)]
#[schemars(rename = "Parameters", extend("additionalProperties" = true))]
pub(super) struct Parameters {
    /// Where `booti` finds what was loaded.
    booti: Option<Addresses>,
    /// The same, by the name of the kernel's kind.
    image: Option<Addresses>,
    /// Where `bootm` finds what was loaded.
    bootm: Option<Addresses>,
    /// The same, by the name of the kernel's kind.
    uimage: Option<Addresses>,
    /// Where `bootz` finds what was loaded.
    bootz: Option<Addresses>,
    /// The same, by the name of the kernel's kind.
    zimage: Option<Addresses>,
    /// Storage to deploy to: `sata`, `sd` or `usb` to labels, each `{uuid, device_id}`.
    media: Option<OrTemplate<IndexMap<String, Value>>>,
    /// Network interfaces: `target` to `{ip, mac}`.
    interfaces: Option<OrTemplate<IndexMap<String, Value>>>,
    /// Whether jobs may start services in containers.
    allow_test_services: Option<OrTemplate<bool>>,
}

/// Addresses in memory, as the boot loader takes them: `0x82000000`, or a variable of it.
#[derive(JsonSchema)]
#[schemars(rename = "Addresses", extend("additionalProperties" = true))]
struct Addresses {
    /// The kernel.
    kernel: Option<String>,
    /// The ramdisk.
    ramdisk: Option<String>,
    /// The device tree.
    dtb: Option<String>,
    /// The TEE.
    tee: Option<String>,
    /// Device tree overlays.
    dtbo: Option<String>,
}
