//! All codes of findings. A code never changes its meaning; each has a page in `docs/checks/`.

use crate::finding::Group;

/// A rule of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `J003`
    pub code: &'static str,
    /// What kind of rule it is.
    pub group: Group,
    /// What it finds, in a few words.
    pub what: &'static str,
}

const fn rule(code: &'static str, group: Group, what: &'static str) -> Rule {
    Rule { code, group, what }
}

/// The rules, by code.
pub const RULES: &[Rule] = &[
    rule(
        "D001",
        Group::Devices,
        "a device type that is missing or that there is not",
    ),
    rule(
        "D002",
        Group::Devices,
        "a key that the device type does not have",
    ),
    rule("D003", Group::Devices, "a value of the wrong kind"),
    rule(
        "D004",
        Group::Devices,
        "an `extends` that leads nowhere or in a circle",
    ),
    rule(
        "D005",
        Group::Devices,
        "a device type that cannot be filled in for a device",
    ),
    rule("D006", Group::Devices, "a device type that cannot be read"),
    rule("D007", Group::Devices, "two devices of one name"),
    rule(
        "D008",
        Group::Devices,
        "a key file that is missing or open to others",
    ),
    rule("D009", Group::Devices, "a time limit that is none"),
    rule("D010", Group::Devices, "a device that cannot be read"),
    rule(
        "D020",
        Group::Devices,
        "power that cannot be switched as jobs need it",
    ),
    rule("D021", Group::Devices, "a console that cannot be reached"),
    rule(
        "D022",
        Group::Devices,
        "a boot loader that cannot be told or stopped",
    ),
    rule("D023", Group::Devices, "load addresses that are missing"),
    rule(
        "D024",
        Group::Devices,
        "boot loader commands that cannot work",
    ),
    rule(
        "D025",
        Group::Devices,
        "a machine for SSH without an address",
    ),
    rule("D026", Group::Devices, "power commands beside SSH"),
    rule(
        "D027",
        Group::Devices,
        "a pattern that is no regular expression",
    ),
    rule(
        "D028",
        Group::Devices,
        "something that a method needs and the device does not say",
    ),
    rule("D029", Group::Devices, "a method that there is not"),
    rule("D030", Group::Devices, "a step list that cannot be read"),
    rule(
        "D040",
        Group::Infrastructure,
        "a machine that does not let in by SSH",
    ),
    rule(
        "D041",
        Group::Infrastructure,
        "a program that is not there or does not run",
    ),
    rule(
        "D042",
        Group::Infrastructure,
        "a console that does not answer",
    ),
    rule(
        "D043",
        Group::Infrastructure,
        "power whose state cannot be asked",
    ),
    rule("J000", Group::Yaml, "the file cannot be read"),
    rule(
        "J001",
        Group::Yaml,
        "the file is not YAML, or holds more than one document",
    ),
    rule(
        "J002",
        Group::Yaml,
        "YAML that is no plain data, or passes a limit",
    ),
    rule("J003", Group::Structure, "a required key is missing"),
    rule("J004", Group::Structure, "a value of the wrong kind"),
    rule(
        "J005",
        Group::Structure,
        "a value out of its range, or not one of the words",
    ),
    rule("J006", Group::Structure, "an unknown key"),
    rule("J007", Group::Yaml, "a key written twice"),
    rule("J008", Group::Rules, "a key that has no effect"),
    rule(
        "J009",
        Group::Rules,
        "`repeat` and `failure_retry` together",
    ),
    rule(
        "J010",
        Group::Structure,
        "a timeout with no unit or several",
    ),
    rule("J011", Group::Structure, "a timeout longer than the job's"),
    rule("J012", Group::Structure, "keys that exclude each other"),
    rule(
        "J013",
        Group::Structure,
        "`shallow: true` with a `revision`",
    ),
    rule("J014", Group::Rules, "a number that is not quite one"),
    rule(
        "J015",
        Group::Rules,
        "nothing to do, or two things in one entry",
    ),
    rule("J016", Group::Rules, "a connection that there is not"),
    rule(
        "J017",
        Group::Rules,
        "a list of prompts written as one text",
    ),
    rule(
        "J018",
        Group::Rules,
        "a limit of one step that is longer than the job's",
    ),
    rule("J019", Group::Rules, "a limit for a step that there is not"),
    rule(
        "J020",
        Group::Structure,
        "an action without `role` in a multinode job",
    ),
    rule(
        "J021",
        Group::Rules,
        "an action for a role that does not exist",
    ),
    rule(
        "J022",
        Group::Structure,
        "`host_role` or `expect_role` that does not exist or is missing",
    ),
    rule(
        "J023",
        Group::Rules,
        "a guest whose host role is itself a guest",
    ),
    rule(
        "J024",
        Group::Rules,
        "a guest whose host role has not exactly one node",
    ),
    rule("J025", Group::Rules, "a role that expects itself"),
    rule("J026", Group::Rules, "a role without any action"),
    rule(
        "J027",
        Group::Structure,
        "`device` with a `count` other than 1",
    ),
    rule(
        "J028",
        Group::Structure,
        "neither `device_type` nor `lava-multinode`",
    ),
    rule(
        "J029",
        Group::Structure,
        "top-level keys that a multinode job may not have",
    ),
    rule(
        "J030",
        Group::Structure,
        "a reserved namespace, or one that some actions lack",
    ),
    rule("J031", Group::Rules, "a boot without a deploy before it"),
    rule(
        "J032",
        Group::Rules,
        "a `hostID` or `host_key` that no deploy of the role receives",
    ),
    rule("J033", Group::Rules, "a wrong `request` of an action"),
    rule(
        "J034",
        Group::Rules,
        "a `message` of a wait that picks nothing",
    ),
    rule(
        "J035",
        Group::Rules,
        "a request for an action by a role that does not exist",
    ),
    rule("J036", Group::Rules, "a `role` in a job without roles"),
    rule(
        "J037",
        Group::Rules,
        "actions that together may take longer than the job",
    ),
    rule(
        "J038",
        Group::Rules,
        "a wait for other roles that is longer than what holds it",
    ),
    rule(
        "J039",
        Group::Rules,
        "a reference to a namespace that no action is in",
    ),
    rule("J041", Group::Structure, "an unknown action or method"),
    rule(
        "J042",
        Group::Structure,
        "a node's part of a split multinode job",
    ),
    rule(
        "J043",
        Group::Rules,
        "a `downloads://` file that nothing downloads",
    ),
    rule(
        "J044",
        Group::Rules,
        "a regular expression that cannot be used",
    ),
    rule("J045", Group::Rules, "a pattern that gives no result"),
    rule("J046", Group::Rules, "`hostID` or `host_key` alone"),
    rule(
        "J047",
        Group::Rules,
        "a call at the start of a step that there is not",
    ),
    rule(
        "J048",
        Group::Structure,
        "neither a job nor a test definition",
    ),
    rule(
        "J049",
        Group::Rules,
        "a job too large for the rules across its blocks",
    ),
    rule("J050", Group::Structure, "the name of a test definition"),
    rule("J051", Group::Rules, "an odd test definition"),
    rule(
        "J052",
        Group::Rules,
        "a name of a test definition that the tests cannot have",
    ),
    rule("J053", Group::Rules, "two test definitions with one name"),
    rule("J060", Group::Messages, "a wait that nobody can meet"),
    rule("J061", Group::Messages, "members that wait for each other"),
    rule(
        "J062",
        Group::Messages,
        "a sync that not every role reaches",
    ),
    rule(
        "J063",
        Group::Messages,
        "a delayed start whose `lava_start` never comes",
    ),
    rule(
        "J064",
        Group::Messages,
        "a host that can end before its guests",
    ),
    rule(
        "J065",
        Group::Messages,
        "a message that is sent and never awaited",
    ),
    rule(
        "J066",
        Group::Messages,
        "a message id that looks like a slip of the pen",
    ),
    rule(
        "J067",
        Group::Messages,
        "data asked for under a key that no sender sends",
    ),
    rule(
        "J068",
        Group::Messages,
        "a wait that is met only when a condition holds",
    ),
    rule(
        "J070",
        Group::Rules,
        "a name of a job or a case of LKP that is no path below its folder",
    ),
    rule(
        "J071",
        Group::Rules,
        "a value for LKP's jobs that no message brings",
    ),
    rule(
        "J072",
        Group::Rules,
        "a `revision` of a source that has none",
    ),
    rule(
        "J073",
        Group::Rules,
        "containers of an engine without an image",
    ),
    rule(
        "J074",
        Group::Rules,
        "a network that the runtime of the containers does not have",
    ),
    rule(
        "J075",
        Group::Rules,
        "a limit of memory that no container can have",
    ),
    rule("J076", Group::Rules, "one job of LKP twice in a block"),
    rule(
        "J077",
        Group::Rules,
        "clients of LKP's cluster jobs without a server",
    ),
    rule(
        "J078",
        Group::Rules,
        "a job of LKP that its source does not have",
    ),
    rule(
        "J080",
        Group::Lab,
        "a device type that the lab does not know",
    ),
    rule("J081", Group::Lab, "too few devices for the job"),
    rule(
        "J082",
        Group::Lab,
        "a named device that is missing or of another kind",
    ),
    rule(
        "J083",
        Group::Lab,
        "a deploy or boot method that the device type does not have",
    ),
    rule(
        "J084",
        Group::Lab,
        "a context variable that the device type does not use",
    ),
    rule(
        "J085",
        Group::Lab,
        "a job that cannot be planned on the lab's devices",
    ),
];

/// The rule of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    RULES
        .binary_search_by_key(&code, |rule| rule.code)
        .ok()
        .map(|index| &RULES[index])
}

/// The group of a code; a code without an entry in [`RULES`] fails a test of every build.
pub(crate) fn group(code: &str) -> Group {
    find(code).map_or(Group::Rules, |rule| rule.group)
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_code_stands_once_and_in_order() {
        assert!(RULES.is_sorted_by(|a, b| a.code < b.code));
    }
}
