//! `--messages`: the exchange of a job, drawn.

use std::fs;

use super::{GOOD, Place};

fn host_guests() -> Place {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/jobs/host-guests.yaml"
    );
    Place::new().with("job.yaml", fs::read(example).unwrap())
}

#[test]
fn text() {
    let said = host_guests().run(&["check", "--messages", "job.yaml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn mermaid() {
    let said = host_guests().run(&["check", "--messages=mermaid", "job.yaml"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn a_job_without_roles_has_no_messages() {
    let single = "job_name: x\nvisibility: public\ndevice_type: ssh\ntimeouts: {job: {minutes: 5}}\n\
        actions:\n- deploy: {to: ssh}\n- boot: {method: ssh, prompts: ['# ']}\n";
    let place = Place::new().with("job.yaml", single);
    let said = place.run(&["check", "--messages", "job.yaml"]);
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (0, "The job has no roles: nobody sends messages.\n")
    );
}

#[test]
fn a_job_that_cannot_be_read_is_told_and_the_others_are_drawn() {
    let place = host_guests().with("broken.yaml", GOOD.replace("method: ssh", "method: shs"));
    let said = place.run(&[
        "check",
        "--messages",
        "broken.yaml",
        "gone.yaml",
        "job.yaml",
    ]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("error[J041]"), "{said:?}");
    assert!(said.stderr.contains("--> broken.yaml:16:13"), "{said:?}");
    assert!(said.stderr.contains("cannot read gone.yaml"), "{said:?}");
    assert!(said.stdout.contains("lava-sync clients"), "{said:?}");
}

#[test]
fn the_exchange_is_drawn_in_place_of_findings() {
    let place = Place::new().with("job.yaml", GOOD);
    for also in ["--fix", "--format=json"] {
        let said = place.run(&["check", "--messages", also, "job.yaml"]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
    }
}
