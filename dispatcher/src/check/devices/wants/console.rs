//! The console and power: commands that connect to the one and switch the other.

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Rendered, Trouble, listed};
use crate::plan::method::{Section, comes_to};

/// The parts of methods that connect to the device's console.
const CONNECTING: &[&str] = &["connect-device", "menu-connect"];
/// Those that reset the device.
const RESETTING: &[&str] = &["reset-device", "menu-reset"];
/// Boot methods that start a machine whose console they have.
const MAKING_MACHINES: &[&str] = &["avh", "docker", "fvp", "lxc", "nspawn", "qemu", "qemu-nfs"];

pub(super) fn check(device: Rendered<'_>, found: &mut Vec<Trouble>) {
    let methods = on_console(device);
    let connections: Vec<(&str, &Value)> = device.entries(&["commands", "connections"]).collect();
    let connects = device.has_command("connect") || !connections.is_empty();
    if connects {
        connection(device, &connections, &methods, found);
        serial(device, &methods, found);
    } else if !methods.is_empty() {
        let path = ["commands", "connect"];
        let message = format!(
            "no command connects to the console, which boot methods need: {}",
            listed(&methods)
        );
        found.push(Trouble::new("D021", Severity::Warning, &path, message).of(&methods));
    }
    resets(device, &methods, found);
    switching(device, found);
}

/// The methods of a device that need its console.
fn on_console(device: Rendered<'_>) -> Vec<&str> {
    let all: Vec<&str> = device
        .methods(Section::Boot)
        .map(|(name, _)| name)
        .collect();
    let makes = all.iter().any(|name| MAKING_MACHINES.contains(name));
    let mut methods = all;
    methods.retain(|name| {
        comes_to(Section::Boot, name, device.0, CONNECTING) && !(makes && *name == "minimal")
    });
    methods
}

/// Which of several connections is the console.
fn connection(
    device: Rendered<'_>,
    connections: &[(&str, &Value)],
    methods: &[&str],
    found: &mut Vec<Trouble>,
) {
    let tagged = |value: &Value| match value {
        Value::Map(map) => match map.get("tags") {
            Some(Value::Seq(tags)) => tags.contains(&Value::Str("primary".to_owned())),
            _ => false,
        },
        _ => false,
    };
    let all = ["commands", "connections"];
    for (name, value) in connections {
        if matches!(value, Value::Map(map) if !map.contains_key("connect")) {
            let message = format!("the connection `{name}` has no `connect`: its command");
            let path = [all[0], all[1], name];
            found.push(Trouble::new("D021", Severity::Error, &path, message));
        }
    }
    let primary: Vec<&str> = connections
        .iter()
        .filter(|(_, value)| tagged(value))
        .map(|(name, _)| *name)
        .collect();
    let connect = ["commands", "connect"];
    if device.has_command("connect") {
        if connections.is_empty() && device.at(&["commands", "must_use_connection"]).is_some() {
            let message = "`must_use_connection` forbids `connect`, and there are no `connections`";
            let trouble = Trouble::new("D021", Severity::Warning, &connect, message).of(methods);
            found.push(
                trouble.help("write `connections: {uart0: {connect: COMMAND, tags: [primary]}}`"),
            );
        } else if !connections.is_empty() {
            let message = "`connect` and `connections` stand side by side: `connect` is the console, and no other connection can be opened";
            let trouble = Trouble::new("D021", Severity::Warning, &connect, message);
            found.push(trouble.help("make `connect` a connection too, with `tags: [primary]`"));
        }
        return;
    }
    match primary.as_slice() {
        [_] => {}
        [] => {
            let message = "no connection has the tag `primary`: which one is the console?";
            let trouble = Trouble::new("D021", Severity::Warning, &all, message).of(methods);
            found.push(trouble.help("write `tags: [primary]` in that connection"));
        }
        [first, second, ..] => {
            let message = format!("several connections have the tag `primary`; `{first}` is used");
            let path = [all[0], all[1], second, "tags"];
            let trouble = Trouble::new("D021", Severity::Warning, &path, message);
            found.push(trouble.help("the console is one; the others have other tags"));
        }
    }
}

/// Boards have their console on a serial line, and LAVA wants it said.
fn serial(device: Rendered<'_>, methods: &[&str], found: &mut Vec<Trouble>) {
    let path = ["actions", "boot", "connections"];
    let said = match device.at(&path) {
        Some(Value::Map(map)) => map.contains_key("serial"),
        Some(Value::Seq(list)) => list.contains(&Value::Str("serial".to_owned())),
        _ => false,
    };
    if said || methods.is_empty() {
        return;
    }
    let message = format!(
        "`{}` has no `serial`, which boot methods at the console need: {}",
        path.join("."),
        listed(methods)
    );
    let trouble = Trouble::new("D021", Severity::Warning, &path, message).of(methods);
    found.push(trouble.help("write `connections: {serial: {}}` beside the boot methods"));
}

/// What the methods do before anything else.
fn resets(device: Rendered<'_>, methods: &[&str], found: &mut Vec<Trouble>) {
    let resetting: Vec<&str> = methods
        .iter()
        .filter(|name| comes_to(Section::Boot, name, device.0, RESETTING))
        .copied()
        .collect();
    if resetting.is_empty() || device.has_command("hard_reset") || device.has_command("soft_reboot")
    {
        return;
    }
    let message = format!(
        "no command resets the device: for {} a reboot is typed at its console, which a system that hangs does not hear",
        listed(&resetting)
    );
    found.push(Trouble::new(
        "D020",
        Severity::Warning,
        &["commands", "hard_reset"],
        message,
    ));
}

/// That what is switched off is switched on again, and the other way round.
fn switching(device: Rendered<'_>, found: &mut Vec<Trouble>) {
    let [on, off, reset] =
        ["power_on", "power_off", "hard_reset"].map(|name| device.has_command(name));
    if off && !on && !reset {
        let message = "`power_off` switches the device off after a job, and nothing switches it on";
        found.push(Trouble::new(
            "D020",
            Severity::Warning,
            &["commands", "power_on"],
            message,
        ));
    }
    if on && !off {
        let message = "`power_on` has no `power_off` beside it: the device stays on after each job";
        found.push(Trouble::new(
            "D020",
            Severity::Warning,
            &["commands", "power_off"],
            message,
        ));
    }
}
