//! Hover and outline.

use serde_json::json;

use crate::client::{Columns, Editor, each, host_guests};

fn hover(editor: &mut Editor, around: &str) -> String {
    let hover = editor.ask("textDocument/hover", around);
    hover["contents"]["value"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn keys_words_limits_and_messages_are_explained() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    for (around, parts) in [
        ("    auth|orize: ssh", &["actions[0].deploy.authorize"][..]),
        ("    to: s|sh", &["`ssh`"]),
        (
            "- b|oot:",
            &["actions[2].boot", "**2 min**, from its `timeout`"],
        ),
        ("timeo|ut:\n      minutes: 3\n\n- boot", &["**3 min**"]),
        (
            "  jo|b:\n    minutes: 10",
            &["after **10 min** at the latest"],
        ),
        ("  act|ion:\n    minutes: 5", &["for 0 of 6 blocks"]),
        (
            "action: prepare-scp-over|lay",
            &["**2 min**", "`prepare-scp-overlay`: **3 min**"],
        ),
        (
            "messageID: ip|v4",
            &[
                "message `ipv4`",
                "sent by",
                "`host`",
                "awaited by",
                "`guest`",
                "lava-wait ipv4",
            ],
        ),
        ("lava-sync cl|ients", &["met by", "`host`", "`guest`"]),
        (
            "    role: [gu|est]",
            &["role `guest`", "on the machine of `host`"],
        ),
    ] {
        let text = hover(&mut editor, around);
        for part in parts {
            assert!(text.contains(part), "{around}: {part} in {text}");
        }
    }
    assert_eq!(hover(&mut editor, "# A| host and three guests"), "");
}

#[test]
fn the_outline_has_roles_actions_and_definitions() {
    let (mut editor, _) = Editor::open(&host_guests(), Columns::Utf16);
    let outline = editor.about("textDocument/documentSymbol", json!({}));
    assert_eq!(
        each(&outline, "name"),
        [
            "role host",
            "role guest",
            "deploy ssh",
            "deploy ssh",
            "boot ssh",
            "boot ssh",
            "test",
            "test"
        ]
    );
    assert_eq!(
        each(&outline, "detail")[..3],
        ["1 × sandbox", "3 × on host", "host"]
    );
    assert_eq!(each(&outline[6]["children"], "name"), ["host"]);
    assert_eq!(editor.slice(&outline[2]["selectionRange"]), "deploy");
}
