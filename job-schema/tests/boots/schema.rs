//! The schema of boot blocks is the strict one: keys that only the dispatcher knows are not in it.

use job_schema::boot::Method;
use job_schema::schema::{Language, schema};

use crate::methods::{METHODS, block};
use crate::{parse, told};

#[test]
fn every_method_is_closed_and_documented() {
    let schema = schema(Language::Job);
    for method in Method::WORDS {
        let boot = &schema["$defs"][format!("boot-{method}")];
        assert_eq!(boot["additionalProperties"], false, "{method}");
        let keys = boot["properties"].as_object().expect("keys");
        for unlisted in ["failure_message", "root_uuid", "kernel_type"] {
            assert!(!keys.contains_key(unlisted), "{method}: {unlisted}");
        }
        for (key, value) in keys {
            assert!(
                value["description"].is_string(),
                "{method}: {key} says nothing"
            );
        }
    }
    let keys = |method: &str| schema["$defs"][format!("boot-{method}")]["properties"].clone();
    assert!(keys("u-boot")["kernel"].is_null() && keys("kexec")["kernel"].is_object());
    assert!(keys("ssh")["connection"].is_null() && keys("schroot")["connection"].is_object());
}

#[test]
fn no_key_takes_a_fraction_or_null() {
    // Keys of every block, which have tests of their own.
    const COMMON: [&str; 5] = [
        "method",
        "protocols",
        "repeat",
        "failure_retry",
        "failure_retry_interval",
    ];
    let schema = schema(Language::Job);
    for (method, needs, _) in METHODS {
        let boot = &schema["$defs"][format!("boot-{method}")]["properties"];
        for key in boot.as_object().expect("keys").keys() {
            if COMMON.contains(&key.as_str()) {
                continue;
            }
            let others = needs
                .split(", ")
                .filter(|need| !need.starts_with(&format!("{key}:")));
            let others: Vec<&str> = others.collect();
            for wrong in ["1.5", "null"] {
                let wrong = format!("{key}: {wrong}");
                let block = block(method, &[&[wrong.as_str()], &others[..]].concat());
                let told = told(&parse(&block).findings);
                assert_eq!(told, [format!("J004 Error {key}")], "{block}");
            }
        }
    }
}
