//! Going to definitions, references, renaming, quick fixes.

use serde_json::{Value, json};

use crate::client::{Columns, Editor, codes, each, host_guests};

/// The lines (from 1) that a list of locations is about.
fn lines(editor: &Editor, locations: &Value) -> Vec<String> {
    let locations = locations.as_array().unwrap().iter();
    let line = |at: &Value| {
        let line = at["range"]["start"]["line"].as_u64().unwrap() as usize;
        editor.text.lines().nth(line).unwrap().trim().to_owned()
    };
    locations.map(line).collect()
}

fn definition(editor: &mut Editor, around: &str) -> Vec<String> {
    let found = editor.ask("textDocument/definition", around);
    lines(editor, &found)
}

#[test]
fn from_a_wait_to_its_sender_and_back() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    assert_eq!(
        definition(&mut editor, "messageID: ip|v4"),
        ["- lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)"]
    );
    assert_eq!(
        definition(&mut editor, "hostID: ip|v4"),
        ["- lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)"]
    );
    assert_eq!(
        definition(&mut editor, "lava-wait-all lo|ad"),
        ["- lava-send load average=$one"]
    );
    assert_eq!(
        definition(&mut editor, "lava-send ip|v4"),
        ["messageID: ipv4"]
    );
    assert_eq!(
        definition(&mut editor, "lava-sync cl|ients\n          - lava-wait-all"),
        ["- lava-sync clients"]
    );
    // Also while something else does not load, above and below.
    editor.edit("job_name: host and", "job_name: [host and");
    assert_eq!(
        definition(&mut editor, "messageID: ip|v4"),
        ["- lava-send ipv4 ipaddr=$(lava-echo-ipv4 eth0)"]
    );
}

#[test]
fn roles_and_anchors() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    for around in [
        "    role: [gu|est]",
        "lava-wait-all load gu|est",
        "(lava-group gu|est",
    ] {
        assert_eq!(definition(&mut editor, around), ["guest:"], "{around}");
    }
    assert_eq!(definition(&mut editor, "host_role: ho|st"), ["host:"]);
    let context = json!({"context": {"includeDeclaration": false}});
    let used = editor.ask_with("textDocument/references", "    role: [gu|est]", context);
    assert_eq!(lines(&editor, &used).len(), 5, "{used}");
    editor.edit(
        "timeouts:\n  job:\n    minutes: 10",
        "timeouts:\n  job: &ten\n    minutes: 10",
    );
    editor.edit("  connection:\n    minutes: 2", "  connection: *ten");
    assert_eq!(definition(&mut editor, "connection: *t|en"), ["job: &ten"]);
}

#[test]
fn a_message_is_renamed_in_all_roles() {
    let (mut editor, first) = Editor::open(&host_guests(), Columns::Utf16);
    let range = editor.ask("textDocument/prepareRename", "messageID: ip|v4");
    assert_eq!(editor.slice(&range), "ipv4");
    let new = json!({"newName": "address"});
    let edit = editor.ask_with("textDocument/rename", "messageID: ip|v4", new.clone());
    let then = editor.apply(&edit);
    assert_eq!(codes(&then), codes(&first), "{then:?}");
    assert_eq!(
        editor.text,
        host_guests()
            .replace("lava-send ipv4", "lava-send address")
            .replace("ID: ipv4", "ID: address")
    );
    let all = json!({"context": {"includeDeclaration": true}});
    let used = editor.ask_with("textDocument/references", "lava-send add|ress", all);
    assert_eq!(lines(&editor, &used).len(), 3, "{used}");

    for (around, name, why) in [
        ("- lava-send lava_st|art", "x", "LAVA's own word"),
        ("messageID: add|ress", "a b", "letters"),
        ("messageID: add|ress", "12", "YAML"),
        ("    meth|od: ssh", "x", "only message ids and roles"),
    ] {
        let answer = editor.answer("textDocument/rename", around, json!({"newName": name}));
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(why), "{message}");
    }
    editor.edit("visibility: public\n", "");
    let answer = editor.answer("textDocument/rename", "messageID: add|ress", new);
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("repair"),
        "{answer}"
    );
}

#[test]
fn a_role_is_renamed_everywhere() {
    let (mut editor, first) = Editor::open(&host_guests(), Columns::Utf16);
    let edit = editor.ask_with(
        "textDocument/rename",
        "    role: [gu|est]",
        json!({"newName": "client"}),
    );
    let then = editor.apply(&edit);
    assert_eq!(codes(&then), codes(&first), "{then:?}");
    for line in [
        "      client:\n",
        "role: [client]",
        "load client\n",
        "(lava-group client |",
    ] {
        assert!(editor.text.contains(line), "{line}");
    }
    let answer = editor.answer(
        "textDocument/rename",
        "    role: [cli|ent]",
        json!({"newName": "host"}),
    );
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("already"),
        "{answer}"
    );
}

#[test]
fn a_slip_of_the_pen_is_repaired_by_a_quick_fix() {
    let (mut editor, first) = Editor::open(&host_guests(), Columns::Utf16);
    let wrong = editor.edit("visibility: public", "visibilty: public");
    let range = wrong.iter().find(|d| d["code"] == "J006").unwrap()["range"].clone();
    let params = json!({"range": range, "context": {"diagnostics": []}});
    let actions = editor.about("textDocument/codeAction", params);
    assert_eq!(each(&actions, "kind"), ["quickfix"], "{actions}");
    let then = editor.apply(&actions[0]["edit"]);
    assert_eq!(codes(&then), codes(&first));
    assert_eq!(editor.text, host_guests());
}
