//! The life of a session, and what is no message.

use serde_json::{Value, json};

use crate::client::{Columns, Editor, Server, host_guests};

fn error(answer: &Value) -> i64 {
    answer["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_session_begins_and_ends_as_the_protocol_says() {
    let mut server = Server::start();
    assert_eq!(error(&server.ask("textDocument/hover", &json!({}))), -32002);
    let capabilities = server.initialize(Columns::Utf8);
    assert_eq!(capabilities["positionEncoding"], "utf-8");
    assert_eq!(
        error(&server.ask("initialize", &json!({"capabilities": {}}))),
        -32600
    );
    assert_eq!(
        error(&server.ask("textDocument/foldingRange", &json!({}))),
        -32601
    );
    assert_eq!(error(&server.ask("textDocument/hover", &json!({}))), -32602);
    server.notify("$/setTrace", &json!({"value": "off"}));
    server.notify("textDocument/didOpen", &json!({"textDocument": 7}));
    let gone =
        json!({"textDocument": {"uri": "file:///x"}, "position": {"line": 0, "character": 0}});
    assert_eq!(error(&server.ask("textDocument/hover", &gone)), -32602);
    let answer = server.ask("shutdown", &Value::Null);
    assert_eq!(answer.get("result"), Some(&Value::Null));
    assert_eq!(error(&server.ask("textDocument/hover", &gone)), -32600);
    server.notify("exit", &Value::Null);
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn an_end_without_shutdown_is_a_failure() {
    let mut server = Server::start();
    server.initialize(Columns::Utf16);
    server.notify("exit", &Value::Null);
    assert_eq!(server.ended().code(), Some(1));
    let mut server = Server::start();
    server.initialize(Columns::Utf16);
    assert_eq!(server.ended().code(), Some(1), "the editor went away");
    let mut server = Server::start();
    server.raw(b"hello\r\n\r\n");
    assert_eq!(server.ended().code(), Some(3));
}

#[test]
fn a_message_that_is_none_is_skipped() {
    let mut server = Server::start();
    server.raw(b"Content-Length: 3\r\n\r\n{]}");
    server.raw(b"Content-Length: 4\r\n\r\n\"\xff\xfe\"");
    let capabilities = server.initialize(Columns::Utf16);
    assert_eq!(capabilities["positionEncoding"], "utf-16");
}

/// Every request at every tenth byte of a job that is cut off at places that make no sense.
#[test]
fn no_text_and_no_place_ends_the_server() {
    let whole = host_guests();
    let (mut editor, _) = Editor::open(&whole, Columns::Utf16);
    for cut in (0..whole.len()).step_by(331) {
        editor.text = format!("{}ü🚀", &whole[..cut]);
        let text = editor.text.clone();
        editor.change(&json!([{"text": text}]));
        for byte in [cut / 2, cut, text.len()] {
            let position = editor.position(text.floor_char_boundary(byte));
            for method in [
                "completion",
                "hover",
                "definition",
                "references",
                "rename",
                "prepareRename",
                "codeAction",
                "documentSymbol",
            ] {
                let params = json!({"position": position, "range": {"start": position, "end": {"line": 99999, "character": 99999}},
                    "newName": "x", "context": {"includeDeclaration": true, "diagnostics": []}});
                editor.about(&format!("textDocument/{method}"), params);
            }
        }
    }
    // Ranges that lie outside the text, or end before they begin.
    for (start, end) in [
        ([9999, 0], [0, 0]),
        ([0, 9999], [9999, 9999]),
        ([3, 2], [3, 1]),
    ] {
        let at = |place: [u64; 2]| json!({"line": place[0], "character": place[1]});
        editor.change(&json!([{"range": {"start": at(start), "end": at(end)}, "text": "ü"}]));
    }
}
