//! A device as LAVA renders it, and what of it our methods read.

use indexmap::IndexMap;
use job_schema::yaml::Value;
use serde_json::{Map, Value as Json, json};

/// Whether a file's mapping is a device that LAVA has rendered, rather than one of ours.
#[must_use]
pub fn is_rendered(file: &IndexMap<String, Value>) -> bool {
    let Some(Value::Map(actions)) = file.get("actions") else {
        return false;
    };
    ["deploy", "boot"].iter().all(
        |kind| matches!(actions.get(*kind), Some(Value::Map(it)) if it.contains_key("methods")),
    )
}

/// The configuration of a rendered device in the form of our device types. LAVA's templates leave keys empty where a lab
/// says nothing; those are left out. What no method of ours reads stays behind.
#[must_use]
pub fn read(device: &Value) -> Json {
    let methods = |kind| json!({"methods": methods(device, kind)});
    let constants = at(device, &["constants"]);
    let mut posix = filled(at(constants, &["posix"]));
    posix.retain(|_, value| value.is_string());
    json!({
        "actions": {"deploy": methods("deploy"), "boot": methods("boot")},
        "timeouts": {
            "actions": timeouts(at(device, &["timeouts", "actions"])),
            "connections": timeouts(at(device, &["timeouts", "connections"])),
        },
        "environment": filled(at(device, &["environment"])),
        "commands": filled(at(device, &["commands"])),
        "constants": {"posix": posix},
    })
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| match value {
        Value::Map(map) => map.get(*key).unwrap_or(&Value::Null),
        _ => &Value::Null,
    })
}

/// The methods of a kind of block, each with its settings; LAVA takes a list of names too.
fn methods(device: &Value, kind: &str) -> Map<String, Json> {
    match at(device, &["actions", kind, "methods"]) {
        Value::Map(methods) => methods
            .iter()
            .map(|(name, settings)| {
                let settings = match (name.as_str(), settings) {
                    ("ssh", Value::Map(_)) => Json::Object(ssh(settings)),
                    _ => json!(settings),
                };
                (name.clone(), settings)
            })
            .collect(),
        Value::Seq(names) => names
            .iter()
            .filter_map(|name| Some((name.as_shell_text()?, Json::Null)))
            .collect(),
        _ => Map::new(),
    }
}

/// `host`, `port` and so on; a template may write the port as text.
fn ssh(settings: &Value) -> Map<String, Json> {
    let mut kept = filled(settings);
    let port = kept.get("port").and_then(Json::as_str);
    if let Some(port) = port.and_then(|port| port.trim().parse::<u16>().ok()) {
        kept.insert("port".to_owned(), json!(port));
    }
    kept
}

/// A mapping without its empty keys.
fn filled(value: &Value) -> Map<String, Json> {
    match value {
        Value::Map(map) => map
            .iter()
            .filter(|(_, value)| !matches!(value, Value::Null))
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect(),
        _ => Map::new(),
    }
}

/// Time limits: those that are mappings of whole numbers.
fn timeouts(value: &Value) -> Map<String, Json> {
    let mut kept = filled(value);
    kept.retain(|_, units| {
        units
            .as_object()
            .is_some_and(|units| units.values().all(Json::is_u64))
    });
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(text: &str) -> Value {
        job_schema::parse_value(text).unwrap()
    }

    #[test]
    fn empty_keys_are_left_out() {
        let device = device(
            "constants: {failure_retry: 2, boot_retry: , posix: {lava_test_sh_cmd: /bin/ash, x: }}
commands:
environment: {A: 1, B: }
timeouts: {actions: {pdu-reboot: {seconds: 30}, bad: soon}, connections: }
actions:
  deploy: {methods: {ssh: {host: h, port: '8022', identity_file: , options: [-v]}, tftp: }}
  boot: {methods: [minimal]}
",
        );
        assert_eq!(
            read(&device),
            json!({
                "actions": {
                    "deploy": {"methods": {"ssh": {"host": "h", "port": 8022, "options": ["-v"]}, "tftp": null}},
                    "boot": {"methods": {"minimal": null}},
                },
                "timeouts": {"actions": {"pdu-reboot": {"seconds": 30}}, "connections": {}},
                "environment": {"A": 1},
                "commands": {},
                "constants": {"posix": {"lava_test_sh_cmd": "/bin/ash"}},
            })
        );
    }

    #[test]
    fn our_devices_are_told_apart() {
        for (text, expected) in [
            ("{device_type: ssh, ssh: {host: h}}", false),
            ("{actions: {deploy: {methods: {ssh: }}}}", false),
            (
                "{device_type: x, actions: {deploy: {methods: }, boot: {methods: }}}",
                true,
            ),
        ] {
            let Value::Map(map) = device(text) else {
                panic!("{text}")
            };
            assert_eq!(is_rendered(&map), expected, "{text}");
        }
    }
}
