//! A step's talk with a boot loader, and how `dispatch plan` shows it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::actions::tool::dialogue::{Dialogue, Interrupt, Line};
use crate::text::escape;

/// A talk that is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// The talk. Words that are only known when it runs, such as `{KERNEL}` and `{SERVER_IP}`, are still in its lines.
    pub dialogue: Dialogue,
    /// Paths of the device's keys that it needs and that are not there.
    pub missing: Vec<String>,
}

impl Talk {
    /// As data.
    #[must_use]
    pub fn json(&self) -> Value {
        let Dialogue {
            interrupt,
            prompt,
            commands,
            final_message,
            errors,
        } = &self.dialogue;
        let mut shown = json!({});
        if let Some(how) = interrupt {
            shown["interrupt"] = json!({
                "prompt": how.prompt,
                "character": how.character,
                "newline": how.newline,
                "ctrl": how.ctrl,
            });
        }
        let line = |line: &Line| match line {
            Line::Send(send) => json!(send),
            Line::SendAndWait(line) => json!({"send": line.send, "wait": line.wait}),
        };
        for (key, text) in [("prompt", prompt), ("final_message", final_message)] {
            if let Some(text) = text {
                shown[key] = text.as_str().into();
            }
        }
        if !commands.is_empty() {
            shown["commands"] = commands.iter().map(line).collect();
        }
        for (key, list) in [("errors", errors), ("missing", &self.missing)] {
            if !list.is_empty() {
                shown[key] = json!(list);
            }
        }
        shown
    }

    /// For people: a line per wait and per line that is typed.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let talk = &self.dialogue;
        let mut lines = Vec::new();
        if let Some(how) = &talk.interrupt {
            lines.push(format!("wait for {}", quoted(&how.prompt)));
            lines.push(format!("type {}", keys(how)));
        }
        if let Some(prompt) = &talk.prompt {
            lines.push(format!("wait for {}", quoted(prompt)));
        }
        for line in &talk.commands {
            match line {
                Line::Send(send) => lines.push(format!("> {}", escape(send))),
                Line::SendAndWait(line) => {
                    lines.push(format!("> {}", escape(&line.send)));
                    lines.push(format!("wait for {}", quoted(&line.wait)));
                }
            }
        }
        if let Some(last) = &talk.final_message {
            lines.push(format!("wait for {}", quoted(last)));
        }
        for path in &self.missing {
            lines.push(format!("the device does not say {path}"));
        }
        lines
    }
}

/// What is pressed to interrupt.
fn keys(how: &Interrupt) -> String {
    if how.ctrl.is_empty() {
        let end = if how.newline { " and Enter" } else { "" };
        return format!("{}{end}", quoted(&how.character));
    }
    how.ctrl.iter().fold(String::new(), |mut keys, letter| {
        let gap = if keys.is_empty() { "" } else { " " };
        // A string takes whatever is written to it.
        let _ = write!(keys, "{gap}Ctrl-{}", letter.to_uppercase());
        keys
    })
}

fn quoted(text: &str) -> String {
    format!("`{}`", escape(text))
}
