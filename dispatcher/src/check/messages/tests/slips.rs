//! Ids that are one slip of the pen apart.

use std::fmt::Write as _;

use super::{exchange, job};

type Roles<'a> = &'a [(&'a str, &'a [&'a str])];

/// `J066 lava-send redy: ready` per finding: its code, what it stands at, and what it suggests; `*` with a change.
fn told(text: &str) -> String {
    let mut out = Vec::new();
    for finding in exchange(text).findings() {
        let mut line = String::new();
        let words = &text[finding.span.start..finding.span.end];
        write!(line, "{} {words}", finding.code).unwrap();
        let help = finding.help.unwrap_or_default();
        if let Some(rest) = help.strip_prefix("did you mean `") {
            write!(line, ": {}", rest.split('`').next().unwrap()).unwrap();
        }
        if let Some(fix) = finding.fix {
            let edit = &fix.edits[0];
            assert_eq!(edit.span.line, finding.span.line);
            line.push('*');
        }
        out.push(line);
    }
    out.join(", ")
}

#[test]
fn both_sides_are_told() {
    let cases: &[(Roles, &str)] = &[
        // Written once each: nobody knows which is right.
        (
            &[("a", &["lava-send redy"]), ("b", &["lava-wait ready"])],
            "J066 lava-send redy: ready, J060 lava-wait ready: redy",
        ),
        (
            &[("a", &["lava-sync goo"]), ("b", &["lava-sync good"])],
            "J062 lava-sync goo: good, J066 lava-sync good: goo",
        ),
        // What is written more often is right.
        (
            &[
                ("a", &["lava-send redy"]),
                ("b", &["lava-wait ready"]),
                ("c", &["lava-wait ready"]),
            ],
            "J066 lava-send redy: ready*, J060 lava-wait ready: ready",
        ),
        (
            &[
                ("a", &["lava-send ready"]),
                ("b", &["lava-wait redy"]),
                ("c", &["lava-wait ready"]),
            ],
            "J060 lava-wait redy: ready*",
        ),
        (
            &[
                ("a", &["lava-sync go-on"]),
                ("b", &["lava-sync go-onn"]),
                ("c", &["lava-sync go-on"]),
            ],
            "J062 lava-sync go-onn: go-on*",
        ),
        // One of several senders.
        (
            &[
                ("a", &["lava-wait-all done"]),
                ("b", &["lava-send dnoe"]),
                ("c", &["lava-send done"]),
            ],
            "J060 lava-wait-all done: done, J066 lava-send dnoe: done*",
        ),
        // The id of the delayed start is always right.
        (
            &[
                ("a", &["lava-send lava_satrt", "lava-wait-all end b"]),
                ("b:2<a", &["lava-send end"]),
            ],
            "J063 a: lava_start, J066 lava-send lava_satrt: lava_start*",
        ),
        // Two edits in a long id; a branch whose other side is right.
        (
            &[
                ("a", &["lava-send client-fniishd"]),
                ("b", &["lava-wait client-finished"]),
            ],
            "J066 lava-send client-fniishd: client-finished, J060 lava-wait client-finished: client-fniishd",
        ),
        (
            &[
                (
                    "a",
                    &["if uname; then lava-send raedy; else lava-send ready; fi"],
                ),
                ("b", &["lava-wait ready"]),
            ],
            "J066 lava-send raedy: ready*",
        ),
        // The one that is lacking.
        (
            &[
                (
                    "a",
                    &["lava-sync round1", "lava-sync roundx", "lava-sync round3"],
                ),
                ("b", &["for i in 1 2 3; do lava-sync round$i; done"]),
            ],
            "J062 lava-sync roundx: round2*",
        ),
    ];
    for (roles, expected) in cases {
        assert_eq!(told(&job(roles)), *expected, "{roles:?}");
    }
}

/// Beside unknown pieces a slip is a warning only, and what has its partners is none.
#[test]
fn beside_unknown_pieces() {
    let cases: &[(Roles, &str)] = &[
        (
            &[
                ("a", &["./x", "lava-send redy"]),
                ("b", &["lava-wait ready"]),
            ],
            "J066 lava-send redy: ready, J066 lava-wait ready: redy",
        ),
        (
            &[
                ("a", &["lava-sync on-line"]),
                ("b", &["./x", "lava-sync on-line"]),
                ("c", &["./x", "lava-sync online"]),
            ],
            "J066 lava-sync online: on-line*",
        ),
        // Other ids: too far, too short, or numbered.
        (
            &[
                ("a", &["./x", "lava-send read"]),
                ("b", &["lava-wait write"]),
            ],
            "",
        ),
        (
            &[("a", &["./x", "lava-send tx"]), ("b", &["lava-wait rx"])],
            "",
        ),
        (
            &[
                ("a", &["./x", "lava-send round1", "lava-send node-a"]),
                ("b", &["lava-wait round2", "lava-wait node-b"]),
            ],
            "",
        ),
        // Both have their partners.
        (
            &[
                ("a", &["./x", "lava-send load", "lava-send loads"]),
                ("b", &["lava-wait load", "lava-wait loads"]),
            ],
            "",
        ),
        // Two messages of one role.
        (
            &[
                ("a", &["./x", "lava-send load", "lava-wait loads"]),
                ("b", &["true"]),
            ],
            "",
        ),
    ];
    for (roles, expected) in cases {
        assert_eq!(told(&job(roles)), *expected, "{roles:?}");
    }
}

/// The wait of a deploy; what its boot names as `hostID` is told to it, whoever sends it.
#[test]
fn ids_of_steps() {
    let roles: Roles = &[
        (
            "host",
            &["SEND", "lava-send lava_start", "lava-wait-all end guest"],
        ),
        ("guest<host", &["lava-send end"]),
    ];
    let wait = "- deploy:\n    role: [guest]\n    to: ssh\n    protocols:\n      lava-multinode:\n      - \
                {action: prepare-scp-overlay, request: lava-wait, messageID: ipv, message: {ipaddr: $ipaddr}}\n";
    for (send, expected) in [
        (
            "lava-send ipv4 ipaddr=1",
            "J066 lava-send ipv4 ipaddr=1: ipv, J060 ipv: ipv4",
        ),
        ("lava-send ipv ipaddr=1", ""),
        ("./send-it.sh", ""),
    ] {
        let text = job(roles)
            .replace("SEND", send)
            .replace("- deploy: {role: [guest], to: ssh}\n", wait);
        assert_eq!(told(&text), expected, "{send}");
    }
}
