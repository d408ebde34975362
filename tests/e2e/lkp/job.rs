//! Jobs with `lkp:` blocks, and what they say in a journal.

use std::fmt::Write;

use common::Outcome;
use serde_json::Value;

/// A job for one device of a type; each block is what stands below `test:`, as flow YAML without its brackets.
pub(super) fn job(device_type: &str, blocks: &[String]) -> String {
    let mut job = format!(
        "job_name: lkp\n\
         visibility: public\n\
         timeouts:\n  job: {{minutes: 3}}\n  action: {{minutes: 2}}\n  connection: {{seconds: 30}}\n\
         device_type: {device_type}\n\
         actions:\n\
         - deploy: {{to: ssh, os: debian}}\n\
         - boot: {{method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n"
    );
    for block in blocks {
        let _ = writeln!(job, "- test: {{{block}}}");
    }
    job
}

/// A job in which every role plays on a machine of its own, each with one `lkp:` block of these keys.
pub(super) fn roles(device_type: &str, blocks: &[(&str, String)]) -> String {
    let names: Vec<&str> = blocks.iter().map(|(role, _)| *role).collect();
    let all = names.join(", ");
    let mut job = String::from(
        "job_name: lkp\n\
         visibility: public\n\
         timeouts:\n  job: {minutes: 3}\n  action: {minutes: 2}\n  connection: {seconds: 30}\n\
         protocols:\n  lava-multinode:\n    timeout: {minutes: 1}\n    roles:\n",
    );
    for role in &names {
        // On a machine of the role's name; devices of the embedded lab have no tags.
        let tags = match device_type {
            "ssh" => format!(", tags: [{role}]"),
            _ => String::new(),
        };
        let _ = writeln!(
            job,
            "      {role}: {{device_type: {device_type}, count: 1{tags}}}"
        );
    }
    let _ = write!(
        job,
        "actions:\n\
         - deploy: {{role: [{all}], to: ssh, os: debian}}\n\
         - boot: {{role: [{all}], method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n"
    );
    for (role, keys) in blocks {
        let _ = writeln!(job, "- test: {{role: [{role}], lkp: {{{keys}}}}}");
    }
    job
}

/// The runs of atomic jobs of a node, in the order in which they ended.
pub(super) fn points(outcome: &Outcome, node: &str) -> Vec<Value> {
    let of_node = |e: &Value| e["event"] == "lkp" && e["node"] == node;
    outcome
        .journal()
        .into_iter()
        .filter(of_node)
        .map(|mut e| e["point"].take())
        .collect()
}

/// A test case's reasons for its failure, in one text.
pub(super) fn reasons(point: &Value) -> String {
    let all = point["reasons"].as_array().into_iter().flatten();
    all.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}
