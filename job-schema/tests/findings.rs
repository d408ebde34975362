//! What a person sees of a bad job: each finding under the line that it is about.

use job_schema::finding::render_text;
use job_schema::parse_job;

/// A job of a host and its guests without a fault.
const GOOD: &str = "\
job_name: host and guests
visibility: public
timeouts:
  job: {minutes: 10}
protocols:
  lava-multinode:
    roles:
      host: {count: 1, device_type: sandbox}
      guest: {count: 3, connection: ssh, host_role: host, expect_role: host, request: lava-start}
actions:
- deploy:
    role: [host]
    to: ssh
    authorize: ssh
- deploy:
    role: [guest]
    to: ssh
    protocols:
      lava-multinode:
      - {action: prepare-scp-overlay, request: lava-wait, messageID: ipv4, message: {ipaddr: $ipaddr}}
- boot:
    role: [host, guest]
    method: ssh
    failure_retry: 2
    prompts: ['# ']
- test:
    role: [guest]
    timeout: {minutes: 5, skip: true}
    definitions:
    - from: inline
      name: hello
      path: inline/hello.yaml
      repository:
        metadata: {format: Lava-Test Test Definition 1.0, name: hello}
        run:
          steps:
          - lava-sync all
";

fn shown(text: &str) -> String {
    let parsed = parse_job("job.yaml", text);
    render_text(&parsed.findings, "job.yaml", text, false)
}

/// The good job with one text replaced.
fn edited(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    shown(&GOOD.replacen(from, to, 1))
}

#[test]
fn the_good_job_has_no_finding() {
    assert_eq!(shown(GOOD), "");
}

macro_rules! bad_jobs {
    ($($name:ident: $shown:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), $shown);
        })*
    };
}

bad_jobs! {
    empty_file: shown("");
    not_yaml: shown("job_name: a: b\n");
    tab: shown("actions:\n\t- boot\n");
    nothing_required: shown("job_name: ''\nvisibility: everybody\nactoins: []\n");
    unknown_role: edited("role: [host, guest]", "role: [hots, guest]");
    unknown_host_role: edited("host_role: host", "host_role: server");
    guest_of_a_guest: edited("host_role: host", "host_role: guest");
    guest_of_many_hosts: edited("host: {count: 1", "host: {count: 2");
    guest_without_host_role: edited("host_role: host, ", "");
    expects_itself: edited("expect_role: host", "expect_role: guest");
    unknown_key: edited("authorize: ssh", "authorise: ssh");
    bad_timeouts: edited("timeout: {minutes: 5, skip: true}", "timeout: {minuts: 5, hours: 1}");
    bad_timeout_kind: edited("timeout: {minutes: 5, skip: true}", "timeout: 300");
    retry_and_repeat: edited("failure_retry: 2", "failure_retry: 2\n    repeat: 3");
    start_in_an_action: edited("request: lava-wait", "request: lava-start");
    message_picks_nothing: edited("$ipaddr", "ipaddr");
    message_is_missing: edited("messageID: ipv4, ", "");
    host_id_is_not_received: edited("prompts: ['# ']", "prompts: '# '\n    parameters: {hostID: ipv6, host_key: ipaddr}");
    unknown_method: edited("to: ssh", "to: shs");
    unknown_action: edited("- test:", "- tset:");
    keys_not_indented: edited("- test:\n    role", "- test:\n  role");
    mixed_namespaces: edited("role: [host]\n", "role: [host]\n    namespace: server\n");
    bad_definition: edited("name: hello\n      path", "name: lava\n      pth");
    step_with_a_colon: edited("- lava-sync all", "- echo a: b\n          - true");
    one_part_of_a_split_job: edited("    roles:", "    target_group: x\n    roles:");
    written_twice: edited("visibility: public", "visibility: public\nvisibility: personal");
    secret: edited("actions:\n", "secrets: {TOKEN: 4711}\nactions:\n");
    no_device: shown("job_name: x\nvisibility: {group: [a]}\npriority: 101\ntimeouts: {job: {minutes: 5}, action: {hours: 1}}\nactions:\n- boot: {method: ssh}\n");
}
