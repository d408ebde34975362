//! Jobs that cannot succeed are refused before a machine is touched, with the place that is wrong. Needs no machines.

use common::yaml::{Machines, group_job, host_guests_job, inline, ssh_job};
use common::{JobTest, Outcome};

/// Submits a job that must be refused. The place is `job.yaml:LINE`.
fn refused(name: &str, job: &str) -> Outcome {
    let outcome = JobTest::new(name).job(job).expect_exit(2).run();
    assert!(
        outcome.run_id().is_none(),
        "a refused job leaves no run\n{outcome}"
    );
    outcome.says("job.yaml:");
    outcome
}

#[test]
fn a_job_that_is_not_yaml() {
    let outcome = refused("not yaml", "job_name: [unclosed\nactions: }\n");
    outcome.says("job.yaml:2");
}

#[test]
fn a_job_that_is_binary() {
    let job = b"\x7fELF\x00\x01\xff\xfe not a job";
    let outcome = JobTest::new("binary")
        .file("job.yaml", job)
        .expect_exit(2)
        .run();
    outcome.says("job.yaml");
}

#[test]
fn a_job_that_is_not_there() {
    let outcome = JobTest::new("gone").run();
    assert!(matches!(outcome.code, Some(2 | 3)), "{outcome}");
    outcome.says("job.yaml");
}

#[test]
fn an_unknown_role() {
    let job = group_job(&[Machines {
        role: "server",
        count: 1,
        keys: "",
        definitions: inline("talk", &["true"]),
    }])
    .replace("role: [server], to: ssh", "role: [sever], to: ssh");
    let outcome = refused("unknown role", &job);
    outcome.says("sever");
    // The word that was meant.
    outcome.says("server");
}

#[test]
fn a_guest_whose_host_role_does_not_exist() {
    let job = host_guests_job(
        1,
        &inline("a", &["lava-send lava_start"]),
        &inline("b", &["true"]),
    )
    .replace("host_role: host", "host_role: hots");
    let outcome = refused("no host role", &job);
    outcome.says("hots");
    outcome.says_one_of(&["host_role"]);
}

#[test]
fn an_unknown_key_is_said_with_its_place() {
    let job = ssh_job(&inline("a", &["true"])).replace(
        "visibility: public",
        "visibilty: public\nvisibility: public",
    );
    let outcome = JobTest::new("unknown key")
        .job(&job)
        .command(&["plan", "job.yaml"])
        .run();
    outcome.says("job.yaml:2:1");
    outcome.says("visibilty");
}
