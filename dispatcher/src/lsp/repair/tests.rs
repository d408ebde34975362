use super::*;

/// `text` has `|` where the cursor is.
fn at(text: &str) -> Option<String> {
    let byte = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let site = site(&text, byte)?;
    let path: Vec<String> = site
        .path
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Index(index) => index.to_string(),
        })
        .collect();
    let word = &text[site.word.clone()];
    Some(format!("{:?} {} `{word}`", site.slot, path.join(".")))
}

const HEAD: &str = "job_name: x\nactions:\n- deploy:\n    to: tftp\n";

fn in_job(tail: &str) -> Option<String> {
    at(&format!("{HEAD}{tail}"))
}

#[test]
fn cursors_in_documents_that_are_being_typed() {
    for (tail, wanted) in [
        // A key on a new line of a mapping, with and without a beginning.
        ("    ker|", "Key actions.0.deploy `ker`"),
        ("    |", "Key actions.0.deploy ``"),
        ("    |\n    os: debian\n", "Key actions.0.deploy ``"),
        (
            "    ke|rnel:\n      url: x\n",
            "Key actions.0.deploy `kernel`",
        ),
        ("|\n", "Key  ``"),
        ("tim|", "Key  `tim`"),
        // The first key of a mapping.
        (
            "    timeout:\n      |",
            "Either actions.0.deploy.timeout ``",
        ),
        (
            "    timeout:\n      mi|\n",
            "Either actions.0.deploy.timeout `mi`",
        ),
        ("    timeout:\n      minutes: 1\n- |", "Either actions.1 ``"),
        ("- bo|", "Either actions.1 `bo`"),
        ("- boot:\n    |", "Either actions.1.boot ``"),
        (
            "- boot:\n    |\n- test:\n    role: [x]\n",
            "Either actions.1.boot ``",
        ),
        // A value, with and without a beginning, and with quotes.
        ("- boot:\n    method: |", "Value actions.1.boot.method ``"),
        (
            "- boot:\n    method: gr|\n    role: x",
            "Value actions.1.boot.method `gr`",
        ),
        (
            "- boot:\n    method: \"gr|\n",
            "Value actions.1.boot.method `gr`",
        ),
        (
            "- boot:\n    method: 'gr|'\n",
            "Value actions.1.boot.method `gr`",
        ),
        (
            "- boot:\n    method: g|rub\n",
            "Value actions.1.boot.method `grub`",
        ),
        // Lists and brackets, closed or not.
        (
            "    role:\n    - ho|\n",
            "Either actions.0.deploy.role.0 `ho`",
        ),
        ("    role: [ho|]\n", "Value actions.0.deploy.role.0 `ho`"),
        ("    role: [host, |\n", "Value actions.0.deploy.role.1 ``"),
        ("    timeout: {mi|\n", "Key actions.0.deploy.timeout `mi`"),
        ("    timeout: {mi|}\n", "Key actions.0.deploy.timeout `mi`"),
        // Something else is wrong further down, or further up.
        ("    |\n- boot:\n  bad: [\n", "Key actions.0.deploy ``"),
        (
            "    os: [\n- boot:\n    method: gr|\n",
            "Value actions.0.boot.method `gr`",
        ),
        (
            "    os: [\n- boot:\n    method: grub\n    |\n",
            "Key actions.0.boot ``",
        ),
        (
            "x: \"\n- boot:\n    timeout:\n      |\n",
            "Either actions.0.boot.timeout ``",
        ),
        // Line ends of Windows.
        (
            "    ker|\r\n    os: debian\r\n",
            "Key actions.0.deploy `ker`",
        ),
    ] {
        assert_eq!(in_job(tail).as_deref(), Some(wanted), "{tail}");
    }
}

#[test]
fn nothing_is_offered_where_nothing_can_stand() {
    for tail in [
        "    # ker|",
        "    os: debian # a|",
        "    os: some words and |",
        "    -|",
        "    os:|",
        "    os: debian\n      |",
    ] {
        assert_eq!(in_job(tail), None, "{tail}");
    }
}

#[test]
fn the_document_decides_on_the_method_whatever_else_is_wrong() {
    let text = "actions:\n- deploy:\n    |\n    to: tftp\n    timeout: {minutes: 1}\nbad: [\n";
    let byte = text.find('|').unwrap();
    let site = site(&text.replacen('|', "", 1), byte).unwrap();
    let deploy = site.root.get("actions").unwrap().as_seq().unwrap()[0].get("deploy");
    assert_eq!(deploy.unwrap().get("to").unwrap().as_str(), Some("tftp"));
}

#[test]
fn any_text_and_cursor_is_taken() {
    let pieces = [
        "a:", " ", "\n", "- ", "'", "\"", "[", "{", "ü", "\r\n", "\t", "&a", "*a", "#", "|", "%",
        "\u{feff}",
    ];
    let mut seed = 7_usize;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) % pieces.len()]);
        }
        for byte in (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            let _ = site(&text, byte);
        }
    }
}
