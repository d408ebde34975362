//! An editor with one open document.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::{Value, json};

/// How an editor counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    Utf8,
    Utf16,
}

/// The process, and messages to and from it.
pub(crate) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: i64,
}

impl Server {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dispatch"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            next: 0,
        }
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// The whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let answer = self.receive();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// The next message.
    pub(crate) fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the server is gone"
            );
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    pub(crate) fn initialize(&mut self, columns: Columns) -> Value {
        let encodings = match columns {
            Columns::Utf8 => json!(["utf-8", "utf-16"]),
            Columns::Utf16 => json!(["utf-16"]),
        };
        let answer = self.ask(
            "initialize",
            &json!({"processId": null, "rootUri": null, "capabilities": {
                "general": {"positionEncodings": encodings},
                "textDocument": {"completion": {"completionItem": {"snippetSupport": true}}},
            }}),
        );
        self.notify("initialized", &json!({}));
        answer["result"]["capabilities"].clone()
    }

    /// Closes its input and waits.
    pub(crate) fn ended(mut self) -> ExitStatus {
        drop(self.input.take());
        self.child.wait().unwrap()
    }
}

/// A server with a document.
pub(crate) struct Editor {
    pub(crate) server: Server,
    columns: Columns,
    pub(crate) text: String,
    version: i64,
}

const URI: &str = "file:///nowhere/job.yaml";

impl Editor {
    /// Opens a document; its diagnostics.
    pub(crate) fn open(text: &str, columns: Columns) -> (Self, Vec<Value>) {
        let mut server = Server::start();
        server.initialize(columns);
        let document = json!({"uri": URI, "languageId": "yaml", "version": 1, "text": text});
        server.notify("textDocument/didOpen", &json!({"textDocument": document}));
        let mut editor = Self {
            server,
            columns,
            text: text.to_owned(),
            version: 1,
        };
        let diagnostics = editor.diagnostics();
        (editor, diagnostics)
    }

    fn diagnostics(&mut self) -> Vec<Value> {
        let message = self.server.receive();
        assert_eq!(
            message["method"], "textDocument/publishDiagnostics",
            "{message}"
        );
        assert_eq!(message["params"]["version"], self.version);
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Replaces the first `old` by `new`, as an incremental change; the diagnostics then.
    pub(crate) fn edit(&mut self, old: &str, new: &str) -> Vec<Value> {
        let start = self.text.find(old).unwrap();
        let end = start + old.len();
        let range = json!({"start": self.position(start), "end": self.position(end)});
        self.text.replace_range(start..end, new);
        self.change(&json!([{"range": range, "text": new}]))
    }

    /// Sends changes that `self.text` already has.
    pub(crate) fn change(&mut self, changes: &Value) -> Vec<Value> {
        self.version += 1;
        let document = json!({"uri": URI, "version": self.version});
        self.server.notify(
            "textDocument/didChange",
            &json!({"textDocument": document, "contentChanges": changes}),
        );
        self.diagnostics()
    }

    pub(crate) fn close(&mut self) -> Value {
        self.server.notify(
            "textDocument/didClose",
            &json!({"textDocument": {"uri": URI}}),
        );
        self.server.receive()["params"].clone()
    }

    /// A position as the editor counts.
    pub(crate) fn position(&self, byte: usize) -> Value {
        let before = &self.text[..byte];
        let line = before.matches('\n').count();
        let last = before.rsplit('\n').next().unwrap();
        let character = match self.columns {
            Columns::Utf8 => last.len(),
            Columns::Utf16 => last.encode_utf16().count(),
        };
        json!({"line": line, "character": character})
    }

    /// The text in a range.
    pub(crate) fn slice(&self, range: &Value) -> &str {
        let byte = |position: &Value| {
            (0..=self.text.len())
                .filter(|byte| self.text.is_char_boundary(*byte))
                .find(|byte| self.position(*byte) == *position)
                .unwrap()
        };
        &self.text[byte(&range["start"])..byte(&range["end"])]
    }

    /// The result of a request at the place that `|` marks in `around`, which is the beginning of the first such text.
    pub(crate) fn ask(&mut self, method: &str, around: &str) -> Value {
        self.ask_with(method, around, json!({}))
    }

    pub(crate) fn ask_with(&mut self, method: &str, around: &str, more: Value) -> Value {
        let answer = self.answer(method, around, more);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The whole answer.
    pub(crate) fn answer(&mut self, method: &str, around: &str, mut more: Value) -> Value {
        let cursor = around.find('|').unwrap();
        let words = around.replacen('|', "", 1);
        let byte = self.text.find(&words).unwrap_or_else(|| panic!("{words}")) + cursor;
        more["textDocument"] = json!({"uri": URI});
        more["position"] = self.position(byte);
        self.server.ask(method, &more)
    }

    /// The result of a request about the whole document, or a part of it.
    pub(crate) fn about(&mut self, method: &str, mut params: Value) -> Value {
        params["textDocument"] = json!({"uri": URI});
        self.server.ask(method, &params)["result"].clone()
    }

    /// Applies the edits of a workspace edit; the diagnostics then.
    pub(crate) fn apply(&mut self, edit: &Value) -> Vec<Value> {
        let mut edits = edit["changes"][URI].as_array().unwrap().clone();
        edits.sort_by_key(|edit| {
            let start = &edit["range"]["start"];
            (start["line"].as_u64(), start["character"].as_u64())
        });
        for edit in edits.iter().rev() {
            let old = self.slice(&edit["range"]);
            let start = old.as_ptr() as usize - self.text.as_ptr() as usize;
            let end = start + old.len();
            self.text
                .replace_range(start..end, edit["newText"].as_str().unwrap());
        }
        let text = self.text.clone();
        self.change(&json!([{"text": text}]))
    }
}

/// The job of a host and its guests.
pub(crate) fn host_guests() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/jobs/host-guests.yaml"
    );
    std::fs::read_to_string(path).unwrap()
}

/// The codes of diagnostics.
pub(crate) fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|d| d["code"].as_str().unwrap())
        .collect()
}

/// A field of each entry, in order.
pub(crate) fn each<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    let entries = list.as_array().unwrap().iter();
    entries
        .map(|entry| entry[field].as_str().unwrap_or_default())
        .collect()
}
