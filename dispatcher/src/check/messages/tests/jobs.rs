//! Findings and drawings of whole jobs.

use std::collections::BTreeMap;

use job_schema::Severity;

use super::{exchange, exchange_with, findings, job, told};
use crate::check::messages::LoadedDefinition;

type Roles = &'static [(&'static str, &'static [&'static str])];

/// A job for each kind of finding; the snapshot has what is said.
const JOBS: &[(&str, Roles)] = &[
    (
        "a_wait_that_nobody_can_meet",
        &[
            ("server", &["lava-wait-all done client", "lava-wait raedy"]),
            (
                "client:3",
                &["lava-send ready", "lava-send done", "lava-wait nothing"],
            ),
        ],
    ),
    (
        "a_slip_of_the_pen_in_a_send",
        &[
            ("server", &["lava-send redy ip=1", "lava-wait done"]),
            ("client:2", &["lava-wait ready", "lava-send done"]),
        ],
    ),
    (
        "wait_all_lacks_a_role",
        &[
            ("server", &["lava-wait-all up"]),
            ("client", &["lava-send up"]),
            ("other", &["true"]),
        ],
    ),
    (
        "wait_all_of_no_role",
        &[
            ("server", &["lava-wait-all up cleint"]),
            ("client", &["lava-send up"]),
        ],
    ),
    (
        "a_deadlock",
        &[
            ("server", &["lava-wait b", "lava-send a"]),
            ("client", &["lava-wait a", "lava-send b"]),
        ],
    ),
    (
        "a_sync_that_one_role_skips",
        &[
            ("server", &["lava-sync start", "lava-sync end"]),
            ("client:2", &["lava-sync start"]),
        ],
    ),
    (
        "syncs_in_another_order",
        &[
            ("server", &["lava-sync one", "lava-sync two"]),
            ("client:2", &["lava-sync two", "lava-sync one"]),
        ],
    ),
    (
        "a_sync_renamed",
        &[
            ("server", &["lava-sync clients", "lava-sync end"]),
            ("client:2", &["lava-sync cleints", "lava-sync end"]),
            ("third", &["lava-sync clients", "lava-sync end"]),
        ],
    ),
    (
        "a_start_that_never_comes",
        &[
            (
                "host",
                &["lava-send lava-start", "lava-wait-all done guest"],
            ),
            ("guest:2<host", &["lava-send done"]),
        ],
    ),
    (
        "a_start_after_a_wait_for_it",
        &[
            ("host", &["lava-wait-all up guest", "lava-send lava_start"]),
            ("guest:2<host", &["lava-send up"]),
        ],
    ),
    (
        "a_host_that_ends_early",
        &[
            ("host", &["lava-send lava_start", "lava-sync go"]),
            ("guest:2<host", &["lava-sync go", "uname", "lava-send done"]),
        ],
    ),
    (
        "messages_that_nobody_awaits",
        &[
            ("a", &["lava-send x", "lava-send dnoe"]),
            ("b", &["lava-send done"]),
            ("c", &["lava-wait done"]),
        ],
    ),
    (
        "keys",
        &[
            ("a", &["lava-send ip ipaddr=1 mask=2"]),
            (
                "b",
                &[
                    "lava-wait ip",
                    "grep ipadr /tmp/lava_multi_node_cache.txt | cut -d= -f2",
                    "addr=$(sed -n s/.*mask=//p /tmp/lava_multi_node_cache.txt)",
                ],
            ),
        ],
    ),
    (
        "conditions",
        &[
            ("a", &["if uname; then lava-send x; lava-wait nowhere; fi"]),
            ("b", &["lava-wait x"]),
        ],
    ),
];

#[test]
fn every_kind_of_finding_shows_all_sides() {
    for (name, roles) in JOBS {
        insta::assert_snapshot!(*name, told(roles));
    }
}

#[test]
fn drawings() {
    let text = job(&[
        (
            "host",
            &[
                "lava-send ip addr=$(hostname -I)",
                "lava-send lava_start",
                "lava-sync clients",
                "lava-wait-all load guest",
                "if uname; then lava-send extra; fi",
            ],
        ),
        (
            "guest:3<host",
            &[
                "lava-wait ip",
                "lava-sync clients",
                "lava-send load average=1",
                "./more.sh",
            ],
        ),
        ("third", &["lava-sync clients"]),
    ]);
    insta::assert_snapshot!("text", exchange(&text).text());
    insta::assert_snapshot!("mermaid", exchange(&text).mermaid());
}

/// What is unknown, conditional or in the background is never the cause of an error.
#[test]
fn only_what_is_certain_is_an_error() {
    const CLEAN: &[Roles] = &[
        &[("a", &["lava-wait x"]), ("b", &["./send-it.sh"])],
        &[("a", &["./send-it.sh"]), ("b", &["lava-wait x"])],
        &[
            ("a", &["lava-wait x", "./run.sh"]),
            ("b", &["lava-send $X"]),
        ],
        &[
            ("a", &["lava-sync x"]),
            ("b", &["while read l; do lava-sync x; done"]),
        ],
        &[
            ("a", &["lava-sync x"]),
            ("b", &["if uname; then lava-sync x; fi"]),
            ("c", &["./x"]),
        ],
        &[
            ("a", &["lava-wait-all x"]),
            ("b", &["if uname; then lava-send x; fi"]),
        ],
        &[
            ("a", &["if uname; then lava-wait nowhere; fi"]),
            ("b", &["true"]),
        ],
        &[
            ("a", &["timeout 5 lava-wait nowhere || true"]),
            ("b", &["true"]),
        ],
        &[
            ("a", &["lava-wait b", "lava-send a"]),
            ("b", &["lava-wait a & lava-send b; wait"]),
        ],
        &[
            ("a", &["lava-wait b &", "lava-send a", "wait"]),
            ("b", &["lava-wait a", "lava-send b"]),
        ],
        &[("a:40", &["lava-send x", "lava-wait-all x", "lava-sync y"])],
        &[
            ("a:2", &["lava-wait-all x a"]),
            ("b", &["python3 send.py"]),
            ("c", &["true"]),
        ],
    ];
    for roles in &CLEAN[..CLEAN.len() - 1] {
        let errors: Vec<_> = findings(roles)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        assert_eq!(errors, [], "{roles:?}");
    }
    // Nobody unknown is asked here.
    assert_eq!(findings(CLEAN[CLEAN.len() - 1])[0].code, "J060");
}

/// An unknown piece of one role is no excuse for another.
#[test]
fn certain_errors_are_found_beside_unknown_pieces() {
    for (roles, code) in [
        (
            &[("a", &["./x", "lava-sync s"] as &[&str]), ("b", &["true"])] as Roles,
            "J062",
        ),
        (
            &[("a", &["lava-wait-all s b", "./x"]), ("b", &["true"])],
            "J060",
        ),
    ] {
        let codes: Vec<&str> = findings(roles).iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [code]);
    }
}

#[test]
fn calls_of_steps_count() {
    let guest: Roles = &[
        (
            "host",
            &[
                "lava-send ipv4 ipadr=1",
                "lava-send lava_start",
                "lava-wait-all done",
            ],
        ),
        ("guest:2<host", &["lava-send done"]),
    ];
    let text = job(guest).replace(
        "- deploy: {role: [guest], to: ssh}\n",
        "- deploy:\n    role: [guest]\n    to: ssh\n    protocols:\n      lava-multinode:\n      - action: prepare-scp-overlay\n        \
         request: lava-wait\n        messageID: \"ipv4\"\n        message: {ipaddr: $ipaddr}\n",
    );
    let found = exchange(&text);
    let findings = found.findings();
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["J067"]);
    assert_eq!(
        findings[0].path,
        "actions[3].deploy.protocols.lava-multinode[0]"
    );
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `ipadr`?"));
    let wait = found
        .calls()
        .iter()
        .position(|call| call.role == "guest" && call.id.as_deref() == Some("ipv4"));
    let span = found.calls()[wait.unwrap()].id_span.unwrap();
    assert_eq!(&text[span.start..span.end], "ipv4");
    assert_eq!(found.partners(wait.unwrap()).len(), 1);
}

#[test]
fn a_job_without_roles_has_no_messages() {
    let text = "job_name: x\nvisibility: public\ntimeouts:\n  job: {minutes: 5}\ndevice_type: ssh\nactions:\n- deploy: {to: ssh}\n";
    let found = exchange_with(text, &BTreeMap::<&str, LoadedDefinition>::new());
    assert!(found.calls().is_empty() && found.findings().is_empty());
    insta::assert_snapshot!(found.text(), @"The job has no roles: nobody sends messages.");
    insta::assert_snapshot!(found.mermaid(), @"sequenceDiagram");
}
