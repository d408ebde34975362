//! Completion in a document that is being typed.

use serde_json::Value;

use crate::client::{Columns, Editor, each, host_guests};

fn complete(editor: &mut Editor, around: &str) -> Value {
    editor.ask("textDocument/completion", around)
}

fn find<'v>(items: &'v Value, label: &str) -> &'v Value {
    let found = items
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["label"] == label);
    found.unwrap_or_else(|| panic!("{label} in {:?}", each(items, "label")))
}

#[test]
fn keys_with_a_beginning_and_on_an_empty_line() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    editor.edit("    authorize: ssh\n", "    fail\n    authorize: ssh\n");
    let items = complete(&mut editor, "    fail|\n");
    let retry = find(&items, "failure_retry");
    assert_eq!(editor.slice(&retry["textEdit"]["range"]), "fail");
    assert_eq!(retry["textEdit"]["newText"], "failure_retry: $1");
    assert!(retry["documentation"]["value"].as_str().unwrap().len() > 10);
    assert!(
        !each(&items, "label").contains(&"authorize"),
        "it is there already"
    );

    editor.edit("    fail\n", "    \n");
    let items = complete(&mut editor, "    |\n    authorize");
    find(&items, "failure_retry");
    assert!(
        !each(&items, "label").contains(&"method"),
        "that is for boot"
    );

    // A new action, with the keys that it needs.
    editor.edit(
        "- deploy:\n    role: [guest]",
        "- \n\n- deploy:\n    role: [guest]",
    );
    let items = complete(&mut editor, "- |\n");
    let mut words = each(&items, "label");
    words.sort_unstable();
    assert_eq!(words, ["boot", "command", "deploy", "test"]);
    assert_eq!(
        find(&items, "boot")["textEdit"]["newText"],
        "boot:\n    method: $1"
    );

    // None of the forms of a test is needed more than another: the author chooses below.
    assert_eq!(find(&items, "test")["textEdit"]["newText"], "test:\n    $1");
    editor.edit("- \n\n", "- test:\n    \n\n");
    let items = complete(&mut editor, "- test:\n    |\n\n");
    for form in ["interactive", "monitors", "services"] {
        find(&items, form);
    }
    assert_eq!(
        find(&items, "definitions")["textEdit"]["newText"],
        "definitions:\n  - $1"
    );
    editor.edit("- test:\n    \n\n", "- \n\n");

    // A timeout below its key, and behind it.
    editor.edit("- \n\n", "- boot:\n    timeout:\n      \n\n");
    find(&complete(&mut editor, "timeout:\n      |\n\n"), "minutes");
    editor.edit("timeout:\n      \n\n", "timeout: \n\n");
    let items = complete(&mut editor, "timeout: |\n\n");
    assert_eq!(
        find(&items, "minutes")["textEdit"]["newText"],
        "{minutes: $1}"
    );
}

#[test]
fn words_behind_a_key() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    editor.edit("    method: ssh\n    prompts", "    method: \n    prompts");
    let items = complete(&mut editor, "    method: |\n    prompts");
    find(&items, "grub");
    find(&items, "ssh");
    editor.edit("    method: \n    prompts", "    method: gr\n    prompts");
    let items = complete(&mut editor, "    method: gr|\n    prompts");
    assert_eq!(
        editor.slice(&find(&items, "grub")["textEdit"]["range"]),
        "gr"
    );
    editor.edit("    to: ssh\n", "    to: t\n");
    find(&complete(&mut editor, "    to: t|"), "tftp");
    editor.edit("visibility: public", "visibility: pub");
    find(&complete(&mut editor, "visibility: pub|"), "public");
}

#[test]
fn roles_and_messages_come_from_the_document_also_while_it_is_broken() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    editor.edit("    role: [host]\n    to", "    role: [\n    to");
    let items = complete(&mut editor, "    role: [|\n    to");
    assert_eq!(each(&items, "label"), ["host", "guest"]);
    editor.edit("- lava-wait-all load guest", "- lava-wait-all l");
    let items = complete(&mut editor, "- lava-wait-all l|");
    let labels = each(&items, "label");
    for id in ["clients", "ipv4", "lava_start", "load"] {
        assert!(labels.contains(&id), "{labels:?}");
    }
    let about = find(&items, "ipv4")["documentation"]["value"]
        .as_str()
        .unwrap();
    assert!(
        about.contains("sent by") && about.contains("host"),
        "{about}"
    );
    editor.edit("- lava-wait-all l", "- lava-wait-all load ");
    let items = complete(&mut editor, "- lava-wait-all load |");
    assert_eq!(each(&items, "label"), ["host", "guest"]);
    editor.edit("messageID: ipv4", "messageID: ");
    let items = complete(&mut editor, "messageID: |");
    find(&items, "ipv4");
    editor.edit("host_role: host", "host_role: ");
    let items = complete(&mut editor, "host_role: |");
    assert_eq!(each(&items, "label"), ["host", "guest"]);
}

#[test]
fn context_variables_and_device_types() {
    let text = "job_name: x\nvisibility: public\ntimeouts:\n  job: {minutes: 1}\ndevice_type: \ncontext:\n  \nactions:\n";
    let (mut editor, _) = Editor::open(text, Columns::Utf8);
    find(&complete(&mut editor, "device_type: |"), "sandbox");
    find(&complete(&mut editor, "context:\n  |"), "arch");
}

#[test]
fn keys_of_test_definitions() {
    let text = "metadata:\n  format: Lava-Test Test Definition 1.0\n  \nrun:\n  steps:\n  - ls\n";
    let (mut editor, _) = Editor::open(text, Columns::Utf8);
    find(&complete(&mut editor, "1.0\n  |"), "name");
    assert!(!each(&complete(&mut editor, "|run"), "label").contains(&"actions"));
}
