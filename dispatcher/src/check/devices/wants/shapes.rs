//! Values of the wrong kind, and time limits that are none.

use job_schema::Severity;
use job_schema::yaml::Value;

use super::{Rendered, Trouble};
use crate::actions::tool::split::split;

/// What a value is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Mapping,
    List,
    Command,
    Number,
    Commands,
    Word,
}

/// `*` stands for any key.
const KINDS: &[(&[&str], Kind)] = &[
    (&["actions"], Kind::Mapping),
    (&["actions", "*"], Kind::Mapping),
    (&["adb_serial_number"], Kind::Word),
    (&["available_architectures"], Kind::List),
    (&["board_id"], Kind::Word),
    (&["character_delays"], Kind::Mapping),
    (&["character_delays", "*"], Kind::Number),
    (&["commands"], Kind::Mapping),
    (&["commands", "connect"], Kind::Command),
    (&["commands", "connections"], Kind::Mapping),
    (&["commands", "connections", "*"], Kind::Mapping),
    (&["commands", "connections", "*", "connect"], Kind::Command),
    (&["commands", "connections", "*", "tags"], Kind::List),
    (&["commands", "hard_reset"], Kind::Commands),
    (&["commands", "power_off"], Kind::Commands),
    (&["commands", "power_on"], Kind::Commands),
    (&["commands", "power_status"], Kind::Commands),
    (&["commands", "pre_os_command"], Kind::Commands),
    (&["commands", "pre_power_command"], Kind::Commands),
    (&["commands", "recovery_exit"], Kind::Commands),
    (&["commands", "recovery_mode"], Kind::Commands),
    (&["commands", "soft_reboot"], Kind::Commands),
    (&["commands", "users"], Kind::Mapping),
    (&["commands", "users", "*"], Kind::Mapping),
    (&["commands", "users", "*", "do"], Kind::Commands),
    (&["commands", "users", "*", "undo"], Kind::Commands),
    (&["constants"], Kind::Mapping),
    (&["device_info"], Kind::List),
    (&["environment"], Kind::Mapping),
    (&["fastboot_options"], Kind::List),
    (&["fastboot_serial_number"], Kind::Word),
    (&["flash_cmds_order"], Kind::List),
    (&["parameters"], Kind::Mapping),
    (&["static_info"], Kind::List),
    (&["storage_info"], Kind::List),
    (&["timeouts"], Kind::Mapping),
    (&["timeouts", "actions"], Kind::Mapping),
    (&["timeouts", "connections"], Kind::Mapping),
    (&["usb_product_id"], Kind::Word),
    (&["usb_vendor_id"], Kind::Word),
];

const UNITS: [&str; 4] = ["days", "hours", "minutes", "seconds"];

pub(super) fn check(device: Rendered<'_>, found: &mut Vec<Trouble>) {
    for (path, kind) in KINDS {
        fits(device.0, path, *kind, &mut Vec::new(), found);
    }
    for of in ["actions", "connections"] {
        for (step, limit) in device.entries(&["timeouts", of]) {
            if let Some(why) = no_limit(limit) {
                let trouble = Trouble::new(
                    "D009",
                    Severity::Error,
                    &["timeouts", of, step],
                    format!("the limit of `{step}` {why}"),
                );
                found.push(trouble.help(
                    "write it as `{minutes: 3}`; there are days, hours, minutes and seconds",
                ));
            }
        }
    }
}

fn fits<'a>(
    value: &'a Value,
    path: &[&'a str],
    kind: Kind,
    at: &mut Vec<&'a str>,
    found: &mut Vec<Trouble>,
) {
    let Some((key, rest)) = path.split_first() else {
        if !is(value, kind) {
            found.push(wrong(value, kind, at));
        } else if let Kind::Command | Kind::Commands = kind {
            found.extend(unsplit(value, at));
        }
        return;
    };
    let Value::Map(map) = value else { return };
    let below = map.iter().filter(|(name, _)| *key == "*" || name == key);
    for (name, value) in below {
        at.push(name);
        fits(value, rest, kind, at, found);
        at.pop();
    }
}

/// Nothing is always right: LAVA's templates leave keys empty.
fn is(value: &Value, kind: Kind) -> bool {
    match (kind, value) {
        (_, Value::Null)
        | (Kind::Mapping, Value::Map(_))
        | (Kind::List, Value::Seq(_))
        | (Kind::Command | Kind::Commands | Kind::Word, Value::Str(_))
        | (Kind::Number | Kind::Word, Value::Int(_))
        | (Kind::Number, Value::Float(_)) => true,
        (Kind::Commands, Value::Seq(list)) => list.iter().all(|it| matches!(it, Value::Str(_))),
        _ => false,
    }
}

fn wrong(value: &Value, kind: Kind, at: &[&str]) -> Trouble {
    let wanted = match kind {
        Kind::Mapping => "a mapping",
        Kind::List => "a list",
        Kind::Command => "a command",
        Kind::Number => "a number",
        Kind::Commands => "a command or a list of commands",
        Kind::Word => "a word",
    };
    let message = format!("`{}` is {wanted}, not {}", at.join("."), kind_of(value));
    Trouble::new("D003", Severity::Error, at, message)
}

/// A command that cannot be run, because it cannot be split into words. It may hold a password, and is not shown.
fn unsplit(value: &Value, at: &[&str]) -> Option<Trouble> {
    let lines = match value {
        Value::Seq(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let why = lines.iter().find_map(|line| match line {
        Value::Str(line) if !line.trim().is_empty() => split(line).err(),
        _ => None,
    })?;
    let message = format!("`{}` cannot be run: {why}", at.join("."));
    let trouble = Trouble::new("D003", Severity::Error, at, message);
    Some(trouble.help("it is split into words as a shell does, and no shell runs it"))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Int(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Str(_) => "a text",
        Value::Seq(items) if items.iter().any(|it| !matches!(it, Value::Str(_))) => {
            "a list of other things"
        }
        Value::Seq(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

fn no_limit(limit: &Value) -> Option<String> {
    let Value::Map(units) = limit else {
        return Some(format!("is {}", kind_of(limit)));
    };
    if units.is_empty() {
        return Some("has no unit".to_owned());
    }
    units.iter().find_map(|(unit, count)| {
        if !UNITS.contains(&unit.as_str()) {
            return Some(format!("has the unit `{unit}`, which is none"));
        }
        let whole = matches!(count, Value::Int(0..));
        (!whole).then(|| {
            format!(
                "has {} of {unit}, where a whole number stands",
                kind_of(count)
            )
        })
    })
}
