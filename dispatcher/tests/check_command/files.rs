//! Files of all sorts: places in them, and those that cannot be read.

use super::{GOOD, Place, bad, codes};

/// Line, column, end line, end column of each finding.
fn places(place: &Place, file: &str) -> Vec<(String, [u64; 4])> {
    let place_of = |finding: &serde_json::Value| {
        let number = |key: &str| finding[key].as_u64().unwrap();
        (
            finding["code"].as_str().unwrap().to_owned(),
            [
                number("line"),
                number("column"),
                number("end_line"),
                number("end_column"),
            ],
        )
    };
    place.json(&[file]).iter().map(place_of).collect()
}

#[test]
fn columns_are_characters_whatever_the_line_ends_and_the_mark_at_the_start() {
    let job = format!("jobname: é\n{GOOD}\"ü🚀\": {{\"🚀é\": 1, \"🚀é\": 2}}\n");
    let last = job.lines().count() as u64;
    let wanted = vec![
        ("J006".to_owned(), [1, 1, 1, 8]),
        ("J006".to_owned(), [last, 1, last, 5]),
        ("J007".to_owned(), [last, 17, last, 21]),
    ];
    let place = Place::new()
        .with("unix.yaml", &job)
        .with("dos.yaml", job.replace('\n', "\r\n"))
        .with("mark.yaml", format!("\u{feff}{job}"))
        .with("cut.yaml", job.trim_end());
    for file in ["unix.yaml", "dos.yaml", "mark.yaml", "cut.yaml"] {
        assert_eq!(places(&place, file), wanted, "{file}");
    }
    let text = place.run(&["check", "mark.yaml"]).stdout;
    assert!(text.contains("--> mark.yaml:1:1\n"), "{text}");
}

#[test]
fn files_that_cannot_be_read_do_not_keep_others_from_being_checked() {
    let place = Place::new()
        .with("folder/x", "")
        .with("latin.yaml", b"job_name: x\n  \xc3\xa4: \xe4\n")
        .with("wide.yaml", b"\xff\xfej\0o\0b\0")
        .with("empty.yaml", "")
        .with("list.yaml", "- a\n")
        .with("other.yaml", "services: {web: {image: x}}\n")
        .with("cut.yaml", "job_name: [\n")
        .with("bad.yaml", bad());
    let files = [
        "gone.yaml",
        "folder",
        "latin.yaml",
        "wide.yaml",
        "empty.yaml",
        "list.yaml",
        "other.yaml",
        "cut.yaml",
        "bad.yaml",
    ];
    let findings = place.json(&files);
    let wanted = [
        "J000", "J000", "J001", "J001", "J004", "J004", "J048", "J001", "J006", "J007", "J021",
    ];
    assert_eq!(codes(&findings), wanted);
    assert!(findings[0]["line"].is_null());
    assert_eq!(findings[0]["group"], "yaml");
    assert!(findings[1]["help"].as_str().unwrap().contains("/*.yaml"));
    assert_eq!(
        (findings[2]["line"].as_u64(), findings[2]["column"].as_u64()),
        (Some(2), Some(6))
    );
}

#[test]
fn standard_input_is_a_file() {
    let place = Place::new().with("good.yaml", GOOD);
    let said = place.run_with_input(&["check", "good.yaml", "-"], bad().as_bytes());
    assert_eq!(said.code, 2);
    assert!(said.stdout.contains("--> <stdin>:3:1\n"), "{said:?}");
    assert!(
        said.stdout.ends_with("\n2 errors, 1 warning in 2 files\n"),
        "{said:?}"
    );
    assert_eq!(place.run(&["check", "-", "-"]).code, 2);
}

#[test]
fn a_test_definition_is_known_by_what_it_says() {
    let definition =
        "metadata: {format: Lava-Test Test Definition 1.0, name: a}\nrun: {steps: [{a: b}]}\n";
    let place = Place::new()
        .with("def.yaml", definition)
        .with("bare.yaml", "{run: {steps: ['true']}}")
        .with("job.yaml", GOOD);
    assert_eq!(codes(&place.json(&["def.yaml"])), ["J004"]);
    assert_eq!(codes(&place.json(&["bare.yaml"])), ["J051"]);
    assert_eq!(place.run(&["check", "job.yaml"]).code, 0);
    let said = place.run(&["submit", "bare.yaml"]);
    assert!(said.stderr.contains("is a test definition"), "{said:?}");
    assert_eq!(said.code, 2);
}

#[test]
fn a_huge_line_is_shown_in_part_and_no_finding_is_lost() {
    let pairs = "k: ü, ".repeat(20_000);
    let place = Place::new().with("huge.yaml", format!("{GOOD}metadata: {{{pairs}}}\n"));
    let said = place.run(&["check", "huge.yaml"]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.len() < 1 << 20, "{}", said.stdout.len());
    assert!(said.stdout.contains("more findings are not shown"));
    assert!(said.stdout.ends_with("19999 warnings in 1 file\n"));
    let findings = place.json(&["huge.yaml"]);
    assert_eq!(findings.len(), 19_999);
    assert_eq!(findings[19_998]["column"], 12 + 19_999 * 6);
}

#[test]
fn a_file_cannot_steer_a_terminal() {
    let place = Place::new().with(
        "job.yaml",
        format!("{GOOD}\"\\e[31m\\x9b31m\": \u{202e} # \u{202e}\n"),
    );
    let said = place.run(&["check", "job.yaml"]);
    let unsafe_characters = ['\x1b', '\u{9b}', '\u{202e}'];
    assert!(!said.stdout.contains(unsafe_characters), "{said:?}");
}
