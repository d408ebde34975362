//! Things done more than once, and machines that outlive a run: what one try, one block or one run leaves must not spoil
//! the next.

use common::need;
use common::yaml::{host_guests_job, inline, ssh_job};
use common::{Farm, JobTest};

fn read(farm: &Farm, command: &str) -> String {
    let output = farm.node("a").exec(command);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_second_deployment_runs_each_test_once() {
    let Some(farm) = need::machines("again::a_second_deployment_runs_each_test_once", &["a"])
    else {
        return;
    };
    let first = ssh_job(&inline("first", &["lava-test-case one --result pass"]));
    let second = ssh_job(&inline("second", &["lava-test-case two --result pass"]));
    let (_, blocks) = second.split_once("actions:\n").unwrap();
    let outcome = JobTest::new("twice")
        .job(&(first + blocks))
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_first", "one", "pass");
    outcome.has("node", "1_second", "two", "pass");
}

#[test]
fn a_second_try_runs_the_tests_again() {
    let Some(farm) = need::machines("again::a_second_try_runs_the_tests_again", &["a"]) else {
        return;
    };
    let steps = [
        "lava-test-case always --result pass",
        "test -e /tmp/tried || { touch /tmp/tried; lava-test-raise not yet; }",
        "lava-test-case at-last --result pass",
    ];
    let job =
        ssh_job(&inline("moody", &steps)).replace("- test:\n", "- test:\n    failure_retry: 2\n");
    let outcome = JobTest::new("retry")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    assert_eq!(outcome.rows("node", "0_moody", "always").len(), 2);
    outcome.has("node", "0_moody", "at-last", "pass");
}

#[test]
fn two_namespaces_of_one_machine_do_not_meet() {
    let Some(farm) = need::machines("again::two_namespaces_of_one_machine_do_not_meet", &["a"])
    else {
        return;
    };
    let block = |namespace: &str| {
        let steps = [
            "pwd",
            "lava-test-set start s",
            "lava-test-case mine --result pass",
        ];
        let job = ssh_job(&inline(namespace, &steps));
        let (_, blocks) = job.split_once("actions:\n").unwrap();
        let named = format!("namespace: {namespace}");
        blocks
            .replace("{to: ssh,", &format!("{{{named}, to: ssh,"))
            .replace("{method: ssh,", &format!("{{{named}, method: ssh,"))
            .replace("- test:\n", &format!("- test:\n    {named}\n"))
    };
    let frame = ssh_job("");
    let (head, _) = frame.split_once("actions:\n").unwrap();
    let job = format!("{head}actions:\n{}{}", block("one"), block("two"));
    let outcome = JobTest::new("namespaces")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_one", "mine", "pass");
    outcome.has("node", "0_two", "mine", "pass");
}

#[test]
fn secrets_and_keys_do_not_stay() {
    let Some(farm) = need::machines("again::secrets_and_keys_do_not_stay", &["a"]) else {
        return;
    };
    // Without an end of line, which is how the key of somebody who is careless ends.
    let before =
        "mkdir -p /root/.ssh; printf 'ssh-ed25519 AAAAmine mine' >/root/.ssh/authorized_keys";
    assert!(farm.node("a").exec(before).status.success());
    let host = [
        "grep -q TOKEN=sesame /lava-*/secrets && lava-test-case told --result pass",
        "lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)",
        "lava-send lava_start",
        "lava-sync end",
        "echo the word is sesame",
    ];
    let job = host_guests_job(
        1,
        &inline("server", &host),
        &inline("client", &["lava-sync end"]),
    ) + "secrets: {TOKEN: sesame}\n";
    let outcome = JobTest::new("secrets")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("host", "0_server", "told", "pass");
    assert_eq!(
        read(&farm, "cat /root/.ssh/authorized_keys"),
        "ssh-ed25519 AAAAmine mine\n"
    );
    let left = read(
        &farm,
        "ls /lava-*/secrets /lava-*/lava /lava-*/overlay-* /*-overlay-* 2>/dev/null; ls -d /lava-*",
    );
    assert_eq!(
        left.lines().count(),
        2,
        "only the folders of host and guest: {left}"
    );
    let console = outcome.console("host");
    assert!(
        console.contains("[MASKED]") && !console.contains("sesame"),
        "{console}"
    );
    let kept = std::fs::read_to_string(outcome.run_dir().join("job.yaml")).unwrap();
    assert!(!kept.contains("sesame"), "{kept}");
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(!said.contains("sesame"), "{said}");
}
