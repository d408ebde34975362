//! `--fix`: what it changes, and what it leaves as it is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{GOOD, Place, bad};

/// [`bad`] with its one certain correction.
fn better() -> String {
    bad().replace("cleint", "client")
}

#[test]
fn a_fix_changes_its_words_and_nothing_else() {
    let dos = |text: String| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let place = Place::new()
        .with("a.yaml", bad())
        .with("dos.yaml", dos(bad()))
        .with("good.yaml", GOOD);
    let said = place.run(&["check", "--fix", "a.yaml", "dos.yaml", "good.yaml"]);
    assert_eq!(said.code, 2, "the unknown key is left: {said:?}");
    assert_eq!(
        said.stderr,
        "a.yaml:20:12: corrected J021: write `client`\ndos.yaml:20:12: corrected J021: write `client`\n"
    );
    assert!(
        said.stdout.ends_with("2 errors, 2 warnings in 3 files\n"),
        "{said:?}"
    );
    assert_eq!(place.read("a.yaml"), better());
    assert_eq!(place.read("dos.yaml"), dos(better()));
    let again = place.run(&["check", "--fix", "a.yaml", "dos.yaml", "good.yaml"]);
    assert_eq!(again.stderr, "");
    assert_eq!(place.read("a.yaml"), better());
}

#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    let place = Place::new().with("real/job.yaml", bad());
    fs::set_permissions(
        place.path("real/job.yaml"),
        fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    symlink("real/job.yaml", place.path("link.yaml")).unwrap();
    place.run(&["check", "--fix", "link.yaml"]);
    assert!(place.path("link.yaml").is_symlink());
    assert_eq!(place.read("real/job.yaml"), better());
    let mode = fs::metadata(place.path("real/job.yaml"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        fs::read_dir(place.path("real")).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn standard_input_comes_back_corrected() {
    let place = Place::new();
    let said = place.run_with_input(&["check", "--fix", "-"], bad().as_bytes());
    assert_eq!((said.code, said.stdout), (2, better()));
    assert!(said.stderr.contains("unknown key `visibilty`"));
    let said = place.run_with_input(&["check", "--fix", "-"], GOOD.as_bytes());
    assert_eq!((said.code, said.stdout.as_str()), (0, GOOD));
    let said = place.run_with_input(&["check", "--fix", "--format", "json", "-"], b"");
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
}

#[test]
fn words_that_are_not_there_as_written_are_left_alone() {
    let aliased = GOOD
        .replace("job_name: two roles", "job_name: &r clien")
        .replace("role: [client]", "role: [*r]");
    let place = Place::new().with("a.yaml", &aliased);
    let said = place.run(&["check", "--fix", "a.yaml"]);
    assert!(said.stdout.contains("did you mean `client`?"), "{said:?}");
    assert_eq!(place.read("a.yaml"), aliased);
}
