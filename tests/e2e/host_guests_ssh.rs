//! The job this program was made for, on real OpenSSH: a host, and guests that are further connections to it.

use std::collections::BTreeSet;

use common::yaml::{host_guests_job, inline};
use common::{JobTest, journal, need};

const HOST: [&str; 5] = [
    "test -s /root/.ssh/authorized_keys && lava-test-case authorized --result pass",
    "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
    "lava-send lava_start",
    "lava-sync clients",
    "test $(lava-group guest | wc -l) = 3 && lava-test-case lists-guests --result pass",
];

const GUEST: [&str; 7] = [
    "lava-test-case before --result pass",
    "lava-sync clients",
    // The tarball under the name that LAVA's documentation promises; the job id is cut out of the folder's name.
    "tar -tzf /$(pwd|awk -F'-' '{print $2}'|awk -F'/' '{print $1}')-overlay*.tar.gz >/dev/null && lava-test-case promised-name --result pass",
    "tar -tzf /lava-$LAVA_JOB_ID/overlay-*.tar.gz | grep -q lava-test-runner && lava-test-case own-name --result pass",
    "test -x /lava-$LAVA_JOB_ID/bin/lava-test-case && lava-test-case unpacked --result pass",
    "test \"$(lava-role)\" = guest && lava-test-case role --result pass",
    "lava-test-case whoami --result pass --measurement $(lava-self)",
];

#[test]
fn a_host_and_three_guests() {
    let Some(farm) = need::machines("host_guests_ssh::a_host_and_three_guests", &["machine"])
    else {
        return;
    };
    let job = host_guests_job(
        3,
        &inline("ssh-server", &HOST),
        &inline("ssh-client", &GUEST),
    );
    let outcome = JobTest::new("host and guests")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    assert_eq!(outcome.verdict(), "pass");
    outcome.has("host", "0_ssh-server", "authorized", "pass");
    outcome.has("host", "0_ssh-server", "lists-guests", "pass");
    let mut ids = BTreeSet::from([outcome.job_id("host")]);
    for guest in ["guest-1", "guest-2", "guest-3"] {
        for case in ["before", "promised-name", "own-name", "unpacked", "role"] {
            outcome.has(guest, "0_ssh-client", case, "pass");
        }
        let me = outcome.row(guest, "0_ssh-client", "whoami")["measurement"].to_string();
        assert_eq!(me.trim_matches('"'), outcome.job_id(guest));
        ids.insert(outcome.job_id(guest));
        let assigned = outcome.entry("assigned", |e| journal::is(e, "node-assigned", guest));
        assert_eq!(assigned["host"], "host");
        assert_eq!(assigned["role"], "guest");
    }
    assert_eq!(ids.len(), 4, "every node has a job id of its own");

    // Guests touch the machine only after the host said so.
    let start = outcome.entry("lava_start", |e| {
        journal::is(e, "bus-sent", "host") && e["id"] == "lava_start"
    });
    for guest in ["guest-1", "guest-2", "guest-3"] {
        let first = outcome.entry("first step", |e| journal::is(e, "step-started", guest));
        assert!(
            journal::at(&start) <= journal::at(&first),
            "{guest} started early\n{outcome}"
        );
    }
    let address = farm.node("machine").address().to_string();
    let sent = outcome.entry("ipv4", |e| {
        journal::is(e, "bus-sent", "host") && e["id"] == "ipv4"
    });
    assert_eq!(sent["data"]["ipaddr"], address.as_str());
}

#[test]
fn guests_do_not_tread_on_each_other() {
    let name = "host_guests_ssh::guests_do_not_tread_on_each_other";
    let Some(farm) = need::machines(name, &["machine"]) else {
        return;
    };
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
        "lava-wait-all mine guest",
        "lava-sync end",
    ];
    let guest = [
        "lava-send mine value=$(lava-self)",
        "lava-wait-all mine guest",
        "sort -u \"$LAVA_MULTI_NODE_CACHE\"",
        "test $(grep -c value= \"$LAVA_MULTI_NODE_CACHE\") -ge 2 && lava-test-case cache --result pass",
        "lava-test-case same-name --result pass --measurement $(lava-self)",
        "test \"$(cat $LAVA_RESULT_DIR/results/same-name/measurement)\" = $(lava-self) && lava-test-case own-folder --result pass",
        "lava-sync end",
        "test -d /lava-$(lava-self) && lava-test-case own-overlay --result pass",
    ];
    let job = host_guests_job(3, &inline("server", &host), &inline("client", &guest));
    let outcome = JobTest::new("isolation")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    for node in ["guest-1", "guest-2", "guest-3"] {
        for case in ["cache", "own-folder", "own-overlay"] {
            outcome.has(node, "0_client", case, "pass");
        }
        let value = outcome.row(node, "0_client", "same-name")["measurement"].to_string();
        assert_eq!(value.trim_matches('"'), outcome.job_id(node));
    }
}

#[test]
fn the_machines_own_keys_survive() {
    let Some(farm) = need::machines(
        "host_guests_ssh::the_machines_own_keys_survive",
        &["machine"],
    ) else {
        return;
    };
    let before =
        "mkdir -p /root/.ssh; echo 'ssh-ed25519 AAAAmine mine' >/root/.ssh/authorized_keys";
    assert!(farm.node("machine").exec(before).status.success());
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
        "lava-sync end",
    ];
    let job = host_guests_job(
        1,
        &inline("server", &host),
        &inline("client", &["lava-sync end"]),
    );
    let outcome = JobTest::new("keys")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("guest", "lava", "0_client", "pass");
    let keys = farm
        .node("machine")
        .exec("cat /root/.ssh/authorized_keys")
        .stdout;
    assert!(
        String::from_utf8_lossy(&keys).contains("AAAAmine"),
        "a line that was there is kept"
    );
}
