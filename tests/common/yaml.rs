//! Pieces of job files, so that a test shows what it is about and not the frame around it.
//!
//! Text goes in as JSON strings, which are YAML: a step may hold any character.

use std::fmt::Write;

/// A JSON string, to be put into YAML.
#[must_use]
pub fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

/// An entry of `definitions:`: an inline definition with these steps.
#[must_use]
pub fn inline(name: &str, steps: &[&str]) -> String {
    let steps: Vec<String> = steps.iter().map(|step| text(step)).collect();
    format!(
        "- {{from: inline, name: {name}, path: inline/{name}.yaml, repository: {{\
         metadata: {{format: Lava-Test Test Definition 1.0, name: {name}}}, \
         run: {{steps: [{}]}}}}}}\n",
        steps.join(", ")
    )
}

/// A whole test definition file with these steps.
#[must_use]
pub fn definition_file(name: &str, steps: &[&str]) -> String {
    let mut file = format!(
        "metadata:\n  format: Lava-Test Test Definition 1.0\n  name: {name}\nrun:\n  steps:\n"
    );
    for step in steps {
        let _ = writeln!(file, "  - {}", text(step));
    }
    file
}

/// A job for one machine with OpenSSH; `definitions` are entries as [`inline`] makes them.
#[must_use]
pub fn ssh_job(definitions: &str) -> String {
    format!(
        "job_name: one machine\n\
         visibility: public\n\
         timeouts:\n  job: {{minutes: 3}}\n  action: {{minutes: 2}}\n  connection: {{seconds: 30}}\n\
         device_type: ssh\n\
         actions:\n\
         - deploy: {{to: ssh, os: debian}}\n\
         - boot: {{method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n\
         - test:\n\
         \x20   timeout: {{minutes: 2}}\n\
         \x20   definitions:\n{}",
        indent(4, definitions)
    )
}

/// A role of a [`group_job`] that plays on a machine of its own.
#[derive(Debug, Clone)]
pub struct Machines<'a> {
    /// Name of the role.
    pub role: &'a str,
    /// How many.
    pub count: u32,
    /// Further keys of the role, as flow YAML after a comma: `, essential: true`.
    pub keys: &'a str,
    /// What its test block runs, as [`inline`] makes it.
    pub definitions: String,
}

/// A job in which every role plays on machines of its own.
#[must_use]
pub fn group_job(roles: &[Machines<'_>]) -> String {
    let mut job = String::from(
        "job_name: group\n\
         visibility: public\n\
         timeouts:\n  job: {minutes: 3}\n  action: {minutes: 2}\n  connection: {seconds: 30}\n\
         protocols:\n  lava-multinode:\n    timeout: {minutes: 1}\n    roles:\n",
    );
    for role in roles {
        let _ = writeln!(
            job,
            "      {}: {{device_type: ssh, count: {}{}}}",
            role.role, role.count, role.keys
        );
    }
    let names: Vec<&str> = roles.iter().map(|role| role.role).collect();
    let all = names.join(", ");
    let _ = write!(
        job,
        "actions:\n\
         - deploy: {{role: [{all}], to: ssh, os: debian}}\n\
         - boot: {{role: [{all}], method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n"
    );
    for role in roles {
        job += &test_block(role.role, &role.definitions);
    }
    job
}

/// A host and its guests: the guests are further connections to the host's machine and start when it says so.
///
/// The host's definitions have to send `ipv4 ipaddr=…` and `lava_start`.
#[must_use]
pub fn host_guests_job(guests: u32, host: &str, guest: &str) -> String {
    format!(
        "job_name: host and guests\n\
         visibility: public\n\
         timeouts:\n  job: {{minutes: 3}}\n  action: {{minutes: 2}}\n  connection: {{seconds: 30}}\n\
         protocols:\n\
         \x20 lava-multinode:\n\
         \x20   roles:\n\
         \x20     host: {{device_type: ssh, count: 1, timeout: {{minutes: 1}}}}\n\
         \x20     guest: {{connection: ssh, count: {guests}, host_role: host, expect_role: host, \
         request: lava-start, timeout: {{minutes: 1}}}}\n\
         actions:\n\
         - deploy: {{role: [host], to: ssh, os: debian, authorize: ssh}}\n\
         - deploy:\n\
         \x20   role: [guest]\n\
         \x20   connection: ssh\n\
         \x20   to: ssh\n\
         \x20   os: debian\n\
         \x20   protocols:\n\
         \x20     lava-multinode:\n\
         \x20     - action: prepare-scp-overlay\n\
         \x20       request: lava-wait\n\
         \x20       messageID: ipv4\n\
         \x20       message: {{ipaddr: $ipaddr}}\n\
         \x20       timeout: {{minutes: 1}}\n\
         - boot: {{role: [host], method: ssh, prompts: ['root@[a-z0-9-]+:']}}\n\
         - boot:\n\
         \x20   role: [guest]\n\
         \x20   method: ssh\n\
         \x20   connection: ssh\n\
         \x20   prompts: ['root@[a-z0-9-]+:']\n\
         \x20   parameters: {{hostID: ipv4, host_key: ipaddr}}\n\
         {}{}",
        test_block("host", host),
        test_block("guest", guest)
    )
}

fn test_block(role: &str, definitions: &str) -> String {
    format!(
        "- test:\n    role: [{role}]\n    timeout: {{minutes: 2}}\n    definitions:\n{}",
        indent(4, definitions)
    )
}

fn indent(by: usize, lines: &str) -> String {
    lines
        .lines()
        .map(|line| format!("{:by$}{line}\n", ""))
        .collect()
}
