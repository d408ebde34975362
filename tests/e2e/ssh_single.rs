//! One machine with OpenSSH: deploy, boot, test, results.

use std::time::Duration;

use common::git::Repository;
use common::yaml::{definition_file, inline, ssh_job, text};
use common::{JobTest, journal, need};

#[test]
fn the_smallest_job_passes() {
    let Some(farm) = need::machines("ssh_single::the_smallest_job_passes", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline("smoke", &["lava-test-case uname --shell uname -a"]));
    let outcome = JobTest::new("smallest")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_smoke", "uname", "pass");
    outcome.has("node", "lava", "0_smoke", "pass");
    assert_eq!(outcome.verdict(), "pass");
    assert!(outcome.results()["class"].is_null());
    assert!(outcome.console("node").contains("Linux"));

    let journal = outcome.journal();
    assert_eq!(journal.first().unwrap()["event"], "run-started");
    assert_eq!(journal.last().unwrap()["event"], "run-ended");
    assert!(
        journal
            .windows(2)
            .all(|two| journal::at(&two[0]) <= journal::at(&two[1]))
    );
    let id = outcome.job_id("node");
    assert!(
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()),
        "{id}"
    );
}

#[test]
fn results_of_every_kind_arrive() {
    let Some(farm) = need::machines("ssh_single::results_of_every_kind_arrive", &["a"]) else {
        return;
    };
    let job = ssh_job(&inline(
        "kinds",
        &[
            "lava-test-case plain --result pass",
            "lava-test-case skipped --result skip",
            "lava-test-case nobody-knows --result unknown",
            "lava-test-case speed --result pass --measurement 12.50 --units MB/s",
            "lava-test-set start disks",
            "lava-test-case in-set --shell true",
            "lava-test-set stop",
            "lava-test-case after-set --shell 'test 1 = 1'",
            "lava-test-reference upstream --result pass --reference https://example.org/log",
            "lava-test-case broken --shell false",
        ],
    ));
    let outcome = JobTest::new("kinds")
        .job(&job)
        .on(&farm)
        .expect_exit(1)
        .run();
    for (case, result) in [
        ("plain", "pass"),
        ("skipped", "skip"),
        ("nobody-knows", "unknown"),
        ("in-set", "pass"),
        ("after-set", "pass"),
        ("upstream", "pass"),
        ("broken", "fail"),
    ] {
        outcome.has("node", "0_kinds", case, result);
    }
    let speed = outcome.row("node", "0_kinds", "speed");
    // Kept to the digit.
    let raw = outcome.view(&["results", "latest", "--format", "json"]);
    assert!(raw.contains("12.50"), "{raw}");
    assert_eq!(speed["units"], "MB/s");
    assert_eq!(outcome.row("node", "0_kinds", "in-set")["set"], "disks");
    assert!(outcome.row("node", "0_kinds", "after-set")["set"].is_null());
    let reference = outcome.entry("reference", |e| e["case"] == "upstream");
    assert_eq!(reference["reference"], "https://example.org/log");
    // Failed tests make no run incomplete.
    assert!(
        outcome.results()["class"].is_null(),
        "{}",
        outcome.results()
    );

    let log = &outcome.row("node", "0_kinds", "broken")["log"];
    let file = std::fs::read(outcome.run_dir().join(log["file"].as_str().unwrap())).unwrap();
    let byte = |key: &str| usize::try_from(log[key].as_u64().unwrap()).unwrap();
    let span = String::from_utf8_lossy(&file[byte("start")..byte("end")]).into_owned();
    assert!(
        span.contains("broken"),
        "the log position points at '{span}'"
    );
}

#[test]
fn a_raised_error_ends_the_job_and_keeps_results() {
    let name = "ssh_single::a_raised_error_ends_the_job_and_keeps_results";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let job = ssh_job(
        &(inline(
            "first",
            &[
                "lava-test-case before --result pass",
                "lava-test-raise no disk found",
            ],
        ) + &inline("second", &["lava-test-case after --result pass"])),
    );
    let outcome = JobTest::new("raise")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["test"]);
    outcome.says("no disk found");
    outcome.has("node", "0_first", "before", "pass");
    assert!(outcome.rows("node", "1_second", "after").is_empty());
}

#[test]
fn a_definition_that_stops_halfway_does_not_stop_the_next() {
    let name = "ssh_single::a_definition_that_stops_halfway_does_not_stop_the_next";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    let job = ssh_job(
        &(inline(
            "first",
            &[
                "lava-test-case before --result pass",
                "false",
                "lava-test-case never --result pass",
            ],
        ) + &inline("second", &["lava-test-case after --result pass"])),
    );
    let outcome = JobTest::new("halfway")
        .job(&job)
        .on(&farm)
        .expect_exit(1)
        .run();
    outcome.has("node", "0_first", "before", "pass");
    outcome.has("node", "1_second", "after", "pass");
    outcome.has("node", "lava", "0_first", "fail");
    assert!(outcome.rows("node", "0_first", "never").is_empty());
}

#[test]
fn parameters_and_environment_reach_the_steps() {
    let name = "ssh_single::parameters_and_environment_reach_the_steps";
    let Some(farm) = need::machines(name, &["a"]) else {
        return;
    };
    // LAVA takes `params` only in a definition that is in a file of its own.
    let repository = Repository::new();
    repository.commit(&[(
        "values.yaml",
        "
metadata: {format: Lava-Test Test Definition 1.0, name: values}
params: {DEFAULT: kept, BOTH: default}
run:
  steps:
  - lava-test-case default --shell test \"$DEFAULT\" = kept
  - 'test \"$FROM_JOB\" = job && lava-test-case from-job --result pass'
  - 'test \"$BOTH\" = \"from the job\" && lava-test-case job-wins --result pass'
  - 'test \"$GREETING\" = \"hello there\" && lava-test-case environment --result pass'
  - 'test \"$COUNT-$DEEP_A-$TRUTH\" = 3-x-1 && lava-test-case flattened --result pass'
  - \"sh -c 'test -n \\\"$LAVA_JOB_ID\\\" && test -n \\\"$GREETING\\\"' && lava-test-case exported --result pass\"
",
    )]);
    let url = text(&repository.path().display().to_string());
    let job = format!(
        "
job_name: parameters
visibility: public
timeouts: {{job: {{minutes: 2}}, action: {{minutes: 1}}, connection: {{seconds: 30}}}}
device_type: ssh
environment: {{GREETING: 'hello there', COUNT: 3, DEEP: {{A: x}}, TRUTH: true}}
actions:
- deploy: {{to: ssh, os: debian}}
- boot: {{method: ssh, prompts: ['root@[a-z0-9-]+:']}}
- test:
    definitions:
    - from: git
      name: values
      repository: {url}
      path: values.yaml
      parameters: {{FROM_JOB: job, BOTH: from the job}}
"
    );
    let outcome = JobTest::new("parameters")
        .job(&job)
        .on(&farm)
        .expect_exit(0)
        .run();
    for case in [
        "default",
        "from-job",
        "job-wins",
        "environment",
        "flattened",
        "exported",
    ] {
        outcome.has("node", "0_values", case, "pass");
    }
}

#[test]
fn install_runs_before_the_steps() {
    let Some(farm) = need::machines("ssh_single::install_runs_before_the_steps", &["a"]) else {
        return;
    };
    // The farm has no way out: a stand-in for the package tool writes down what it is asked.
    let stand_in = r#"printf '#!/bin/sh\necho "$*" >>/asked\n' >/usr/local/bin/apt-get; chmod 755 /usr/local/bin/apt-get"#;
    assert!(farm.node("a").exec(stand_in).status.success());
    let definition = "
metadata: {format: Lava-Test Test Definition 1.0, name: needs}
install:
  deps: [curl, jq]
  deps-debian: [debian-only]
  steps: ['touch /installed', 'pwd >/where']
run:
  steps: ['lava-test-case installed --shell test -e /installed']
";
    let job = ssh_job("- {from: path, name: needs, path: needs.yaml, repository: tests}\n");
    let outcome = JobTest::new("install")
        .job(&job)
        .file("tests/needs.yaml", definition)
        .on(&farm)
        .expect_exit(0)
        .run();
    outcome.has("node", "0_needs", "installed", "pass");
    let asked = std::fs::read_to_string(farm.node("a").root().join("asked")).unwrap();
    let install = asked.lines().find(|line| line.contains("install")).unwrap();
    for package in ["curl", "jq", "debian-only"] {
        assert!(install.split(' ').any(|word| word == package), "{install}");
    }
    let place = std::fs::read_to_string(farm.node("a").root().join("where")).unwrap();
    assert!(place.trim_end().ends_with("/tests/0_needs"), "{place}");
}

#[test]
fn a_failed_install_is_the_tests_failure() {
    let Some(farm) = need::machines("ssh_single::a_failed_install_is_the_tests_failure", &["a"])
    else {
        return;
    };
    let bad = definition_file("bad", &["lava-test-case never --result pass"])
        + "install:\n  steps: ['false']\n";
    let good = definition_file("good", &["lava-test-case runs --result pass"]);
    let job = ssh_job(
        "- {from: path, name: good, path: good.yaml, repository: tests}\n\
         - {from: path, name: bad, path: bad.yaml, repository: tests}\n",
    );
    let outcome = JobTest::new("install fails")
        .job(&job)
        .file("tests/bad.yaml", bad)
        .file("tests/good.yaml", good)
        .on(&farm)
        .expect_exit(4)
        .run();
    outcome.failed_as(&["test"]);
    outcome.says_one_of(&["install"]);
    outcome.has("node", "0_good", "runs", "pass");
    assert!(outcome.rows("node", "1_bad", "never").is_empty());
}

#[test]
fn a_test_that_takes_too_long_times_out() {
    let Some(farm) = need::machines("ssh_single::a_test_that_takes_too_long_times_out", &["a"])
    else {
        return;
    };
    let job = ssh_job(&inline(
        "slow",
        &["lava-test-case before --result pass", "sleep 600"],
    ))
    .replace("    timeout: {minutes: 2}\n", "    timeout: {seconds: 2}\n");
    let outcome = JobTest::new("slow")
        .job(&job)
        .on(&farm)
        .expect_exit(4)
        .within(Duration::from_secs(60))
        .run();
    outcome.failed_as(&["timeout"]);
    outcome.says("lava-test-shell timed out after 2 seconds");
    outcome.has("node", "0_slow", "before", "pass");
}

#[test]
fn a_skipped_timeout_lets_the_job_go_on() {
    let Some(farm) = need::machines("ssh_single::a_skipped_timeout_lets_the_job_go_on", &["a"])
    else {
        return;
    };
    let job = ssh_job(&inline(
        "slow",
        &["lava-test-case before --result pass", "sleep 600"],
    ))
    .replace(
        "    timeout: {minutes: 2}\n",
        "    timeout: {seconds: 2, skip: true}\n",
    ) + "- test:\n    definitions:\n    "
        + &inline("next", &["lava-test-case after --result pass"]);
    let outcome = JobTest::new("skip")
        .job(&job)
        .on(&farm)
        .within(Duration::from_secs(60))
        .run();
    outcome.has("node", "0_slow", "before", "pass");
    outcome.has("node", "1_next", "after", "pass");
    assert!(
        outcome.results()["class"].is_null(),
        "the run is complete\n{outcome}"
    );
}

#[test]
fn a_machine_with_one_session_at_a_time_says_what_is_wrong_or_works() {
    let name = "ssh_single::a_machine_with_one_session_at_a_time_says_what_is_wrong_or_works";
    if !need::farm(name) {
        return;
    }
    let farm = common::Farm::of(vec![common::NodeSpec::named("a").max_sessions(1)]);
    let job = ssh_job(&inline("smoke", &["lava-test-case uname --shell uname -a"]));
    let outcome = JobTest::new("one session").job(&job).on(&farm).run();
    if outcome.code == Some(0) {
        outcome.has("node", "0_smoke", "uname", "pass");
    } else {
        outcome.failed_as(&["infrastructure", "configuration"]);
        outcome.says_one_of(&["MaxSessions", "session"]);
    }
}
