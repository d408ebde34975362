//! What refuses a file: severities, `--strict`, `--allow`.

use super::{GOOD, Place, bad};

#[test]
fn exit_codes() {
    let warned = GOOD.replace("{minutes: 10}", "{minutes: 10, minutes: 5}");
    let place = Place::new()
        .with("good.yaml", GOOD)
        .with("warned.yaml", warned)
        .with("bad.yaml", bad());
    let cases: &[(&[&str], i32)] = &[
        (&["good.yaml"], 0),
        (&["warned.yaml"], 0),
        (&["warned.yaml", "--strict"], 2),
        (&["warned.yaml", "--strict", "--allow", "J007"], 0),
        (&["bad.yaml"], 2),
        (&["bad.yaml", "good.yaml"], 2),
        (&["good.yaml", "--lab", "gone"], 3),
        (&[], 2),
    ];
    for (words, wanted) in cases {
        let said = place.run(&[&["check"], *words].concat());
        assert_eq!(said.code, *wanted, "{words:?}: {said:?}");
    }
}

#[test]
fn an_unknown_code_is_refused_with_the_one_that_was_meant() {
    let place = Place::new().with("good.yaml", GOOD);
    for (word, says) in [
        ("JO21", "did you mean J021 ("),
        ("nonsense", "J021"),
        ("", "J021"),
    ] {
        let said = place.run(&["check", "--allow", word, "good.yaml"]);
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains(says), "{said:?}");
    }
    assert_eq!(
        place.run(&["check", "--allow", "j021", "good.yaml"]).code,
        0
    );
}

#[test]
fn an_allowed_error_is_a_warning_that_says_so() {
    let lab = "device_type: sandbox\n";
    let place = Place::new()
        .with("good.yaml", GOOD)
        .with("lab/devices/a.yaml", lab);
    let words = [
        "check",
        "good.yaml",
        "--lab",
        "lab",
        "--allow",
        "J081",
        "--strict",
    ];
    let said = place.run(&words);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.contains("warning[J081]"), "{said:?}");
    assert!(
        said.stdout.contains("(an error that is allowed)"),
        "{said:?}"
    );
}

#[test]
fn what_cannot_be_read_cannot_be_allowed() {
    let broken = GOOD.replace("job_name: two roles\n", "");
    let place = Place::new().with("a.yaml", broken);
    for command in ["check", "submit"] {
        let said = place.run(&[command, "a.yaml", "--allow", "J003"]);
        assert_eq!(said.code, 2);
        let all = said.stdout + &said.stderr;
        assert!(all.contains("`--allow J003` cannot help"), "{all}");
    }
    assert!(!place.path("state").exists(), "nothing was touched");
}

#[test]
fn submit_and_plan_refuse_before_anything_is_touched() {
    let place = Place::new().with("bad.yaml", bad());
    for command in ["submit", "plan"] {
        let said = place.run(&[command, "bad.yaml"]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""));
        assert!(
            said.stderr
                .ends_with("dispatch: bad.yaml has 2 errors; nothing was run\n"),
            "{said:?}"
        );
    }
    assert!(!place.path("state").exists());
}

#[test]
fn an_allowed_error_across_keys_lets_submit_and_plan_go_on() {
    let job = GOOD.replace("role: [client]", "role: [cleint]");
    let place = Place::new()
        .with("a.yaml", &job)
        .with("lab/devices/a.yaml", "device_type: sandbox\n");
    for command in ["plan", "submit"] {
        let said = place.run(&[command, "a.yaml", "--lab", "lab", "--allow", "J020"]);
        assert_eq!(said.code, 2, "another code: {said:?}");
        assert!(said.stderr.contains("error[J021]"), "{said:?}");
        assert!(!place.path("state").exists(), "nothing was touched");
    }
    let allowed = ["a.yaml", "--lab", "lab", "--allow", "J021"];
    let said = place.run(&[&["plan"], allowed.as_slice()].concat());
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.contains("warning[J021]"), "{said:?}");
    assert!(said.stdout.contains("finalize"), "{said:?}");
    // The run begins, and finds that the lab has no such device.
    let said = place.run(&[&["submit"], allowed.as_slice()].concat());
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.stderr.contains("too few devices"), "{said:?}");
    assert!(place.path("state/runs").exists());
}

#[test]
fn what_this_version_cannot_run_is_refused_before_anything_is_touched() {
    let cases = [
        (
            "to: ssh",
            "to: nfs",
            "cannot `deploy: to: nfs`; its deploy methods are: ssh; nothing was run\n",
        ),
        (
            "method: ssh",
            "method: qemu",
            "cannot `boot: method: qemu`; its boot methods are: ssh; nothing was run\n",
        ),
        (
            "    definitions:\n",
            "    docker: {image: debian:trixie}\n    definitions:\n",
            "\nnothing was run; `dispatch plan` shows them in their places\n",
        ),
    ];
    for (from, to, says) in cases {
        let job = GOOD.replacen(from, to, 1);
        let place = Place::new().with("job.yaml", &job);
        let said = place.run(&["submit", "job.yaml"]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{said:?}");
        assert!(said.stderr.ends_with(says), "{said:?}");
        assert!(said.stderr.contains("dispatch: job.yaml: "), "{said:?}");
        assert!(!place.path("state").exists(), "nothing was touched");
        assert_eq!(place.run(&["check", "job.yaml"]).code, 0, "LAVA can run it");
    }
}
