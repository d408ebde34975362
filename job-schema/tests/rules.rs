//! Every rule across fields: the nearest bad job gives its code once, the good one gives nothing.

use std::collections::HashSet;

use job_schema::finding::render_text;
use job_schema::{Severity, parse_job, steps};

const TOP: &str = "job_name: x\nvisibility: public\n";
const LIMIT: &str = "timeouts: {job: {minutes: 60}}\n";

/// A job for one node.
fn single(actions: &str) -> String {
    format!("{TOP}{LIMIT}device_type: x\nactions:\n{actions}")
}

/// A job of a host and guests on it.
fn group(actions: &str) -> String {
    roles(
        "h: {count: 1, device_type: x}, g: {count: 2, connection: ssh, host_role: h, expect_role: h}",
        actions,
    )
}

/// A job with these roles.
fn roles(roles: &str, actions: &str) -> String {
    format!(
        "{TOP}{LIMIT}protocols: {{lava-multinode: {{roles: {{{roles}}}}}}}\nactions:\n{actions}"
    )
}

const BOTH: &str = "- deploy: {to: ssh, role: [h, g]}\n";
const DEPLOY: &str = "- deploy: {to: ssh}\n";

/// `bad` has the finding once; `good` has none. A method that is not
/// there silences no rule; which keys it has cannot be said.
#[track_caller]
fn rule(code: &str, bad: &str, good: &str) {
    let shown = |text: &str| {
        let findings = parse_job("job.yaml", text).findings;
        render_text(&findings, "job.yaml", text, false)
    };
    let found = |text: &str| {
        let mut found = parse_job("job.yaml", text).findings;
        if found.iter().any(|f| f.code == "J041") {
            found.retain(|f| !matches!(f.code, "J006" | "J041"));
        }
        found
    };
    let others = found(bad);
    let codes: Vec<_> = others.iter().map(|f| f.code).collect();
    assert_eq!(codes, [code], "bad\n{}", shown(bad));
    assert!(others[0].help.is_some(), "no help\n{}", shown(bad));
    assert_eq!(found(good), [], "good\n{}", shown(good));
    // A change that is offered repairs it.
    if let Some(fix) = &others[0].fix {
        let mut text = bad.to_owned();
        let mut edits = fix.edits.clone();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        for edit in edits {
            text.replace_range(edit.span.start..edit.span.end, &edit.text);
        }
        let left = parse_job("job.yaml", &text).findings;
        assert!(left.iter().all(|f| f.code != code), "fix\n{}", shown(&text));
    }
}

/// One case: the name of the test, the code, a bad and a good job.
macro_rules! rules {
    ($($name:ident $code:literal: $bad:expr, $good:expr;)*) => {
        $(#[test]
        fn $name() {
            rule($code, &$bad, &$good);
        })*
    };
}

fn definition(name: &str) -> String {
    format!("{{from: git, repository: r, path: p, name: {name}}}")
}

fn test(keys: &str) -> String {
    let definition = definition("a");
    format!("- test: {{{keys}definitions: [{definition}]}}\n")
}

fn wait(keys: &str) -> String {
    format!("protocols: {{lava-multinode: [{{action: prepare-scp-overlay, {keys}}}]}}")
}

fn guest_boot(parameters: &str) -> String {
    let wait = wait("request: lava-wait, messageID: ipv4, message: {ipaddr: $ipaddr}");
    group(&format!(
        "- deploy: {{to: ssh, role: [h]}}\n- deploy: {{to: ssh, role: [g], {wait}}}\n\
         - boot: {{method: ssh, role: [g], parameters: {parameters}}}\n"
    ))
}

fn delayed(wait: &str, deploy: &str) -> String {
    roles(
        &format!(
            "h: {{count: 1, device_type: x}}, g: {{count: 2, connection: ssh, host_role: h, expect_role: h, request: lava-start, timeout: {{minutes: {wait}}}}}"
        ),
        &format!(
            "- deploy: {{to: ssh, role: [h, g], timeout: {{minutes: {deploy}}}}}\n\
             - test:\n    role: [h]\n    definitions:\n    - from: inline\n      name: a\n      path: a.yaml\n      repository:\n\
             \x20       metadata: {{format: Lava-Test Test Definition 1.0, name: a}}\n        run: {{steps: [lava-send lava_start]}}\n"
        ),
    )
}

fn monitor(pattern: &str) -> String {
    single(&format!(
        "{DEPLOY}- test: {{monitors: [{{name: m, start: a, end: b, pattern: '{pattern}'}}]}}\n"
    ))
}

fn downloaded(namespace: &str, file: &str) -> String {
    single(&format!(
        "- deploy: {{to: downloads, namespace: {namespace}, images: {{k: {{url: 'http://x/kernel'}}}}}}\n\
         - deploy: {{to: tftp, namespace: a, kernel: {{url: 'downloads://{file}'}}}}\n"
    ))
}

fn lkp(keys: &str) -> String {
    single(&format!("{DEPLOY}- test: {{lkp: {{{keys}}}}}\n"))
}

/// A value that a message is to bring to the guests; `before`: another block before.
fn learned(value: &str, message: &str, before: &str) -> String {
    let call = format!("action: lkp-run, request: lava-wait, messageID: up, message: {message}");
    group(&format!(
        "{BOTH}{before}- test:\n    role: [g]\n    protocols: {{lava-multinode: [{{{call}}}]}}\n\
         \x20   lkp: {{jobs: [a], set: {{server: {value}}}}}\n"
    ))
}

/// What a host and its guests do in jobs for several machines.
fn cluster(host: &str, guest: &str) -> String {
    let test =
        |role, part| format!("- test: {{role: [{role}], lkp: {{jobs: [a], cluster: {part}}}}}\n");
    group(&format!("{BOTH}{}{}", test("h", host), test("g", guest)))
}

rules! {
    skip_outside_a_test "J008": single("- deploy: {to: ssh, timeout: {minutes: 5, skip: true}}\n"), single("- deploy: {to: ssh, timeout: {minutes: 5, skip: false}}\n");
    retry_of_lkp "J008": single("- deploy: {to: ssh}\n- boot: {method: ssh}\n- test: {failure_retry: 2, lkp: {jobs: [a]}}\n"), single("- deploy: {to: ssh}\n- boot: {method: ssh}\n- test: {lkp: {jobs: [a]}}\n");
    retry_of_a_group "J008": group(&format!("{BOTH}{}", test("role: [h], failure_retry: 2, "))), single(&format!("{DEPLOY}{}", test("failure_retry: 2, ")));
    device_of_a_group "J008": format!("device: d\n{}", group(BOTH)), group(BOTH);
    retry_and_repeat "J009": single("- deploy: {to: ssh, failure_retry: 2, repeat: 2}\n"), single("- deploy: {to: ssh, repeat: 2}\n");
    block_longer_than_the_job "J011": single("- deploy: {to: ssh, timeout: {minutes: 61}}\n"), single("- deploy: {to: ssh, timeout: {minutes: 60}}\n");
    run_of_lkp_longer_than_the_job "J018": lkp("jobs: [a], timeout: {minutes: 61}"), lkp("jobs: [a], timeout: {minutes: 60}");
    absolute_job "J070": lkp("jobs: [/etc/passwd]"), lkp("jobs: [hackbench/hackbench.yaml]");
    job_above "J070": lkp("jobs: [a/../../b]"), lkp("jobs: ['a/..b']");
    job_of_a_shell "J070": lkp("jobs: ['a;b']"), lkp("jobs: ['a-1%,b=2@x+y.yaml']");
    job_that_is_an_option "J070": lkp("jobs: ['-rf']"), lkp("jobs: [a-rf]");
    empty_job "J070": lkp("jobs: ['']"), lkp("jobs: [a]");
    case_above "J070": lkp("cases: [../mine], jobs: [a]"), lkp("cases: [./mine, one.yaml], jobs: [a]");
    learned_under_another_key "J071": learned("$ipadr", "{ipaddr: $ipaddr}", ""), learned("$ipaddr", "{ipaddr: $ipaddr}", "");
    learned_of_a_value_that_is_no_word "J071": learned("$x", "{ipaddr: $ipaddr, x: y}", ""), learned("$x", "{ipaddr: $ipaddr, x: $y}", "");
    learned_in_a_list "J071": learned("[$ipaddr]", "{ipaddr: $ipaddr}", ""), learned("[$ 1, a$b]", "{ipaddr: $ipaddr}", "");
    learned_in_another_role "J071": learned("$x", "{ipaddr: $ipaddr}", "- test: {role: [h], protocols: {lava-multinode: [{action: lkp-run, request: lava-wait, messageID: up, message: {x: $x}}]}, lkp: {jobs: [a]}}\n"), learned("$x", "{ipaddr: $ipaddr}", "- test: {role: [g], protocols: {lava-multinode: [{action: lkp-run, request: lava_wait_all, messageID: up, message: {x: $x}}]}, lkp: {jobs: [a]}}\n");
    learned_without_roles "J071": lkp("jobs: [a], set: {server: $ipaddr}"), lkp("jobs: [a], set: {server: 10.0.0.1, more: [1, 2]}");
    revision_of_a_folder "J072": lkp("source: ../lkp, revision: v1, jobs: [a]"), lkp("source: 'file:///srv/lkp', revision: v1, jobs: [a]");
    revision_of_an_archive "J072": lkp("source: 'https://x/lkp.tar.gz', revision: v1, jobs: [a]"), lkp("source: 'https://x/lkp', revision: v1, jobs: [a]");
    revision_of_nothing "J072": lkp("revision: v1, jobs: [a]"), lkp("jobs: [a]");
    engine_without_an_image "J073": lkp("jobs: [a], containers: {runtime: podman}"), lkp("jobs: [a], containers: {runtime: podman, image: debian}");
    network_of_a_sandbox "J074": lkp("jobs: [a], containers: {runtime: sandbox, network: lab}"), lkp("jobs: [a], containers: {runtime: sandbox, network: none}");
    network_of_an_engine "J074": lkp("jobs: [a], containers: {runtime: sandbox, network: lab}"), lkp("jobs: [a], containers: {image: debian, network: lab}");
    too_little_memory "J075": lkp("jobs: [a], containers: {limits: {memory: 5M}}"), lkp("jobs: [a], containers: {limits: {memory: 6M}}");
    too_much_memory "J075": lkp("jobs: [a], containers: {limits: {memory: 99999999999999999999T}}"), lkp("jobs: [a], containers: {limits: {memory: 1024TiB}}");
    one_lkp_job_twice "J076": lkp("jobs: [hackbench, a, hackbench/hackbench.yaml]"), lkp("jobs: [hackbench, a, hackbench/other.yaml]");
    clients_without_a_server "J077": cluster("client", "[client]"), cluster("[client, server]", "client");
    step_longer_than_the_job "J018": single("- deploy: {to: ssh, timeouts: {lava-overlay: {minutes: 61}}}\n"), single("- deploy: {to: ssh, timeouts: {lava-overlay: {minutes: 60}}}\n");
    guest_with_a_device "J012": roles("h: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: h, expect_role: h, device: d}", BOTH), roles("h: {count: 1, device_type: x, device: d}, g: {count: 1, connection: ssh, host_role: h, expect_role: h}", BOTH);
    shallow_with_revision "J013": single(&format!("{DEPLOY}- test: {{definitions: [{{from: git, repository: r, path: p, name: a, revision: c, shallow: true}}]}}\n")), single(&format!("{DEPLOY}- test: {{definitions: [{{from: git, repository: r, path: p, name: a, revision: c}}]}}\n"));
    one_prompt "J017": single(&format!("{DEPLOY}- boot: {{method: ssh, prompts: 'root@x:'}}\n")), single(&format!("{DEPLOY}- boot: {{method: ssh, prompts: ['root@x:']}}\n"));
    limit_for_no_step "J019": single("- deploy: {to: ssh, timeouts: {lava-overlais: {minutes: 1}}}\n"), single("- deploy: {to: ssh, timeouts: {lava-overlay: {minutes: 1}}}\n");
    limit_for_the_step_of_another_block "J019": single(&format!("{DEPLOY}- boot: {{method: ssh, timeouts: {{scp-overlay: {{minutes: 1}}}}}}\n")), single(&format!("{DEPLOY}- boot: {{method: ssh, timeouts: {{login-ssh: {{minutes: 1}}}}}}\n"));
    no_role "J020": group("- deploy: {to: ssh, role: [h, g]}\n- boot: {method: ssh}\n"), group("- deploy: {to: ssh, role: [h, g]}\n- boot: {method: ssh, role: [h]}\n");
    unknown_role "J021": group("- deploy: {to: ssh, role: [h, g, gg]}\n"), group(BOTH);
    typo_in_a_role_is_not_an_idle_role "J021": roles("host: {count: 1, device_type: x}, client: {count: 1, device_type: x}", "- deploy: {to: ssh, role: [host, clent]}\n"), roles("host: {count: 1, device_type: x}, client: {count: 1, device_type: x}", "- deploy: {to: ssh, role: [host, client]}\n");
    unknown_host_role "J022": roles("host: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: hots, expect_role: host}", "- deploy: {to: ssh, role: [host, g]}\n"), roles("host: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: host, expect_role: host}", "- deploy: {to: ssh, role: [host, g]}\n");
    expect_role_alone "J022": roles("h: {count: 1, device_type: x}, g: {count: 1, device_type: x, expect_role: h}", BOTH), roles("h: {count: 1, device_type: x}, g: {count: 1, device_type: x}", BOTH);
    guest_of_a_guest "J023": roles("h: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: h, expect_role: h}, i: {count: 1, connection: ssh, host_role: g, expect_role: h}", "- deploy: {to: ssh, role: [h, g, i]}\n"), roles("h: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: h, expect_role: h}, i: {count: 1, connection: ssh, host_role: h, expect_role: g}", "- deploy: {to: ssh, role: [h, g, i]}\n");
    many_hosts "J024": roles("h: {count: 2, device_type: x}, g: {count: 1, connection: ssh, host_role: h, expect_role: h}", BOTH), group(BOTH);
    expects_itself "J025": roles("h: {count: 1, device_type: x}, g: {count: 1, connection: ssh, host_role: h, expect_role: g}", BOTH), group(BOTH);
    idle_role "J026": group("- deploy: {to: ssh, role: [h]}\n"), group(BOTH);
    one_device_many_nodes "J027": roles("h: {count: 2, device_type: x, device: d}", "- deploy: {to: ssh, role: [h]}\n"), roles("h: {count: 1, device_type: x, device: d}", "- deploy: {to: ssh, role: [h]}\n");
    no_device_type "J028": format!("{TOP}{LIMIT}actions:\n{DEPLOY}"), single(DEPLOY);
    device_type_of_a_group "J029": format!("device_type: x\n{}", group(BOTH)), group(BOTH);
    some_namespaces "J030": single("- deploy: {to: ssh, namespace: a}\n- boot: {method: ssh}\n"), single("- deploy: {to: ssh, namespace: a}\n- boot: {method: ssh, namespace: a}\n");
    boot_without_deploy "J031": single("- boot: {method: grub, commands: nfs}\n"), single(&format!("{DEPLOY}- boot: {{method: grub, commands: nfs}}\n"));
    boot_in_another_namespace "J031": single("- deploy: {to: ssh, namespace: a}\n- boot: {method: grub, namespace: b, commands: nfs}\n"), single("- deploy: {to: ssh, namespace: a}\n- boot: {method: new_connection, connection: uart, namespace: b}\n");
    tests_that_nothing_copies "J031": single(&format!("- boot: {{method: ssh}}\n{}", test(""))), single("- boot: {method: ssh}\n");
    host_id_of_no_message "J032": guest_boot("{hostID: address, host_key: ipaddr}"), guest_boot("{hostID: ipv4, host_key: ipaddr}");
    host_id_with_a_typo "J032": guest_boot("{hostID: ipv6, host_key: ipaddr}"), guest_boot("{hostID: ipv4, host_key: ipaddr}");
    host_key_that_is_not_taken "J032": guest_boot("{hostID: ipv4, host_key: ipadr}"), guest_boot("{hostID: ipv4, host_key: ipaddr}");
    call_without_roles "J033": single(&format!("- deploy: {{to: ssh, {}}}\n", wait("request: lava-sync, messageID: a"))), single(DEPLOY);
    picks_nothing "J034": group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava_wait, messageID: a, message: {b: c}"))), group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava_wait, messageID: a, message: {b: $b}")));
    wait_for_no_role "J035": group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava-wait-all, messageID: a, role: k"))), group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava-wait-all, messageID: a, role: h")));
    role_without_roles "J036": single("- deploy: {to: ssh, role: [a]}\n- boot: {method: ssh, role: [a]}\n"), single(&format!("{DEPLOY}- boot: {{method: ssh}}\n"));
    sum_longer_than_the_job "J037": single("- deploy: {to: ssh, timeout: {minutes: 40}}\n- boot: {method: ssh, timeout: {minutes: 21}, failure_retry: 3}\n"), single("- deploy: {to: ssh, timeout: {minutes: 40}}\n- boot: {method: ssh, timeout: {minutes: 20}, failure_retry: 3}\n");
    sums_are_of_one_role "J037": group("- deploy: {to: ssh, role: [h, g], timeout: {minutes: 40}}\n- boot: {method: ssh, role: [h], timeout: {minutes: 21}}\n"), group("- deploy: {to: ssh, role: [h], timeout: {minutes: 40}}\n- deploy: {to: ssh, role: [g], timeout: {minutes: 40}}\n");
    call_longer_than_its_block "J038": group(&format!("- deploy: {{to: ssh, role: [h, g], timeout: {{minutes: 5}}, {}}}\n", wait("request: lava-sync, messageID: a, timeout: {minutes: 6}"))), group(&format!("- deploy: {{to: ssh, role: [h, g], timeout: {{minutes: 5}}, {}}}\n", wait("request: lava-sync, messageID: a, timeout: {minutes: 5}")));
    start_longer_than_the_job "J038": delayed("61", "1"), delayed("60", "1");
    start_shorter_than_the_hosts_deploy "J038": delayed("10", "11"), delayed("11", "11");
    connection_of_no_namespace "J039": single("- deploy: {to: ssh, namespace: tests}\n- boot: {method: ssh, namespace: tests, connection-namespace: testz}\n"), single("- deploy: {to: ssh, namespace: tests}\n- boot: {method: ssh, namespace: tests, connection-namespace: tests}\n");
    nothing_is_downloaded "J043": downloaded("b", "kernel"), downloaded("a", "kernel");
    another_file_is_downloaded "J043": downloaded("a", "kernl"), downloaded("a", "/kernel");
    pattern_that_nobody_compiles "J044": monitor("(?P<test_case_id>.*): (?P<result>.*"), monitor("(?P<test_case_id>.*): (?P<result>.*)");
    prompt_that_dispatch_does_not_compile "J044": single(&format!("{DEPLOY}- boot: {{method: ssh, prompts: ['(?!a)b']}}\n")), single(&format!("{DEPLOY}- boot: {{method: ssh, prompts: ['[a-z]+@x:~# $']}}\n"));
    pattern_without_a_name "J045": monitor("(?P<result>.*)"), monitor("(?P<test_case_id>.*) (?P<measurement>.*)");
    host_id_alone "J046": guest_boot("{hostID: ipv4}"), guest_boot("{hostID: ipv4, host_key: ipaddr}");
    host_key_alone "J046": guest_boot("{host_key: ipaddr}"), guest_boot("{}");
    call_at_no_step "J047": group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava-sync, messageID: a").replace("prepare-scp-overlay", "prepare-scp-overlai"))), group(&format!("- deploy: {{to: ssh, role: [h, g], {}}}\n", wait("request: lava-sync, messageID: a")));
    one_name_twice "J053": single(&format!("{DEPLOY}{}{}", test(""), test(""))), single(&format!("{DEPLOY}{}- test: {{definitions: [{}]}}\n", test(""), definition("b")));
    one_name_in_two_roles "J053": group(&format!("{BOTH}{}{}", test("role: [h, g], "), test("role: [g], "))), group(&format!("{BOTH}{}{}", test("role: [h], "), test("role: [g], ")));
}

#[test]
fn a_block_that_cannot_be_read_silences_no_rule_about_others() {
    let text = group("- deploy: {to: shs, role: [h, q]}\n- boot: {method: [], role: [g]}\n");
    let parsed = parse_job("job.yaml", &text);
    assert!(parsed.job.is_none());
    let codes: Vec<_> = parsed.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["J041", "J021", "J004"]);
}

#[test]
fn a_job_that_was_read_is_there_in_spite_of_errors() {
    let parsed = parse_job("job.yaml", &group("- deploy: {to: ssh, role: [h]}\n"));
    assert!(parsed.has_errors());
    assert!(parsed.job.is_some());
}

/// How bad it is depends on what LAVA makes of it: an error is about a job that cannot succeed.
#[test]
fn errors_are_for_jobs_that_cannot_succeed() {
    let call = |call: &str| {
        group(&format!(
            "- deploy: {{to: ssh, role: [h, g], protocols: {{lava-multinode: [{call}]}}}}\n"
        ))
    };
    let guest = |role: &str| {
        roles(
            &format!(
                "h: {{count: 1, device_type: x}}, g: {{count: 1, connection: ssh, host_role: h, {role}}}"
            ),
            BOTH,
        )
    };
    let cases = [
        (
            group("- deploy: {to: ssh, role: [h, g, q]}\n"),
            "J021",
            Severity::Warning,
        ),
        (
            group("- deploy: {to: ssh, role: [h, q]}\n"),
            "J021",
            Severity::Error,
        ),
        (guest("expect_role: g"), "J025", Severity::Warning),
        (
            guest("expect_role: g, request: lava-start"),
            "J025",
            Severity::Error,
        ),
        (
            call("{request: lava-sync, messageID: 1}"),
            "J004",
            Severity::Warning,
        ),
        (
            call("{action: {}, request: lava-sync, messageID: a}"),
            "J004",
            Severity::Warning,
        ),
        (
            call("{action: prepare-scp-overlay, request: lava-sync, messageID: 1}"),
            "J004",
            Severity::Error,
        ),
        (
            call("{action: prepare-scp-overlay, request: lava-sync, messageID: a, timeout: 5}"),
            "J004",
            Severity::Warning,
        ),
        (
            call("{action: prepare-scp-overlay, request: lava-sync, messageID: a, timeout: {}}"),
            "J010",
            Severity::Warning,
        ),
        (
            call("{action: prepare-scp-overlay, request: lava-sync, messageID: a, timeout: []}"),
            "J004",
            Severity::Error,
        ),
        (
            single("- deploy: {to: ssh, protocols: []}\n"),
            "J004",
            Severity::Warning,
        ),
        (
            single("- deploy: {to: ssh}\n")
                .replace("{minutes: 60}", "{minutes: 99999999999999999999}"),
            "J005",
            Severity::Error,
        ),
        (
            single("- deploy: {to: ssh}\n")
                .replace("{minutes: 60}", "{minutes: 60}, actions: {1: {minutes: 1}}"),
            "J005",
            Severity::Error,
        ),
        (
            single("- deploy: {to: ssh}\nprotocols: {lava-xnbd: {}}\n"),
            "J003",
            Severity::Error,
        ),
        (
            roles("1: x", "- deploy: {to: ssh}\n"),
            "J004",
            Severity::Error,
        ),
    ];
    for (text, code, severity) in cases {
        let found = parse_job("job.yaml", &text).findings;
        let found: Vec<_> = found.iter().map(|f| (f.code, f.severity)).collect();
        assert!(
            found.contains(&(code, severity)),
            "{code}: {found:?}\n{text}"
        );
        let other = found.iter().any(|(c, s)| *c == code && *s != severity);
        assert!(!other, "{code}: {found:?}\n{text}");
    }
}

/// Hostile jobs: what would take long is left out, and nothing panics.
#[test]
fn huge_jobs_are_read_all_the_same() {
    let boots = "- boot: {method: ssh, role: [a], timeouts: {x: {seconds: 1}}}\n".repeat(20_000);
    let parsed = parse_job("job.yaml", &single(&boots));
    assert!(parsed.job.is_some());
    let codes: Vec<_> = parsed.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["J049"]);
    let names: String = (0..20_000).map(|n| format!("r{n}, ")).collect();
    let text = group(&format!("- deploy: {{to: ssh, role: [{names}]}}\n"));
    assert!(parse_job("job.yaml", &text).job.is_some());
}

#[test]
fn roles_that_cannot_be_read_are_roles() {
    let text = roles("h: {count: 1, device_type: x}, g: 1", BOTH);
    let codes: Vec<_> = parse_job("job.yaml", &text)
        .findings
        .iter()
        .map(|f| f.code)
        .collect();
    assert_eq!(codes, ["J004"]);
}

#[test]
fn every_step_has_one_name() {
    let mut seen = HashSet::new();
    for (name, places) in steps::all() {
        assert!(seen.insert(name), "{name}");
        assert_eq!(steps::find(name), Some(places), "{name}");
    }
    assert!(seen.len() > 200);
    assert_eq!(steps::find("u-boot-commands"), None);
}

/// LAVA's recorded pipelines: a limit for any step that a job has gives no finding.
#[test]
fn limits_for_the_steps_of_recorded_pipelines_are_no_findings() {
    let test = "limits_for_the_steps_of_recorded_pipelines_are_no_findings";
    let Some(corpus) = common::corpus::corpus(test) else {
        return;
    };
    let cases = std::fs::read_dir(corpus.join("pipelines")).expect("recorded pipelines");
    let mut count = 0;
    for case in cases {
        let case = case.expect("a readable folder").path();
        let job = std::fs::read_to_string(case.join("job.yaml")).expect("a job");
        let pipeline = std::fs::read_to_string(case.join("pipeline.yaml")).expect("a pipeline");
        let names: HashSet<&str> = pipeline
            .lines()
            .filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("name: "))
            .collect();
        let limits: String = names
            .iter()
            .map(|name| format!("    {name}: {{seconds: 1}}\n"))
            .collect();
        let text = with_limits(&job, &limits);
        let found = parse_job("job.yaml", &text).findings;
        let bad: Vec<_> = found
            .iter()
            .filter(|f| f.code == "J019" && names.iter().any(|name| f.path.ends_with(name)))
            .map(|f| &f.message)
            .collect();
        assert!(bad.is_empty(), "{}: {bad:?}", case.display());
        count += names.len();
    }
    assert!(count > 1000, "only {count} steps");
}

/// The job with limits by step name: what is written last counts.
fn with_limits(job: &str, limits: &str) -> String {
    format!("{job}\ntimeouts:\n  job: {{days: 9}}\n  actions:\n{limits}")
}
