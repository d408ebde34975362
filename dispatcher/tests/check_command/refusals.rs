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
    for (word, says) in [("J0021", "J021"), ("nonsense", "J021"), ("", "J021")] {
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
