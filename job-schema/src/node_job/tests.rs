use std::time::Duration;

use super::*;
use crate::multinode::RoleKind;
use crate::{Severity, parse_job, parse_node_job};

const PART: &str = "
job_name: part
visibility: public
connection: ssh
host_role: host
target: kvm01
timeouts: {job: {minutes: 5}}
protocols:
  lava-multinode:
    target_group: abc
    role: guest
    roles: {kvm01: host, kvm02: guest}
    group_size: 2
    sub_id: 1
    request: lava-start
    expect_role: host
    timeout: {seconds: 20}
    environment: {A: 1}
actions:
- deploy: {role: guest, to: ssh}
- boot: {method: ssh}
- test:
    role: [host]
    monitors: [{name: a, start: a, end: b, pattern: c}]
";

fn read(text: &str) -> Job {
    let parsed = parse_node_job("job.yaml", text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.findings);
    parsed.job.unwrap()
}

#[test]
fn the_part_of_one_node_is_a_job_with_one_role() {
    let job = read(PART);
    let multinode = job.multinode().unwrap();
    assert_eq!(multinode.timeout, Some(Duration::from_secs(20)));
    let role = &multinode.roles["guest"];
    assert_eq!((multinode.roles.len(), role.count), (1, 1));
    assert_eq!(role.kind, RoleKind::Part);
    assert_eq!(role.environment["A"], Value::Int(1));
    // The worker runs every block that it is given.
    let roles: Vec<Vec<&str>> = job
        .actions
        .iter()
        .map(|b| b.roles.iter().map(|r| r.as_str()).collect())
        .collect();
    assert_eq!(roles, [vec!["guest"], vec![], vec!["guest"]]);
    assert!(parse_node_job("job.yaml", PART).findings.is_empty());
}

#[test]
fn the_server_refuses_it_still() {
    let parsed = parse_job("job.yaml", PART);
    assert!(parsed.job.is_none());
    assert!(parsed.findings.iter().any(|f| f.code == "J042"));
}

#[test]
fn what_the_worker_does_not_care_about_is_a_warning() {
    let text = "
timeouts: {job: {minutes: 5}}
actions:
- deploy: {to: sata, device: x}
- boot: {method: minimal, failure_retry: soon}
- test:
    definitions:
    - {from: git, name: a, path: a.yaml, repository: 'http://example.com/a.git'}
    - {from: git, name: a, path: a.yaml, repository: 'http://example.com/a.git'}
";
    let parsed = parse_node_job("job.yaml", text);
    let job = parsed.job.unwrap();
    assert_eq!(job.actions.len(), 3);
    assert!(
        parsed
            .findings
            .iter()
            .all(|f| f.severity == Severity::Warning)
    );
    for code in ["J003", "J004", "J053"] {
        let told = parsed.findings.iter().any(|f| f.code == code);
        assert!(told, "{code}: {:#?}", parsed.findings);
    }
}

#[test]
fn what_the_worker_cannot_read_is_an_error() {
    for text in [
        "actions: [",
        "[]",
        "timeouts: {job: {minutes: 1}}",
        "timeouts: {job: {minutes: 1}}\nactions: [{deploy: {to: the moon}}]",
    ] {
        let parsed = parse_node_job("job.yaml", text);
        assert!(parsed.job.is_none() && parsed.has_errors(), "{text}");
    }
}

#[test]
fn odd_timeouts_are_what_the_worker_takes_them_for() {
    for (timeout, seconds) in [
        ("{minutes: 0}", 30),
        ("{}", 30),
        ("{hours: 0, minutes: 2}", 120),
        ("{minutes: 1, seconds: 5}", 65),
        ("{minutes: 1.5}", 90),
        ("{seconds: 2.9}", 2),
        ("{seconds: true}", 1),
    ] {
        let text = format!(
            "timeouts: {{job: {{hours: 1}}, action: {timeout}, actions: {{a: {timeout}}}}}
actions:
- boot: {{method: minimal, timeout: {timeout}, timeouts: {{a: {timeout}}}}}
"
        );
        let job = read(&text);
        let wanted = Duration::from_secs(seconds);
        let block = &job.actions[0];
        assert_eq!(job.timeouts.action, Some(wanted), "{timeout}");
        assert_eq!(job.timeouts.actions["a"], wanted, "{timeout}");
        assert_eq!(block.timeout.unwrap().limit, wanted, "{timeout}");
        assert_eq!(block.timeouts["a"], wanted, "{timeout}");
    }
}
