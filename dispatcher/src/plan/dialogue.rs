//! A step's talk with a boot loader, and how `dispatch plan` shows it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::text::escape;

/// A talk. All patterns are regular expressions, as LAVA reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialogue {
    /// How to stop the boot loader from booting by itself.
    pub interrupt: Option<Interrupt>,
    /// What it prints when it awaits a line.
    pub prompt: Option<String>,
    /// The lines, in order. The prompt is awaited after each but the last.
    pub commands: Vec<String>,
    /// What is printed after the last line; without it nothing is awaited then.
    pub final_message: Option<String>,
    /// Patterns that mean failure while a prompt or the final message is awaited.
    pub errors: Vec<String>,
}

/// How to interrupt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interrupt {
    /// What is printed while it can be interrupted.
    pub prompt: String,
    /// What to type: usually one character.
    pub character: String,
    /// Whether a line end follows.
    pub newline: bool,
    /// Letters to type with the control key held, instead of `character`.
    pub ctrl: Vec<char>,
}

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
        for (key, text) in [("prompt", prompt), ("final_message", final_message)] {
            if let Some(text) = text {
                shown[key] = text.as_str().into();
            }
        }
        if !commands.is_empty() {
            shown["commands"] = json!(commands);
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
            if how.newline || !how.character.is_empty() || !how.ctrl.is_empty() {
                lines.push(format!("type {}", keys(how)));
            }
        }
        if let Some(prompt) = &talk.prompt {
            lines.push(format!("wait for {}", quoted(prompt)));
        }
        lines.extend(
            talk.commands
                .iter()
                .map(|line| format!("> {}", escape(line))),
        );
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
        return match (how.character.as_str(), how.newline) {
            ("", _) => "Enter".to_owned(),
            (keys, true) => format!("{} and Enter", quoted(keys)),
            (keys, false) => quoted(keys),
        };
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
