//! What commands are known to do. This is the one place that says what counts as unknown.
//!
//! A command by its plain name, found in the node's PATH, is taken for a program that knows nothing of the bus, and
//! counts as nothing: `apt-get`, `uname`, `iperf3`. Everything that may make calls which cannot be read is *unknown*, and
//! what is unknown may send anything, wait for anything and take part in any sync, at any time from there on:
//!
//! - a command whose name or path isn't known, or that is a path (`./run.sh`), unless it is one of the system's folders,
//!   one of the helpers in the overlay, or a script that came with the definition and can be read;
//! - an interpreter with a program (`python3 test.py`, `make`, `expect`), and `sh`, `.`, `source`, `eval` unless what they
//!   run is a known text or a script that can be read;
//! - a call whose message id isn't known;
//! - a command with `lava-send`, `lava-wait` or `lava-sync` among its words that isn't known to run them;
//! - every command by name, but the most common, after `alias`, a change of PATH, or when this or an earlier script of
//!   the job has put something into the system's folders;
//! - a script that cannot be parsed.
//!
//! Calls under `timeout` may not be met and the script goes on: they are read, and counted as conditional.

use std::ops::Range;

use super::call::Verb;
use super::expand::{Expanded, base};
use super::known::{
    COMMON, INSTALLERS, INTERPRETERS, SHELLS, SUCCEED, SYSTEM, WRAPPERS, after_options, in_system,
    mentions_calls,
};
use super::memory::Arguments;
use super::shell::tree::{Command, Part, Word};
use super::walk::{Done, Flow, Jump, Walker};

impl Walker<'_> {
    /// A simple command: assignments, then words.
    pub(super) fn simple(
        &mut self,
        command: &Command,
        assigns: &[(String, Option<Word>)],
        words: &[Word],
    ) -> Done {
        let mut certain = true;
        for (name, value) in assigns {
            let value = value.as_ref().and_then(|word| self.expand(word).text());
            certain &= value.is_some();
            self.memory.strange |= name == "PATH";
            // `IFS= read line` has no effect on what follows.
            if name == "IFS" && starts_with_read(words) {
                continue;
            }
            // Beside a command it is the command's alone, but knowing less is never wrong.
            let value = value.filter(|_| words.is_empty());
            self.memory.variables.insert(name.clone(), value);
        }
        let arguments = self.arguments(words);
        if arguments.is_empty() {
            return Done::with(certain.then_some(true));
        }
        self.run(command, &arguments)
    }

    /// A command with its words.
    pub(super) fn run(&mut self, command: &Command, words: &[Expanded]) -> Done {
        let Some((first, rest)) = words.split_first() else {
            return Done::with(Some(true));
        };
        let span = command.span.clone();
        let Some(name) = first.as_text().map(str::to_owned) else {
            // `$PREFIX/bin/lava-send` and its like.
            self.unknown(&span, "the name of the command is not known");
            return Done::with(None);
        };
        if let Some(function) = self.memory.functions.get(&name).cloned() {
            return match function {
                Some((script, body)) => self.call_function(&span, script, &body, rest),
                None => {
                    self.unknown(&span, format!("which function {name} is, is not known"));
                    Done::with(None)
                }
            };
        }
        let plain = base(&name).to_owned();
        let of_system = SYSTEM
            .iter()
            .any(|folder| name == format!("{folder}{plain}"));
        if name.contains('/') && !of_system && !plain.starts_with("lava-") {
            return self.script(&span, &name, rest, command.fed);
        }
        match plain.as_str() {
            "lava-send" => self.message(Verb::Send, &span, rest),
            "lava-wait" => self.message(Verb::Wait, &span, rest),
            "lava-wait-all" => self.message(Verb::WaitAll, &span, rest),
            "lava-sync" => self.message(Verb::Sync, &span, rest),
            "lava-start-vms" | "lava-wait-for-vms" => {
                self.unknown(&span, format!("{plain} makes calls of its own"));
                Done::with(None)
            }
            "lava-test-case" => match rest {
                [_, option, rest @ ..] if option.as_text() == Some("--shell") => {
                    self.evaluate(command, rest, true);
                    Done::with(Some(true))
                }
                _ => Done::with(Some(true)),
            },
            "lava-test-raise" => self.leave(Jump::Fail),
            "lava-background-process-start" => {
                let words = rest.get(2..).unwrap_or_default().to_vec();
                self.aside(|walker| {
                    walker.sometimes(|walker| walker.evaluate(command, &words, true))
                });
                Done::with(Some(true))
            }
            "exit" => match rest.first().map(Expanded::as_text) {
                Some(Some(code)) if code != "0" && self.shells == 0 => self.leave(Jump::Fail),
                _ => self.leave(Jump::Exit),
            },
            "return" => self.leave(Jump::Return),
            "break" => self.leave(Jump::Break),
            "continue" => self.leave(Jump::Continue),
            "cd" | "pushd" | "popd" => {
                self.change_folder(&plain, rest);
                let folder = self.memory.folder.as_ref();
                let there = folder.is_some_and(|folder| {
                    let inside = format!("{folder}/");
                    self.files.keys().any(|file| file.starts_with(&inside))
                });
                Done::with(there.then_some(true))
            }
            "alias" | "unalias" | "enable" | "hash" => {
                self.memory.strange = true;
                Done::with(None)
            }
            "export" | "local" | "readonly" | "declare" | "typeset" => {
                self.declare(&plain, rest);
                Done::with(Some(true))
            }
            "read" | "mapfile" | "readarray" | "getopts" | "unset" => {
                for word in rest {
                    match word.as_text() {
                        Some(name) => {
                            if let Some(function) = self.memory.functions.get_mut(name) {
                                *function = None;
                            }
                            self.memory.variables.insert(name.to_owned(), None);
                        }
                        None => self.memory.variables.clear(),
                    }
                }
                Done::with(None)
            }
            "let" => {
                self.memory.variables.clear();
                Done::with(None)
            }
            "printf" if rest.first().and_then(Expanded::as_text) == Some("-v") => {
                let name = rest.get(1).and_then(Expanded::as_text).unwrap_or_default();
                self.memory.forget(&[name.to_owned()]);
                Done::with(None)
            }
            "set" | "shift" => {
                let options = rest.iter().all(|word| word.known.starts_with(['-', '+']));
                if plain == "shift" || !options || rest.iter().any(|w| w.known == "--") {
                    self.memory.arguments = Arguments::unknown();
                }
                Done::with(Some(true))
            }
            "test" | "[" => {
                let end = rest.len() - usize::from(plain == "[" && !rest.is_empty());
                let words: Vec<_> = rest[..end].iter().map(|w| w.clone().text()).collect();
                Done::with(super::condition::decide(&words))
            }
            "false" => Done::with(Some(false)),
            "eval" => self.evaluate(command, rest, false),
            "." | "source" => match rest.split_first() {
                Some((file, rest)) => self.read_in(&span, file, rest),
                None => Done::with(None),
            },
            "trap" => {
                let calls = |word: &Expanded| mentions_calls(word) || self.names_function(word);
                if rest.iter().any(calls) {
                    self.unknown(&span, "what a trap runs is not followed");
                }
                Done::with(Some(true))
            }
            "timeout" => {
                let inner = after_options(rest, 1);
                self.sometimes(|walker| walker.run(command, inner))
            }
            _ if SHELLS.contains(&plain.as_str()) => self.shell(command, rest),
            _ if WRAPPERS.contains(&plain.as_str()) => {
                let inner = after_options(rest, usize::from(plain == "taskset"));
                let done = self.run(command, inner);
                match plain.as_str() {
                    "exec" if !inner.is_empty() => self.leave(Jump::Exit),
                    _ => done,
                }
            }
            _ => self.program(&span, &plain, rest),
        }
    }

    fn leave(&self, jump: Jump) -> Done {
        Done {
            status: None,
            flow: Flow::Gone(jump),
        }
    }

    /// A program from PATH.
    fn program(&mut self, span: &Range<usize>, name: &str, words: &[Expanded]) -> Done {
        self.reads_data(name, words);
        self.installed |= INSTALLERS.contains(&name) && words.iter().any(in_system);
        let version = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        if INTERPRETERS.contains(&name) || INTERPRETERS.contains(&version) {
            let asks = words
                .first()
                .is_none_or(|word| matches!(word.as_text(), Some("--version" | "-V" | "--help")));
            let text = matches!(words, [option, text, ..]
                if option.as_text() == Some("-c") && text.as_text().is_some_and(|t| !t.contains("lava-")));
            if !asks && !text {
                self.unknown(span, format!("what {name} runs is not read"));
            }
        } else if words.iter().any(mentions_calls) && !SUCCEED.contains(&name) {
            self.unknown(span, format!("{name} may run the call in its words"));
        } else if name.ends_with("awk") && words.iter().any(runs) {
            self.unknown(span, format!("what {name} runs is not read"));
        } else if (self.memory.strange || self.installed)
            && !COMMON.contains(&name)
            && !name.starts_with("lava-")
        {
            self.unknown(span, format!("{name} may be another program than usual"));
        }
        Done::with(SUCCEED.contains(&name).then_some(true))
    }
}

/// A program of awk that may start others.
fn runs(word: &Expanded) -> bool {
    ["system", "| \"", "|\"", "getline"]
        .iter()
        .any(|sign| word.known.contains(sign))
}

fn starts_with_read(words: &[Word]) -> bool {
    let first = words.first().map(|word| word.parts.as_slice());
    matches!(first, Some([Part::Text { text, .. }]) if text == "read")
}
