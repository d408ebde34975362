//! Documents: merges, aliases, duplicates, places and limits.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{Node, load};

mod real;

fn json(text: &str) -> String {
    let document = load(text).unwrap_or_else(|f| panic!("{text:?}: {f:?}"));
    serde_json::to_string(&document.root.to_value()).expect("values are JSON")
}

/// The expected sides are PyYAML's answers.
#[test]
fn documents_mean_what_pyyaml_reads() {
    let table = [
        ("", "null"),
        (
            "a: &x {b: 1, c: 3}\nd: {z: 0, <<: *x, c: 2}\n",
            r#"{"a":{"b":1,"c":3},"d":{"b":1,"c":2,"z":0}}"#,
        ),
        (
            "x: &x {a: 1}\ny: &y {a: 2, b: 2}\nz: {<<: [*x, *y]}\n",
            r#"{"x":{"a":1},"y":{"a":2,"b":2},"z":{"a":1,"b":2}}"#,
        ),
        (
            "x: &x {a: 1}\ny: &y {a: 2}\nz: {<<: *x, <<: *y}\n",
            r#"{"x":{"a":1},"y":{"a":2},"z":{"a":2}}"#,
        ),
        ("'<<': {a: 1}\n", r#"{"<<":{"a":1}}"#),
        ("a: 1\nb: 2\na: 3\n", r#"{"a":3,"b":2}"#),
        (
            "on: yes\n2.0: x\n0x10: y\n~: z\n",
            r#"{"true":true,"2.0":"x","16":"y","null":"z"}"#,
        ),
        ("a: ! 12\n", r#"{"a":12}"#),
        ("a: |\n  x", r#"{"a":"x"}"#),
        ("a: |\n  x\n  ", r#"{"a":"x\n"}"#),
        ("a: >-\n  x\n  y", r#"{"a":"x y"}"#),
        ("a: |+\n  x\n\n", r#"{"a":"x\n\n"}"#),
        ("\u{feff}a: é\r\nb: ü", r#"{"a":"é","b":"ü"}"#),
    ];
    for (text, expected) in table {
        assert_eq!(json(text), expected, "{text:?}");
    }
}

#[test]
fn every_key_and_value_knows_its_place() {
    let text = "# é\nä: [1, zwei]\nb:\n  c: 'x'\n  d: |\n    t\ne: f\n";
    let root = load(text).expect("valid").root;
    let shown = |node: &Node| {
        (
            node.span.line,
            node.span.column,
            &text[node.span.start..node.span.end],
        )
    };
    let list = root.entry("ä").expect("there");
    assert_eq!(shown(&list.key), (2, 1, "ä"));
    assert_eq!(shown(&list.value), (2, 4, "[1, zwei]"));
    assert_eq!(
        shown(&list.value.as_seq().expect("a list")[1]),
        (2, 8, "zwei")
    );
    assert_eq!(shown(root.at(&["b", "c"]).expect("there")), (4, 6, "'x'"));
    let pair = load("[a: b, {c: }, ? d]").expect("valid").root;
    let parts = pair.as_seq().expect("a list").iter();
    let parts: Vec<_> = parts
        .map(|node| &"[a: b, {c: }, ? d]"[node.span.start..node.span.end])
        .collect();
    assert_eq!(parts, ["a: b", "{c: }", "? d"]);
    let block = root.get("b").expect("there");
    assert_eq!((block.span.line, block.span.column), (4, 3));
    assert!(text[block.span.start..block.span.end].ends_with("    t"));
}

#[test]
fn duplicate_keys_are_reported_with_both_places() {
    let document = load("x:\n- a: 1\n  b: 2\n  a: 3\n").expect("valid");
    let [finding] = document.findings.as_slice() else {
        panic!("{:?}", document.findings);
    };
    assert_eq!((finding.code, finding.path.as_str()), ("J007", "x[0].a"));
    assert_eq!((finding.span.line, finding.related[0].0.line), (4, 2));
}

#[test]
fn what_is_no_plain_data_is_refused_with_a_place() {
    let table = [
        ("a: b: c\n", "J001", 1, 5),
        ("a: *b\n", "J001", 1, 4),
        ("a: 1\n---\nb: 2\n", "J001", 2, 1),
        ("a: &x 1\nb: &x 2\n", "J001", 2, 4),
        ("a: b\u{1}\n", "J001", 1, 5),
        ("a: [!foo, b]\n", "J001", 1, 5),
        ("a: [!!str, b]\n", "J001", 1, 5),
        ("\u{feff}é: {'!a,': 1, b: !!str,}\n", "J001", 1, 18),
        ("a: [!<tag:yaml.org,2002:str>, b]\n", "J001", 1, 5),
        ("a: ['!!str,', x !!str, \"", "J001", 1, 25),
        ("a: 2026-02-30\n", "J002", 1, 4),
        ("a: !foo b\n", "J002", 1, 4),
        ("a: &x [*x]\n", "J002", 1, 8),
        ("a:\n  ? [b]\n  : c\n", "J002", 2, 5),
        ("<<: 1\n", "J002", 1, 5),
        ("a: =\n", "J002", 1, 4),
    ];
    for (text, code, line, column) in table {
        let finding = load(text).expect_err(text);
        let found = (finding.code, finding.span.line, finding.span.column);
        assert_eq!(found, (code, line, column), "{text:?}: {finding:?}");
        assert!(finding.help.is_some(), "{text:?}");
    }
}

#[test]
fn hostile_documents_are_stopped_soon() {
    let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {a: 1, b: 2}\n".to_owned();
    let mut wide = "a: &a {".to_owned();
    let mut ladder = format!("a0: &a0 {}{}\n", "[".repeat(100), "]".repeat(100));
    for i in 1..10 {
        let last = vec![format!("*a{}", i - 1); 9].join(", ");
        writeln!(aliases, "a{i}: &a{i} [{last}]").expect("a String");
        writeln!(merges, "a{i}: &a{i} {{<<: [{last}]}}").expect("a String");
        let nested = format!("{}*a{}{}", "[".repeat(100), i - 1, "]".repeat(100));
        writeln!(ladder, "a{i}: &a{i} {nested}").expect("a String");
    }
    for i in 0..3000 {
        write!(wide, "k{i}: 1, ").expect("a String");
    }
    wide.push_str("}\nb:\n");
    wide.push_str(&"- {<<: *a}\n".repeat(3000));
    let texts = [
        ("aliases", aliases),
        ("ladder", ladder),
        ("wide merges", wide),
        ("lists", "[".repeat(20_000)),
        ("tagged lists", format!("{}!a,", "[".repeat(200_000))),
        ("exclamations", "!".repeat(1_000_000) + ",[!a,"),
        ("mappings", "{a: ".repeat(20_000)),
        (
            "blocks",
            (0..2000)
                .map(|i| format!("{}a:\n", " ".repeat(i)))
                .collect(),
        ),
    ];
    let start = Instant::now();
    for (name, text) in &texts {
        assert!(load(text).is_err(), "{name}");
    }
    assert_eq!(json(&merges).matches(r#"{"a":1,"b":2}"#).count(), 10);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn shell_text_of_numbers_is_pythons() {
    let text = |yaml: &str| load(yaml).expect("valid").root.to_value().as_shell_text();
    for (yaml, expected) in [
        ("1.0", "1.0"),
        ("1.0e+16", "1e+16"),
        ("1.5e-7", "1.5e-07"),
        (".inf", "inf"),
        ("yes", "1"),
    ] {
        assert_eq!(text(yaml).as_deref(), Some(expected), "{yaml}");
    }
}
