//! `dialogue`: a talk with a boot loader on the console, as data.
//!
//! In: what to interrupt, the prompt, the lines to type and what must not be printed. Out: the lines to send once words
//! such as `{KERNEL_ADDR}` are known.

use serde::Deserialize;

use super::words::{self, Words};

/// A talk. All patterns are regular expressions, as LAVA reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialogue {
    /// How to stop the boot loader from booting by itself.
    pub interrupt: Option<Interrupt>,
    /// What it prints when it awaits a line.
    pub prompt: Option<String>,
    /// The lines, in order.
    pub commands: Vec<Line>,
    /// What is printed after the last line; without it nothing is awaited then.
    pub final_message: Option<String>,
    /// Patterns that mean failure while a prompt or the final message is awaited.
    pub errors: Vec<String>,
}

/// How to interrupt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interrupt {
    /// What is printed while it can be interrupted.
    pub prompt: String,
    /// What to type: usually one character.
    #[serde(default)]
    pub character: String,
    /// Whether a line end follows.
    #[serde(default)]
    pub newline: bool,
    /// Letters to type with the control key held, instead of `character`.
    #[serde(default)]
    pub ctrl: Vec<char>,
}

/// A line to type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// The line; the prompt is awaited after it.
    Send(String),
    /// A line after which something else is awaited.
    SendAndWait(SendAndWait),
}

/// A line with a wait of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendAndWait {
    /// The line.
    pub send: String,
    /// What is awaited after it instead of the prompt.
    pub wait: String,
}

/// A line that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// What to send, without a line end.
    pub send: String,
    /// The pattern to await then; none after the last line of a dialogue without final message.
    pub wait: Option<String>,
}

impl Dialogue {
    /// The lines to send, each with what to await after it. A line is dropped when a word in it has an empty value (a job
    /// without ramdisk has no use for the line that loads it); unknown words stay as they are.
    #[must_use]
    pub fn lines(&self, words: &Words) -> Vec<Ready> {
        let filled = self.commands.iter().filter_map(|line| {
            let (send, wait) = match line {
                Line::Send(send) => (send, &self.prompt),
                Line::SendAndWait(line) => (&line.send, &Some(line.wait.clone())),
            };
            let send = words::fill_line(send, words)?;
            let own = matches!(line, Line::SendAndWait(_));
            Some((send, wait.clone(), own))
        });
        let filled: Vec<_> = filled.collect();
        let last = filled.len().saturating_sub(1);
        let ready = filled
            .into_iter()
            .enumerate()
            .map(|(i, (send, wait, own))| {
                let wait = if i == last && !own {
                    self.final_message.clone()
                } else {
                    wait
                };
                Ready { send, wait }
            });
        ready.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue() -> Dialogue {
        serde_yaml::from_str(
            "
interrupt: {prompt: Hit any key, character: ' ', newline: true}
prompt: '=> '
commands:
- setenv serverip {SERVER_IP}
- tftp {RAMDISK_ADDR} {RAMDISK}
- {send: dhcp, wait: DHCP client bound}
- setenv bootargs '${args} {UNKNOWN}'
- '{BOOTX}'
final_message: Starting kernel
errors: [Bad Linux ARM64 Image magic!]
",
        )
        .unwrap()
    }

    fn lines(words: &[(&str, &str)], dialogue: &Dialogue) -> Vec<String> {
        let words = words.iter().map(|(k, v)| ((*k).into(), (*v).into()));
        let ready = dialogue.lines(&words.collect());
        let line = |r: Ready| format!("{} -> {}", r.send, r.wait.unwrap_or("nothing".into()));
        ready.into_iter().map(line).collect()
    }

    #[test]
    fn lines_without_a_value_are_dropped_and_the_last_awaits_the_final_message() {
        let words = [
            ("SERVER_IP", "192.0.2.1"),
            ("RAMDISK", ""),
            ("RAMDISK_ADDR", "0x43000000"),
            ("BOOTX", "booti 0x40000000 - 0x4a000000"),
        ];
        let mut dialogue = dialogue();
        assert_eq!(
            lines(&words, &dialogue),
            [
                "setenv serverip 192.0.2.1 -> => ",
                "dhcp -> DHCP client bound",
                "setenv bootargs '${args} {UNKNOWN}' -> => ",
                "booti 0x40000000 - 0x4a000000 -> Starting kernel",
            ]
        );
        dialogue.final_message = None;
        assert_eq!(
            lines(&words, &dialogue)[3],
            "booti 0x40000000 - 0x4a000000 -> nothing"
        );
        assert!(Dialogue::default().lines(&Words::new()).is_empty());
    }

    #[test]
    fn unknown_keys_are_refused() {
        serde_yaml::from_str::<Dialogue>("{promt: x}").unwrap_err();
        serde_yaml::from_str::<Interrupt>("{character: x}").unwrap_err();
    }
}
