//! Prompts and messages that are looked for at the console: regular expressions all.

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Rendered, Trouble};
use crate::console::expect::Patterns;
use crate::plan::method::Section;

/// Constants that are patterns, at the top and of a boot loader.
const CONSTANTS: &[&str] = &[
    "error-messages",
    "final-message",
    "interrupt-prompt",
    "kernel-start-message",
    "shutdown-message",
];
/// Parameters of boot methods that are.
const PARAMETERS: &[&str] = &["boot_message", "bootloader_prompt", "interrupt_prompt"];

pub(super) fn check(device: Rendered<'_>, found: &mut Vec<Trouble>) {
    for (name, value) in device.entries(&["constants"]) {
        let path = ["constants", name];
        if CONSTANTS.contains(&name) {
            compiles(value, &path, found);
        }
        for (key, value) in device
            .entries(&path)
            .filter(|(key, _)| CONSTANTS.contains(key))
        {
            compiles(value, &[path[0], path[1], key], found);
        }
    }
    for (method, _) in device.methods(Section::Boot) {
        let path = ["actions", "boot", "methods", method, "parameters"];
        for (key, value) in device
            .entries(&path)
            .filter(|(key, _)| PARAMETERS.contains(key))
        {
            compiles(value, &[&path[..], &[key]].concat(), found);
        }
    }
}

fn compiles(value: &Value, path: &[&str], found: &mut Vec<Trouble>) {
    let all = match value {
        Value::Seq(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    for pattern in all {
        let Value::Str(pattern) = pattern else {
            continue;
        };
        if let Err(error) = Patterns::new(&[pattern]) {
            // The reason shows the pattern first; its last line says what is wrong.
            let reason = error.reason.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            let message = format!(
                "`{pattern}` is not a regular expression that dispatch understands: {reason}"
            );
            let trouble = Trouble::new("D027", Severity::Warning, path, message);
            found.push(trouble.help("put a `\\` before a character that stands for itself"));
        }
    }
}
