//! What goes wrong with machines and with people: the right class, a sentence that helps, results kept, the others
//! told at once.

use std::time::Duration;

use common::yaml::{Machines, group_job, host_guests_job, inline, ssh_job};
use common::{Farm, FlakyProxy, JobTest, Lab, Mood, NodeSpec, Outcome, journal, need};
use rustix::process::Signal;

/// How late "at once" may be on a machine with other work.
const AT_ONCE: f64 = 5.0;

/// A message id that no reader of the job file can know.
const HIDDEN: &str = "id=$(printf '%s' never-sent); lava-wait $id";

fn smoke() -> String {
    ssh_job(&inline("smoke", &["lava-test-case alive --result pass"]))
}

fn role<'a>(role: &'a str, count: u32, steps: &[&str]) -> Machines<'a> {
    Machines {
        role,
        count,
        keys: "",
        definitions: inline("talk", steps),
    }
}

/// When a node's end was written.
fn end_of(outcome: &Outcome, node: &str) -> f64 {
    journal::at(&outcome.entry("node-ended", |e| journal::is(e, "node-ended", node)))
}

/// When a node's wait failed, and how it was explained.
fn failed_wait(outcome: &Outcome, node: &str) -> (f64, String) {
    let entry = outcome.entry("failed wait", |e| {
        journal::is(e, "bus-done", node) && e["failure"].is_string()
    });
    let why = entry["failure"].as_str().unwrap_or_default().to_owned();
    (journal::at(&entry), why)
}

#[test]
fn a_host_that_never_sends_lava_start() {
    let Some(farm) = need::machines("faults::a_host_that_never_sends_lava_start", &["machine"])
    else {
        return;
    };
    // The file promises it, the machine does not do it.
    let host = [
        "lava-test-case before --result pass",
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "if test -e /no/such/file; then lava-send lava_start; fi",
    ];
    let job = host_guests_job(2, &inline("server", &host), &inline("client", &["true"]));
    let outcome = JobTest::new("no start")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["multinode"]);
    outcome.says("lava_start");
    outcome.has("host", "0_server", "before", "pass");
    for guest in ["guest-1", "guest-2"] {
        let late = end_of(&outcome, guest) - end_of(&outcome, "host");
        assert!(late < AT_ONCE, "{guest} was told after {late} s");
    }
}

#[test]
fn a_host_that_ends_before_its_guests() {
    let Some(farm) = need::machines("faults::a_host_that_ends_before_its_guests", &["machine"])
    else {
        return;
    };
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
    ];
    let guest = ["lava-test-case before --result pass", HIDDEN];
    let job = host_guests_job(2, &inline("server", &host), &inline("client", &guest));
    let outcome = JobTest::new("host ends")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["multinode"]);
    outcome.says("never-sent");
    outcome.says_one_of(&["ended"]);
    for guest in ["guest-1", "guest-2"] {
        outcome.has(guest, "0_client", "before", "pass");
    }
}

#[test]
fn guests_that_need_nothing_more_outlive_their_host() {
    let name = "faults::guests_that_need_nothing_more_outlive_their_host";
    let Some(farm) = need::machines(name, &["machine"]) else {
        return;
    };
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
    ];
    let guest = ["sleep 1", "lava-test-case still-here --result pass"];
    let job = host_guests_job(2, &inline("server", &host), &inline("client", &guest));
    let outcome = JobTest::new("host done")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    for guest in ["guest-1", "guest-2"] {
        outcome.has(guest, "0_client", "still-here", "pass");
    }
}

#[test]
fn a_guest_killed_in_the_middle_of_lava_sync() {
    let Some(farm) = need::machines(
        "faults::a_guest_killed_in_the_middle_of_lava_sync",
        &["machine"],
    ) else {
        return;
    };
    // The host comes to the barrier last, so that the guests are in the middle of it.
    let host = [
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
        "until test -e /go; do sleep 0.05; done",
        "lava-sync clients",
    ];
    let guest = ["lava-test-case before --result pass", "lava-sync clients"];
    let job = host_guests_job(3, &inline("server", &host), &inline("client", &guest));
    let mut run = JobTest::new("killed guest")
        .job(&job)
        .on(&farm)
        .expect_exit(3)
        .start();
    for guest in ["guest-1", "guest-2", "guest-3"] {
        run.wait_for("guest waits", |e| {
            journal::is(e, "bus-waiting", guest)
                && e["what"].as_str().is_some_and(|what| what.contains("sync"))
        });
    }
    let assigned = run.wait_for("assigned", |e| journal::is(e, "node-assigned", "guest-2"));
    let id = assigned["job_id"].as_str().unwrap();
    // The test shell of that guest runs below this folder.
    assert!(
        farm.node("machine")
            .kill_session_of(&format!("/lava-{id}/")),
        "guest-2 runs on the machine"
    );
    for guest in ["guest-1", "guest-2", "guest-3"] {
        run.wait_for("the guests end", |e| journal::is(e, "node-ended", guest));
    }
    // The host was told nothing, for it waits for nobody; now it comes to a barrier that nobody can reach any more.
    assert!(farm.node("machine").exec("touch /go").status.success());
    let outcome = run.finish();
    outcome.failed_as(&["infrastructure"]);
    let killed = end_of(&outcome, "guest-2");
    for guest in ["guest-1", "guest-3"] {
        let (told, why) = failed_wait(&outcome, guest);
        assert!(
            (told - killed).abs() < AT_ONCE,
            "{guest} was told after {} s",
            told - killed
        );
        assert!(why.contains("guest-2"), "{why}");
        outcome.has(guest, "0_client", "before", "pass");
    }
    outcome.has("guest-2", "0_client", "before", "pass");
}

#[test]
fn a_machine_that_dies_while_another_waits_for_it() {
    let name = "faults::a_machine_that_dies_while_another_waits_for_it";
    let Some(mut farm) = need::machines(name, &["a", "b"]) else {
        return;
    };
    let job = group_job(&[
        role(
            "left",
            1,
            &["lava-test-case before --result pass", "lava-sync both"],
        ),
        role(
            "right",
            1,
            &[
                "lava-test-case before --result pass",
                "sleep 600",
                "lava-sync both",
            ],
        ),
    ]);
    let mut run = JobTest::new("dead machine")
        .job(&job)
        .on(&farm)
        .expect_exit(3)
        .start();
    run.wait_for("left waits", |e| journal::is(e, "bus-waiting", "left"));
    run.wait_for("right is busy", |e| {
        journal::is(e, "case", "right") && e["case"] == "before"
    });
    let device =
        run.wait_for("assigned", |e| journal::is(e, "node-assigned", "right"))["device"].clone();
    farm.node_mut(device.as_str().unwrap()).kill();
    let outcome = run.finish();
    outcome.failed_as(&["infrastructure"]);
    let (told, why) = failed_wait(&outcome, "left");
    assert!((told - end_of(&outcome, "right")).abs() < AT_ONCE);
    assert!(why.contains("right"), "{why}");
    for node in ["left", "right"] {
        outcome.has(node, "0_talk", "before", "pass");
    }
}

#[test]
fn a_machine_that_loses_its_network() {
    let Some(farm) = need::machines("faults::a_machine_that_loses_its_network", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline(
        "cable",
        &["lava-test-case before --result pass", "sleep 600"],
    ));
    let mut run = JobTest::new("cable")
        .job(&job)
        .on(&farm)
        .expect_exit(3)
        .within(Duration::from_secs(90))
        .start();
    run.wait_for("case", |e| {
        journal::is(e, "case", "node") && e["case"] == "before"
    });
    farm.node("a").unplug();
    let outcome = run.finish();
    // The silence is noticed long before the test's two minutes are over.
    outcome.failed_as(&["infrastructure"]);
    outcome.has("node", "0_cable", "before", "pass");
}

#[test]
fn a_wait_that_nobody_meets() {
    let Some(farm) = need::machines("faults::a_wait_that_nobody_meets", &["a", "b"]) else {
        return;
    };
    let job = group_job(&[
        role("left", 1, &["lava-test-case before --result pass", HIDDEN]),
        role("right", 1, &["lava-test-case before --result pass", HIDDEN]),
    ]);
    let outcome = JobTest::new("deadlock")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .within(Duration::from_secs(40))
        .run();
    outcome.failed_as(&["multinode"]);
    outcome.says("never-sent");
    let waiting =
        |node: &str| journal::at(&outcome.entry("waits", |e| journal::is(e, "bus-waiting", node)));
    let stuck = waiting("left").max(waiting("right"));
    for node in ["left", "right"] {
        outcome.has(node, "0_talk", "before", "pass");
        let (told, _) = failed_wait(&outcome, node);
        assert!(
            told - stuck < AT_ONCE,
            "{node} was told after {} s",
            told - stuck
        );
    }
}

#[test]
fn a_server_that_refuses_the_key() {
    let Some(farm) = need::machines("faults::a_server_that_refuses_the_key", &["a"]) else {
        return;
    };
    let lab = Lab::empty(&farm);
    lab.stranger_key("stranger");
    let node = farm.node("a");
    lab.add_at("a", node.ssh(), "stranger", Some(&node.host_key()));
    let outcome = JobTest::new("wrong key")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .expect_exit(3)
        .run();
    outcome.failed_as(&["infrastructure"]);
    outcome.says("stranger");
    outcome.says_one_of(&["refuse", "reject", "authorized_keys", "does not accept"]);
}

#[test]
fn a_server_that_changes_its_host_key() {
    let Some(mut farm) = need::machines("faults::a_server_that_changes_its_host_key", &["a"])
    else {
        return;
    };
    let lab = Lab::unpinned(&farm);
    let first = JobTest::new("pinned")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .expect_exit(0)
        .run();
    let again = JobTest::new("again")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .state_of(&first)
        .expect_exit(0)
        .run();
    assert_ne!(first.run_id(), again.run_id());
    farm.node_mut("a").change_host_key();
    let changed = JobTest::new("changed")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .state_of(&first)
        .expect_exit(3)
        .run();
    changed.failed_as(&["infrastructure"]);
    changed.says_one_of(&["host key"]);
    assert!(
        changed.rows("node", "0_smoke", "alive").is_empty(),
        "nothing runs on a stranger's machine"
    );
}

#[test]
fn a_host_key_that_was_given_and_is_another() {
    let Some(farm) = need::machines(
        "faults::a_host_key_that_was_given_and_is_another",
        &["a", "b"],
    ) else {
        return;
    };
    let lab = Lab::empty(&farm);
    lab.add(farm.node("a"), &farm.node("b").host_key());
    let outcome = JobTest::new("given key")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .expect_exit(3)
        .run();
    outcome.failed_as(&["infrastructure"]);
    outcome.says_one_of(&["host key"]);
}

/// A lab with one machine behind a proxy.
fn behind(farm: &Farm, mood: Mood) -> (FlakyProxy, Lab) {
    let node = farm.node("a");
    let proxy = FlakyProxy::start(farm, node, mood);
    let lab = Lab::empty(farm);
    lab.add_at("a", proxy.address(), "key", Some(&node.host_key()));
    (proxy, lab)
}

/// A job whose overlay is large and does not compress: 8 MB.
fn heavy(name: &str) -> JobTest {
    let mut noise = Vec::with_capacity(8 << 20);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while noise.len() < 8 << 20 {
        // xorshift: noise that is the same in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend(state.to_le_bytes());
    }
    JobTest::new(name)
        .job(&ssh_job(
            "- {from: path, name: heavy, path: t.yaml, repository: tests}\n",
        ))
        .file("tests/noise", noise)
        .file(
            "tests/t.yaml",
            common::yaml::definition_file("heavy", &["lava-test-case arrived --result pass"]),
        )
}

#[test]
fn a_large_overlay_arrives() {
    let Some(farm) = need::machines("faults::a_large_overlay_arrives", &["a"]) else {
        return;
    };
    let (_proxy, lab) = behind(&farm, Mood::Fair);
    let outcome = heavy("fair").on_lab(&farm, &lab).expect_exit(0).run();
    outcome.has("node", "0_heavy", "arrived", "pass");
}

#[test]
fn a_server_that_closes_in_the_middle_of_the_overlay() {
    let name = "faults::a_server_that_closes_in_the_middle_of_the_overlay";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let (_proxy, lab) = behind(&farm, Mood::CutAfter(3 << 20));
    let outcome = heavy("cut").on_lab(&farm, &lab).expect_exit(3).run();
    outcome.failed_as(&["infrastructure"]);
    outcome.says_one_of(&["closed", "lost", "disconnect", "broken"]);
    assert!(outcome.rows("node", "0_heavy", "arrived").is_empty());
}

#[test]
fn a_server_that_goes_silent() {
    let Some(farm) = need::machines("faults::a_server_that_goes_silent", &["a"]) else {
        return;
    };
    let (_proxy, lab) = behind(&farm, Mood::SilentAfter(3 << 20));
    let job = ssh_job("- {from: path, name: heavy, path: t.yaml, repository: tests}\n")
        .replace("action: {minutes: 2}", "action: {seconds: 5}")
        .replace("connection: {seconds: 30}", "connection: {seconds: 5}");
    let outcome = heavy("silent")
        .job(&job)
        .on_lab(&farm, &lab)
        .expect_exit(3)
        .within(Duration::from_secs(90))
        .run();
    outcome.failed_as(&["timeout"]);
    outcome.says_one_of(&["timed out", "silent", "no answer"]);
}

#[test]
fn a_server_that_never_says_hello() {
    let Some(farm) = need::machines("faults::a_server_that_never_says_hello", &["a"]) else {
        return;
    };
    let job = smoke()
        .replace("action: {minutes: 2}", "action: {seconds: 5}")
        .replace("connection: {seconds: 30}", "connection: {seconds: 3}");
    farm.node("a").stop();
    let outcome = JobTest::new("stopped")
        .job(&job)
        .on(&farm)
        .expect_exit(3)
        .within(Duration::from_secs(90))
        .run();
    outcome.failed_as(&["timeout"]);
    outcome.says(&farm.node("a").address().to_string());
}

#[test]
fn nobody_listens_at_the_address() {
    let Some(farm) = need::machines("faults::nobody_listens_at_the_address", &["a"]) else {
        return;
    };
    let lab = Lab::empty(&farm);
    let closed = (farm.node("a").address(), 2222).into();
    lab.add_at("a", closed, "key", None);
    let outcome = JobTest::new("closed port")
        .job(&smoke())
        .on_lab(&farm, &lab)
        .expect_exit(3)
        .run();
    outcome.failed_as(&["infrastructure"]);
    outcome.says("2222");
    outcome.says_one_of(&["refused"]);
}

#[test]
fn a_full_disk_on_the_node() {
    if !need::farm("faults::a_full_disk_on_the_node") {
        return;
    }
    let farm = Farm::of(vec![NodeSpec::named("a").disk("2m")]);
    let outcome = heavy("full disk").on(&farm).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    outcome.failed_as(&["infrastructure"]);
    outcome.says_one_of(&["no space left", "disk is full", "full disk", "out of space"]);
    assert!(outcome.rows("node", "0_heavy", "arrived").is_empty());
}

#[test]
fn ctrl_c_cancels_and_cleans_up() {
    let Some(farm) = need::machines("faults::ctrl_c_cancels_and_cleans_up", &["a", "b"]) else {
        return;
    };
    let steps = ["lava-test-case before --result pass", "sleep 600"];
    let job = group_job(&[role("left", 1, &steps), role("right", 1, &steps)]);
    let mut run = JobTest::new("cancel")
        .job(&job)
        .on(&farm)
        .expect_exit(130)
        .within(Duration::from_secs(60))
        .start();
    for node in ["left", "right"] {
        run.wait_for("case", |e| {
            journal::is(e, "case", node) && e["case"] == "before"
        });
    }
    run.signal(Signal::INT);
    let outcome = run.finish();
    outcome.failed_as(&["cancelled"]);
    outcome.says_one_of(&["cancel"]);
    for node in ["left", "right"] {
        outcome.has(node, "0_talk", "before", "pass");
    }
    assert_eq!(outcome.journal().last().unwrap()["event"], "run-ended");
    // The connection is closed, so the machine ends what ran on it.
    for node in farm.nodes() {
        let over = common::processes::wait_until(Duration::from_secs(20), || {
            !common::processes::in_same_pid_namespace(node.pid())
                .into_iter()
                .any(|pid| common::processes::command_line(pid).contains("lava-test-runner"))
        });
        assert!(over, "{} still runs the test", node.name());
    }
}

#[test]
fn a_second_ctrl_c_is_immediate() {
    let Some(farm) = need::machines("faults::a_second_ctrl_c_is_immediate", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline(
        "slow",
        &["lava-test-case before --result pass", "sleep 600"],
    ));
    let mut run = JobTest::new("cancel twice")
        .job(&job)
        .on(&farm)
        .expect_exit(130)
        .within(Duration::from_secs(60))
        .start();
    run.wait_for("case", |e| {
        journal::is(e, "case", "node") && e["case"] == "before"
    });
    // A machine that does not answer: a clean end would take a while.
    farm.node("a").stop();
    run.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    let start = std::time::Instant::now();
    // It may have ended at the first already.
    let pid = rustix::process::Pid::from_raw(run.pid().cast_signed()).unwrap();
    let _ = rustix::process::kill_process(pid, Signal::INT);
    let outcome = run.finish();
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "took {:?}\n{outcome}",
        start.elapsed()
    );
}
