//! Entries that make no sense.

use super::*;

#[test]
fn entries_that_make_no_sense_say_why() {
    for (yaml, why) in [
        ("{step: a}", "says neither"),
        ("{step: a, power: power_on, nothing: x}", "several kinds"),
        ("{step: a, use: b}", "one of"),
        ("{use: a, nothing: x}", "one of"),
        ("{}", "one of"),
        (
            "{step: a, nothing: x, lasting: 18446744073709551615}",
            "a limit is",
        ),
        ("{step: a, nothing: x, timeouts: {b: 0}}", "a limit is"),
        ("{step: a, hosts: x}", "unknown field"),
    ] {
        let said = serde_yaml::from_str::<Item>(yaml).unwrap_err().to_string();
        assert!(said.contains(why), "{yaml}: {said}");
    }
}
