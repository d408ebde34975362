use super::{exchange, findings, job, told};
#[test]
fn show() {
    let t: &[(&str, &[(&str, &[&str])])] = &[
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
    for (n, r) in t {
        println!("== {n}\n{}", told(r));
    }
    let t = job(&[
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
                "lava-wait never",
            ],
        ),
    ]);
    println!("{}\n{}", exchange(&t).text(), exchange(&t).mermaid());
    let _ = findings;
}
