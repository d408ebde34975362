//! Several machines that talk to each other over the bus.

use common::yaml::{Machines, group_job, inline};
use common::{JobTest, Outcome, journal, need};

/// Two roles on two machines.
fn pair(left: &[&str], right: &[&str]) -> String {
    let role = |role, steps| Machines {
        role,
        count: 1,
        keys: "",
        definitions: inline("talk", steps),
    };
    group_job(&[role("left", left), role("right", right)])
}

/// Every node reached its end and every suite its last line.
fn complete(outcome: &Outcome, nodes: &[&str]) {
    for node in nodes {
        outcome.has(node, "lava", "0_talk", "pass");
        assert!(outcome.failure_of(node).is_none(), "{outcome}");
    }
}

#[test]
fn a_message_and_its_data_arrive() {
    let Some(farm) = need::machines("multinode::a_message_and_its_data_arrive", &["a", "b"]) else {
        return;
    };
    let job = pair(
        &[
            "lava-send greeting word=hello phrase='two words' empty=",
            "lava-sync end",
        ],
        &[
            "lava-wait greeting",
            "cat /tmp/lava_multi_node_cache.txt",
            "grep -qE '^[0-9]+:word=hello$' /tmp/lava_multi_node_cache.txt && lava-test-case word --result pass",
            "grep -qE '^[0-9]+:phrase=two words$' /tmp/lava_multi_node_cache.txt && lava-test-case phrase --result pass",
            "cmp \"$LAVA_MULTI_NODE_CACHE\" /tmp/lava_multi_node_cache.txt && lava-test-case own-cache --result pass",
            "lava-sync end",
        ],
    );
    let outcome = JobTest::new("message")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["left", "right"]);
    for case in ["word", "phrase", "own-cache"] {
        outcome.has("right", "0_talk", case, "pass");
    }
    outcome.has("left", "0_talk", "multinode-send-greeting", "pass");
    outcome.has("right", "0_talk", "multinode-wait-greeting", "pass");
    outcome.has("right", "0_talk", "multinode-sync-end", "pass");
    let sent = outcome.entry("bus-sent", |e| journal::is(e, "bus-sent", "left"));
    assert_eq!(sent["id"], "greeting");
    assert_eq!(sent["data"]["phrase"], "two words");
}

#[test]
fn a_waiter_is_woken_by_the_message() {
    let Some(farm) = need::machines("multinode::a_waiter_is_woken_by_the_message", &["a", "b"])
    else {
        return;
    };
    let job = pair(&["sleep 1", "lava-send late"], &["lava-wait late"]);
    let outcome = JobTest::new("woken")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["left", "right"]);
    let waiting = outcome.entry("bus-waiting", |e| journal::is(e, "bus-waiting", "right"));
    let sent = outcome.entry("bus-sent", |e| journal::is(e, "bus-sent", "left"));
    let done = outcome.entry("bus-done", |e| journal::is(e, "bus-done", "right"));
    assert!(journal::at(&waiting) < journal::at(&sent));
    let woken = journal::at(&done) - journal::at(&sent);
    assert!((0.0..0.5).contains(&woken), "woken after {woken} s");
}

#[test]
fn wait_all_has_what_every_sender_said() {
    let Some(farm) = need::machines(
        "multinode::wait_all_has_what_every_sender_said",
        &["a", "b", "c"],
    ) else {
        return;
    };
    let role = |role, count, steps: &[&str]| Machines {
        role,
        count,
        keys: "",
        definitions: inline("talk", steps),
    };
    let job = group_job(&[
        role(
            "collector",
            1,
            &[
                "lava-wait-all ready worker",
                "sort /tmp/lava_multi_node_cache.txt",
                "test $(grep -cE '^[0-9]+:who=' /tmp/lava_multi_node_cache.txt) = 2 && lava-test-case both --result pass",
                "for id in $(lava-group worker); do grep -qx \"$id:who=$id\" /tmp/lava_multi_node_cache.txt || exit 1; done",
                "lava-test-case by-sender --result pass",
                "lava-send ready who=$(lava-self)",
                "lava-wait-all ready",
                "lava-sync end",
            ],
        ),
        role(
            "worker",
            2,
            &[
                "lava-send ready who=$(lava-self)",
                "lava-wait-all ready",
                "lava-sync end",
            ],
        ),
    ]);
    let outcome = JobTest::new("wait-all")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["collector", "worker-1", "worker-2"]);
    outcome.has("collector", "0_talk", "both", "pass");
    outcome.has("collector", "0_talk", "by-sender", "pass");
    assert_eq!(
        outcome
            .rows("collector", "0_talk", "multinode-wait_all-ready")
            .len(),
        2
    );
}

#[test]
fn a_barrier_can_be_used_again() {
    let Some(farm) = need::machines("multinode::a_barrier_can_be_used_again", &["a", "b"]) else {
        return;
    };
    let steps = [
        "for i in 1 2 3 4 5 6 7 8 9 10; do lava-sync round || exit 1; done",
        "lava-test-case ten-rounds --result pass",
    ];
    let job = pair(&steps, &steps);
    let outcome = JobTest::new("barrier")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["left", "right"]);
    for node in ["left", "right"] {
        outcome.has(node, "0_talk", "ten-rounds", "pass");
        assert_eq!(
            outcome.rows(node, "0_talk", "multinode-sync-round").len(),
            10
        );
    }
}

#[test]
fn everybody_knows_who_is_who() {
    let Some(farm) = need::machines("multinode::everybody_knows_who_is_who", &["a", "b"]) else {
        return;
    };
    let steps = |role: &str| {
        vec![
            "lava-group".to_owned(),
            "test $(lava-group | wc -l) = 2 && lava-test-case all --result pass".to_owned(),
            format!("test \"$(lava-role)\" = {role} && lava-test-case role --result pass"),
            format!("lava-group | grep -qE \"^$(lava-self)[[:space:]]+{role}$\" && lava-test-case self --result pass"),
            "test \"$(lava-role list | sort | tr '\\n' ' ')\" = 'left right ' && lava-test-case roles --result pass".to_owned(),
            format!("test \"$(lava-group {role})\" = \"$(lava-self)\" && lava-test-case by-role --result pass"),
            "! lava-group nobody && lava-test-case no-such-role --result pass".to_owned(),
            "test \"$(lava-self)\" = \"$LAVA_JOB_ID\" && lava-test-case job-id --result pass".to_owned(),
        ]
    };
    let (left, right) = (steps("left"), steps("right"));
    let words = |steps: &[String]| {
        inline(
            "talk",
            &steps.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    let role = |role, definitions| Machines {
        role,
        count: 1,
        keys: "",
        definitions,
    };
    let job = group_job(&[role("left", words(&left)), role("right", words(&right))]);
    let outcome = JobTest::new("who").job(&job).on(&farm).expect_exit(0).run();
    for node in ["left", "right"] {
        for case in [
            "all",
            "role",
            "self",
            "roles",
            "by-role",
            "no-such-role",
            "job-id",
        ] {
            outcome.has(node, "0_talk", case, "pass");
        }
    }
    assert_ne!(outcome.job_id("left"), outcome.job_id("right"));
}

#[test]
fn a_helper_works_in_the_background_and_under_noise() {
    let name = "multinode::a_helper_works_in_the_background_and_under_noise";
    let Some(farm) = need::machines(name, &["a", "b"]) else {
        return;
    };
    let job = pair(
        &[
            "(lava-wait go >/tmp/said 2>&1 </dev/null; echo done >/tmp/woken) & waiter=$!",
            "lava-send ready",
            "wait $waiter",
            "lava-test-case background --shell grep -q done /tmp/woken",
        ],
        &[
            "lava-wait ready",
            "(while :; do printf 'noise <LAVA_ noise\\r'; done) & noise=$!",
            "lava-send go now=yes",
            "lava-test-case in-noise --result pass",
            "kill $noise",
        ],
    );
    let outcome = JobTest::new("background")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["left", "right"]);
    outcome.has("left", "0_talk", "background", "pass");
    outcome.has("right", "0_talk", "in-noise", "pass");
}

#[test]
fn too_few_devices_are_said_before_anything_starts() {
    let name = "multinode::too_few_devices_are_said_before_anything_starts";
    let Some(farm) = need::machines(name, &["a", "b"]) else {
        return;
    };
    let job = group_job(&[Machines {
        role: "many",
        count: 3,
        keys: "",
        definitions: inline("talk", &["true"]),
    }]);
    let outcome = JobTest::new("too few")
        .job(&job)
        .on(&farm)
        .expect_exit(3)
        .run();
    outcome.says_one_of(&["3 devices", "three devices", "needs 3", "too few"]);
    for node in farm.nodes() {
        assert!(
            !node.log().contains("Accepted publickey"),
            "{} was touched",
            node.name()
        );
    }
}

#[test]
fn tags_choose_the_device() {
    let Some(farm) = need::machines("multinode::tags_choose_the_device", &["a", "b"]) else {
        return;
    };
    let role = |role, keys| Machines {
        role,
        count: 1,
        keys,
        definitions: inline(
            "talk",
            &["lava-test-case name --shell cat /proc/sys/kernel/hostname"],
        ),
    };
    let job = group_job(&[
        role("left", ", tags: [b]"),
        role("right", ", tags: [a, x86]"),
    ]);
    let outcome = JobTest::new("tags")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    let device = |node: &str| {
        outcome.entry("assigned", |e| journal::is(e, "node-assigned", node))["device"].clone()
    };
    assert_eq!(device("left"), "b");
    assert_eq!(device("right"), "a");
    outcome.has("left", "0_talk", "name", "pass");
}

#[test]
fn an_essential_role_takes_the_group_along() {
    let Some(farm) = need::machines(
        "multinode::an_essential_role_takes_the_group_along",
        &["a", "b"],
    ) else {
        return;
    };
    let role = |role, keys, steps: &[&str]| Machines {
        role,
        count: 1,
        keys,
        definitions: inline("talk", steps),
    };
    let job = group_job(&[
        role(
            "left",
            ", essential: true",
            &["lava-wait ready", "lava-test-raise it is broken"],
        ),
        role(
            "right",
            "",
            &[
                "lava-test-case before --result pass",
                "lava-send ready",
                "sleep 100",
            ],
        ),
    ]);
    let outcome = JobTest::new("essential")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["test"]);
    outcome.says("it is broken");
    outcome.has("right", "0_talk", "before", "pass");
    let end =
        |node: &str| journal::at(&outcome.entry("ended", |e| journal::is(e, "node-ended", node)));
    let told = end("right") - end("left");
    assert!(told < 10.0, "the other node was told after {told} s");
    assert_eq!(outcome.failure_of("right").unwrap()["class"], "cancelled");
}

/// A wait that its own script gave up is taken back: it neither counts as a deadlock while it lasts, for the script goes on
/// afterwards, nor is anybody told of it later.
#[test]
fn a_wait_that_is_given_up_harms_nobody() {
    let Some(farm) = need::machines(
        "multinode::a_wait_that_is_given_up_harms_nobody",
        &["a", "b"],
    ) else {
        return;
    };
    let role = |role, steps: &[&str]| Machines {
        role,
        count: 1,
        keys: "",
        definitions: inline("talk", steps),
    };
    let job = group_job(&[
        role(
            "left",
            &[
                "timeout 1 lava-wait never || lava-test-case gave-up --result pass",
                "lava-send late",
                "lava-sync end",
            ],
        ),
        role("right", &["lava-wait late", "lava-sync end"]),
    ]);
    let outcome = JobTest::new("given up")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    complete(&outcome, &["left", "right"]);
    outcome.has("left", "0_talk", "gave-up", "pass");
}
