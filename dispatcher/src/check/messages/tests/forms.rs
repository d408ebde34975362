//! Forms of the shell: which calls are read out of them.

use std::collections::BTreeMap;

use super::{exchange, exchange_with, job};
use crate::check::messages::{Exchange, LoadedDefinition, When};

/// The calls of the role `a` in short: `wait x`, `wait x?` on a condition, `wait x&` in the background; a `?` at the end
/// for something unknown.
fn calls(exchange: &Exchange) -> String {
    let mut all: Vec<String> = Vec::new();
    for call in exchange
        .calls()
        .iter()
        .filter(|call| call.role == "a" && call.id.is_some())
    {
        let mark = match call.when {
            When::Always => "",
            When::Aside => "&",
            When::Sometimes => "?",
        };
        let words = call.words();
        let words = words.trim_start_matches("lava-");
        all.push(format!("{words}{mark}"));
    }
    if exchange.unknown().iter().any(|unknown| unknown.role == "a") {
        all.push("?".to_owned());
    }
    all.join(", ")
}

pub(super) fn of(steps: &[&str]) -> String {
    calls(&exchange(&job(&[("a", steps), ("b", &["true"])])))
}

#[test]
fn forms_of_the_shell() {
    for (step, expected) in [
        // Straight code.
        ("lava-wait x", "wait x"),
        ("echo a; lava-wait x; lava-send y k=1 l=2", "wait x, send y"),
        ("lava-wait-all done b", "wait-all done b"),
        ("lava-wait 'x' && lava-send \"y\"", "wait x, send y"),
        ("/lava-1/bin/lava-sync x", "sync x"),
        ("../../bin/lava-sync x", "sync x"),
        ("lava-wait x | tee log", "wait x"),
        ("echo hi > /dev/null 2>&1; lava-sync x >log", "sync x"),
        ("sudo -E env A=b nice -n 5 lava-send x", "send x"),
        ("apt-get install -y iperf3 && uname -a", ""),
        ("echo lava-wait x", ""),
        ("# lava-wait x", ""),
        // Conditions.
        ("uname && lava-wait x", "wait x?"),
        ("true && lava-wait x", "wait x"),
        ("lava-wait x || exit 1; lava-send y", "wait x, send y"),
        ("test -e f || exit 1; lava-send y", "send y"),
        ("test -e f || exit 0; lava-send y", "send y?"),
        ("test -e f || lava-test-raise no; lava-send y", "send y"),
        ("if test -e f; then lava-send x; fi", "send x?"),
        (
            "if test -e f; then lava-sync x; else lava-sync x; fi",
            "sync x, sync x",
        ),
        ("if test -e f; then lava-sync x; else exit 1; fi", "sync x"),
        (
            "if lava-wait x; then lava-send y; else lava-send z; fi",
            "wait x, send y",
        ),
        ("while uname; do lava-sync x; done", "sync x?"),
        ("timeout 10 lava-wait x", "wait x?"),
        ("exit 0; lava-wait x", ""),
        // Roles.
        (
            "if [ \"$(lava-role)\" = a ]; then lava-wait x; else lava-send x; fi",
            "wait x",
        ),
        ("if [ $(lava-role) != a ]; then lava-wait x; fi", ""),
        ("[[ `lava-role` == b ]] && lava-wait x", ""),
        ("R=$(lava-role); test \"$R\" = a && lava-wait x", "wait x"),
        (
            "case $(lava-role) in b) lava-wait x;; a|c) lava-send x;; esac",
            "send x",
        ),
        (
            "case \"$(lava-role)\" in b) lava-wait x;; *) lava-send x;; esac",
            "send x",
        ),
        ("if lava-role | grep -q b; then lava-wait x; fi", ""),
        // Loops with constant bounds.
        ("for i in 1 2; do lava-sync r$i; done", "sync r1, sync r2"),
        (
            "for i in $(seq 2); do lava-sync r$i; done",
            "sync r1, sync r2",
        ),
        ("for i in $(seq 5); do lava-sync r; break; done", "sync r"),
        ("for i in *; do lava-send x; done", "send x?"),
        (
            "for r in a b; do [ $r = a ] && continue; lava-send $r; done",
            "send b",
        ),
        // Functions.
        ("f() { lava-wait $1; }; f x; f y", "wait x, wait y"),
        (
            "function f { lava-wait x; return; lava-wait y; }\nf",
            "wait x",
        ),
        ("f() { f; }; f; lava-wait x", "wait x, ?"),
        // Substitutions, subshells, backgrounds.
        ("v=$(lava-wait x)", "wait x"),
        ("echo \"`lava-wait x`\"", "wait x"),
        ("(lava-wait x; exit 0); lava-send y", "wait x, send y"),
        ("lava-wait x & lava-send y; wait", "wait x&, send y"),
        ("{ lava-wait x; lava-send y; }", "wait x, send y"),
        // Variables.
        ("ID=x; lava-wait $ID", "wait x"),
        ("ID=x; lava-wait \"a-${ID}\"", "wait a-x"),
        ("lava-wait ${ID:-x}", "?"),
        ("ID=; lava-wait ${ID:-x}", "wait x"),
        ("ID=x; test -e f && ID=y; lava-wait $ID", "?"),
        ("export ID=x; lava-wait $ID", "wait x"),
        ("read ID; lava-wait $ID", "?"),
        ("lava-send ip addr=$(lava-echo-ipv4 eth0)", "send ip"),
        // Test cases and texts.
        ("lava-test-case t --shell lava-wait x", "wait x"),
        (
            "lava-test-case t --shell \"lava-wait x && lava-send y\"",
            "wait x, send y",
        ),
        (
            "lava-test-case t --shell lava-send ip addr=$(hostname -I)",
            "send ip",
        ),
        ("lava-test-case t --result pass", ""),
        ("eval lava-wait x", "wait x"),
        ("sh -c 'lava-wait x; lava-send y'", "wait x, send y"),
        (
            "lava-background-process-start p --cmd lava-send x",
            "send x?",
        ),
        // Unknown.
        ("./run.sh", "?"),
        ("sh run.sh", "?"),
        (". ./lib.sh", "?"),
        ("source lib.sh", "?"),
        ("eval $CODE", "?"),
        ("$CODE", "?"),
        ("python3 test.py", "?"),
        ("python3 -c 'print(1)'; python3 --version", ""),
        ("make check", "?"),
        ("xargs lava-send < ids", "?"),
        ("bash <<E\nlava-wait x\nE", "?"),
        ("lava-send ready-$(lava-self)", "?"),
        ("alias foo=bar; foo", "?"),
        ("PATH=$PATH:.; run-it; echo done", "?"),
        ("if true; then lava-wait x", "?"),
        ("lava-wait a=b; lava-wait", ""),
    ] {
        assert_eq!(of(&[step]), expected, "{step}");
    }
}

/// However long a script would run, reading it is bounded.
#[test]
fn reading_is_bounded() {
    let values = (0..90).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let product = format!(
        "for i in {values}; do for j in {values}; do for k in {values}; do lava-send $i$j$k; done; done; done"
    );
    let nots = format!("test {}", "! ".repeat(50_000));
    let elifs = format!(
        "if a; then b; {} fi; lava-wait x",
        "elif c; then d; ".repeat(5_000)
    );
    let exits = "uname || exit 0; ".repeat(5_000) + "lava-wait x";
    let functions = (0..30)
        .map(|n| format!("f{n}() {{ f{0}; f{0}; }}; ", n + 1))
        .collect::<String>()
        + "f0";
    let whiles = format!(
        "{}{}",
        "while a; do lava-send x; ".repeat(18),
        "done; ".repeat(18)
    );
    for (script, known) in [
        (product, false),
        (nots, true),
        (elifs, false),
        (exits, false),
        (functions, false),
        (whiles, false),
    ] {
        let calls = of(&[&script]);
        assert_eq!(!calls.ends_with('?'), known, "{}", &script[..60]);
    }
}

#[test]
fn steps_are_one_script() {
    assert_eq!(
        of(&["ID=x", "if true; then", "lava-wait $ID", "fi"]),
        "wait x"
    );
    assert_eq!(of(&["f() { lava-wait x; }", "f"]), "wait x");
}

#[test]
fn parameters_environment_and_install_steps_count() {
    let text = job(&[("a", &["lava-wait $ID-$WHERE"]), ("b", &["true"])])
        .replace(
            "      from: inline\n",
            "      from: inline\n      parameters: {ID: x}\n",
        )
        .replace(
            "        device_type: ssh\n",
            "        device_type: ssh\n        environment: {WHERE: lab}\n",
        )
        .replace(
            "        run:\n",
            "        install:\n          steps: [lava-send installed]\n        run:\n",
        );
    assert_eq!(calls(&exchange(&text)), "send installed, wait x-lab");
    let skipped = text.replace(
        "      from: inline\n",
        "      from: inline\n      skip_install: [steps]\n",
    );
    assert_eq!(calls(&exchange(&skipped)), "wait x-lab");
}

#[test]
fn scripts_that_came_with_a_definition_are_read() {
    let text = job(&[("a", &["true"]), ("b", &["true"])]).replacen(
        "      from: inline\n",
        "      from: path\n      x: y\n",
        1,
    );
    let start = text.find("      x: y\n").unwrap();
    let end = text[start..].find("- deploy").unwrap() + start;
    let text = format!(
        "{}      repository: tests\n      path: t.yaml\n{}",
        &text[..start],
        &text[end..]
    );
    let definition = |steps: &str| LoadedDefinition {
        file: "t.yaml".to_owned(),
        text: format!(
            "metadata: {{format: Lava-Test Test Definition 1.0, name: t}}\nrun:\n  steps:\n{steps}"
        ),
        files: [
            ("run.sh", "#!/bin/sh\n. ./lib/f.sh\nf \"$1\"\n"),
            ("lib/f.sh", "f() {\n  lava-wait $1\n}\n"),
            ("x.py", "#!/usr/bin/python3\n"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into(),
    };
    for (steps, expected) in [
        ("  - ./run.sh x\n", "wait x"),
        ("  - cd lib && . ./f.sh\n  - f y\n", "wait y"),
        ("  - cd lib\n  - sh ../run.sh x\n", "?"),
        ("  - ./x.py\n", "?"),
        ("  - ./none.sh\n", "?"),
        ("  - sh ../../etc/passwd\n", "?"),
        ("  - cd \"$WHERE\"; ./run.sh x\n", "?"),
    ] {
        let files = BTreeMap::from([("a", definition(steps))]);
        let exchange = exchange_with(&text, &files);
        assert_eq!(calls(&exchange), expected, "{steps}");
    }
    let files = BTreeMap::from([("a", definition("  - ./run.sh x\n"))]);
    let exchange = exchange_with(&text, &files);
    let place = &exchange.calls()[0].place;
    assert_eq!(place.file, Some(("lib/f.sh".to_owned(), 2)));
    assert_eq!(&text[place.span.start..place.span.end], "a");
    assert_eq!(calls(&exchange_with(&text, &BTreeMap::new())), "?");
}

#[test]
fn ids_know_their_place_in_the_job() {
    let text = job(&[
        (
            "a",
            &[
                "lava-wait first",
                "if true; then\n  lava-wait \"second\"\nfi",
                "lava-test-case t --shell \"true; lava-wait third\"",
                "ID=fourth; lava-wait $ID",
            ],
        ),
        ("b", &["true"]),
    ]);
    let exchange = exchange(&text);
    let words: Vec<Option<&str>> = exchange
        .calls()
        .iter()
        .map(|call| call.id_span.map(|span| &text[span.start..span.end]))
        .collect();
    assert_eq!(words, [Some("first"), Some("second"), Some("third"), None]);
    for call in exchange.calls() {
        let span = call.place.span;
        let line = text.lines().nth(span.line as usize - 1).unwrap();
        assert!(line.contains("lava-wait"), "{line}");
        let words = &text[span.start..span.end];
        assert_eq!(&line[span.column as usize - 1..][..words.len()], words);
    }
}
