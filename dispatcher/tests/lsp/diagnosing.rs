//! Diagnostics as one types.

use serde_json::json;

use crate::client::{Columns, Editor, codes, host_guests};

#[test]
fn diagnostics_come_and_go_with_the_text() {
    let (mut editor, first) = Editor::open(&host_guests(), Columns::Utf16);
    assert!(
        codes(&first).iter().all(|code| *code != "J003"),
        "{first:?}"
    );
    let clean = first.len();

    let typo = editor.edit("visibility: public", "visibilty: public");
    let unknown = typo.iter().find(|d| d["code"] == "J006").unwrap();
    assert_eq!(unknown["severity"], 1);
    assert_eq!(unknown["source"], "dispatch");
    assert_eq!(editor.slice(&unknown["range"]), "visibilty");
    assert!(
        unknown["message"].as_str().unwrap().contains("visibility"),
        "{unknown}"
    );

    let again = editor.edit("visibilty: public", "visibility: public");
    assert!(
        again
            .iter()
            .all(|d| d["code"] != "J006" || editor.slice(&d["range"]) != "visibilty")
    );

    let broken = editor.edit("actions:\n", "actions: [\n");
    assert_eq!(codes(&broken), ["J001"]);
    let whole = editor.edit("actions: [\n", "actions:\n");
    assert_eq!(whole.len(), clean, "{whole:?}");
    assert_eq!(editor.close()["diagnostics"], json!([]));
}

#[test]
fn a_message_that_cannot_come_shows_both_sides_and_keys_without_effect_are_grey() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    let wrong = editor.edit(
        "- lava-sync clients\n          # The",
        "- lava-sync other\n          # The",
    );
    let related: Vec<&str> = wrong
        .iter()
        .filter(|d| d["code"].as_str().unwrap().starts_with("J06"))
        .filter_map(|d| d["relatedInformation"].as_array())
        .flatten()
        .map(|info| editor.slice(&info["location"]["range"]))
        .collect();
    assert!(
        related.iter().any(|text| text.contains("other")),
        "{wrong:?}"
    );
    editor.edit("sync other", "sync clients");
    let grey = editor.edit("visibility: public\n", "visibility: public\ndevice: x\n");
    let grey: Vec<_> = grey.iter().filter(|d| d["code"] == "J008").collect();
    assert_eq!(grey[0]["tags"], json!([1]), "{grey:?}");
}

#[test]
fn incremental_changes_count_columns_as_the_editor_does() {
    for columns in [Columns::Utf8, Columns::Utf16] {
        for line_end in ["\n", "\r\n"] {
            let text = host_guests().replace('\n', line_end);
            let (mut editor, first) = Editor::open(&text, columns);
            editor.edit("host and three guests", "höst 🚀 ünd three guests");
            editor.edit("three guests", "drei 🚀🚀 gäste");
            editor.edit("🚀 ü", "u");
            let wrong = editor.edit(
                "visibility",
                "# 🚀é\u{301}\nvisibility: public # ü\nvisibilitY",
            );
            let unknown: Vec<_> = wrong.iter().filter(|d| d["code"] == "J006").collect();
            assert_eq!(
                editor.slice(&unknown[0]["range"]),
                "visibilitY",
                "{columns:?}"
            );
            // A whole text and what follows from it, in one message.
            let last = editor.change(&json!([{"text": "job_name: x"}, {"text": text}]));
            assert_eq!(codes(&last), codes(&first));
            editor.text = text;
            assert_eq!(editor.edit("count: 3", "count: 2").len(), first.len());
        }
    }
}

#[test]
fn a_document_that_is_too_long_gets_one_diagnostic() {
    let long = format!("job_name: x\n#{}\n", "x".repeat(5 << 20));
    let (mut editor, first) = Editor::open(&long, Columns::Utf16);
    assert_eq!(codes(&first), ["J000"]);
    assert!(editor.ask("textDocument/hover", "job|_name").is_null());
    let short = "job_name: x\n";
    editor.text = short.to_owned();
    let then = editor.change(&json!([{"text": short}]));
    assert!(codes(&then).contains(&"J003"), "{then:?}");
}

#[test]
fn test_definitions_are_checked_as_such() {
    let text =
        "metadata:\n  format: Lava-Test Test Definition 1.0\n  name: a\nrun:\n  stepz:\n  - ls\n";
    let (mut editor, first) = Editor::open(text, Columns::Utf8);
    assert!(
        first.iter().any(|d| editor.slice(&d["range"]) == "stepz"),
        "{first:?}"
    );
    assert_eq!(editor.edit("stepz", "steps").len(), 0);
}

#[test]
fn other_yaml_is_left_alone() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n";
    let (mut editor, first) = Editor::open(text, Columns::Utf8);
    assert_eq!(first, Vec::<serde_json::Value>::new());
    assert!(editor.ask("textDocument/hover", "meta|data").is_null());
    assert_eq!(editor.ask("textDocument/completion", "|kind"), json!([]));
    assert_eq!(editor.edit("kind: Pod", "kind: [").len(), 0);
    let (_, first) = Editor::open("{{ template }}\nx: [\n", Columns::Utf8);
    assert_eq!(first.len(), 0);
    let (_, first) = Editor::open("metadata:\n  name: x\n", Columns::Utf8);
    assert_eq!(codes(&first), ["J048"], "it may become one");
}
