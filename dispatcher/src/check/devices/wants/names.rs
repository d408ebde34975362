//! The variables of LAVA's templates by which a dictionary sets the values of a device.

/// The variable that a value usually comes from.
pub(in crate::check::devices) fn variable(path: &[&str]) -> Option<String> {
    let name = match path {
        ["commands", "connect"] => "connection_command",
        ["commands", "connections", ..] => "connection_commands",
        ["commands", "must_use_connection"] => "must_use_connection",
        ["commands", "users", ..] => "user_commands",
        ["commands", name @ ("pre_power_command" | "pre_os_command")] => name,
        ["commands", name] => return Some(format!("{name}_command")),
        ["actions", _, "methods", "ssh", key] => return Some(format!("ssh_{key}")),
        [
            "actions",
            "boot",
            "methods",
            _,
            "parameters",
            "bootloader_prompt",
        ] => "bootloader_prompt",
        ["parameters", boot, key @ ("kernel" | "ramdisk" | "dtb")] => {
            return Some(format!("{boot}_{key}_addr"));
        }
        ["timeouts", "actions", step] => return Some(timeout("action", step)),
        ["timeouts", "connections", step] => return Some(timeout("connection", step)),
        ["character_delays", section] => return Some(format!("{section}_character_delay")),
        ["constants", "kernel-start-message"] => "kernel_start_message",
        ["constants", "shutdown-message"] => "shutdown_message",
        [
            name
            @ ("board_id" | "usb_vendor_id" | "usb_product_id" | "environment" | "device_info"),
        ] => name,
        _ => return None,
    };
    Some(name.to_owned())
}

fn timeout(kind: &str, step: &str) -> String {
    format!("{kind}_timeout_{}", step.replace('-', "_"))
}
