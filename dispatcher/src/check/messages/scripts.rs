//! Scripts inside scripts: texts that are evaluated, and files that came with the definition.

use std::ops::Range;

use super::expand::Expanded;
use super::memory::Arguments;
use super::shell;
use super::shell::tree::Command;
use super::source::Script;
use super::walk::{Done, Flow, Jump, Walker};

impl Walker<'_> {
    /// `eval WORDS` in this shell, `lava-test-case NAME --shell WORDS` in one of its own (`apart`).
    pub(super) fn evaluate(&mut self, command: &Command, words: &[Expanded], apart: bool) -> Done {
        if words.is_empty() {
            return Done::with(Some(true));
        }
        let done = self.evaluated(command, words);
        if !apart {
            // What it may have set is not followed out of it.
            self.forget_all();
        }
        done
    }

    /// What a text that nobody knows may have changed in this shell.
    fn forget_all(&mut self) {
        self.memory.variables.clear();
        self.memory.arguments = Arguments::unknown();
        self.memory.strange = true;
        for function in self.memory.functions.values_mut() {
            *function = None;
        }
    }

    fn evaluated(&mut self, command: &Command, words: &[Expanded]) -> Done {
        let span = &command.span;
        // A command that is written out needs no second reading, and keeps its place.
        if !words.iter().any(|word| word.known.contains(SPECIAL)) {
            return self.subshell(|walker| walker.run(command, words));
        }
        let Some(text) = joined(words) else {
            if words[0].open || words.iter().any(|word| word.known.contains("lava-")) {
                self.unknown(span, "the text of the command is not known");
            }
            return Done::with(None);
        };
        // One quoted word is a part of this script.
        let script = match words {
            [word] if word.exact().is_some() => None,
            _ => Some(Script::of_command(
                &text,
                &self.script.place(span, self.source),
            )),
        };
        let parsed = match words {
            [word] if script.is_none() => word
                .exact()
                .ok_or(shell::Unreadable)
                .and_then(|range| shell::parse_part(&self.script.text, range)),
            _ => shell::parse(&text),
        };
        let Ok(list) = parsed else {
            self.unknown(span, "the text of the command cannot be read");
            return Done::with(None);
        };
        self.deeper(span, |walker| {
            let outside = script.map(|script| std::mem::replace(&mut walker.script, script));
            let done = walker.subshell(|walker| walker.list(&list));
            if let Some(outside) = outside {
                walker.script = outside;
            }
            done
        })
    }

    /// `sh -c TEXT`, `sh FILE`, `sh` with its script on standard input.
    pub(super) fn shell(&mut self, command: &Command, words: &[Expanded]) -> Done {
        let span = &command.span;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            match word.as_text() {
                Some(option) if option.starts_with('-') && option.contains('c') => {
                    let Some(text) = words.get(at + 1) else {
                        return Done::with(None);
                    };
                    let memory = self.memory.clone();
                    // What isn't exported is not known inside.
                    self.memory.variables.clear();
                    // The word after the text is `$0`.
                    let arguments = Arguments::of(words.get(at + 2..).unwrap_or_default());
                    self.memory.arguments = arguments.shifted();
                    let done = self.evaluate(command, std::slice::from_ref(text), true);
                    self.memory = memory;
                    return done;
                }
                Some("-o" | "+o") => at += 2,
                Some(option) if option.starts_with(['-', '+']) => at += 1,
                Some(file) => {
                    let file = file.to_owned();
                    return self.script(span, &file, &words[at + 1..], false);
                }
                None => break,
            }
        }
        self.unknown(span, "what the shell runs is not known");
        Done::with(None)
    }

    /// A script that came with the definition, in a process of its own.
    pub(super) fn script(
        &mut self,
        span: &Range<usize>,
        path: &str,
        words: &[Expanded],
        fed: bool,
    ) -> Done {
        let Some((file, text)) = self.find(path).filter(|_| !fed) else {
            self.unknown(span, format!("{} is not read", super::call::shown(path)));
            return Done::with(None);
        };
        let shell = match text.lines().next().and_then(|line| line.strip_prefix("#!")) {
            Some(line) => line
                .split(['/', ' '])
                .any(|word| matches!(word, "sh" | "bash" | "dash" | "ash")),
            None => true,
        };
        if !shell {
            self.unknown(span, format!("{file} is no shell script"));
            return Done::with(None);
        }
        let arguments = Arguments::of(words);
        self.inside(span, &file, &text, |walker, list| {
            walker.subshell(|walker| {
                walker.memory.variables.clear();
                walker.memory.functions.clear();
                walker.memory.arguments = arguments;
                walker.list(list)
            })
        })
    }

    /// `. FILE`
    pub(super) fn read_in(&mut self, span: &Range<usize>, file: &Expanded, _: &[Expanded]) -> Done {
        let found = file.as_text().and_then(|path| self.find(path));
        let Some((file, text)) = found else {
            self.unknown(
                span,
                format!("{} is not read", super::call::shown(&file.known)),
            );
            self.forget_all();
            return Done::with(None);
        };
        let done = self.inside(span, &file, &text, Walker::list);
        match done.flow {
            Flow::Gone(Jump::Return) | Flow::Maybe(Jump::Return) => Done::with(None),
            _ => done,
        }
    }

    fn inside(
        &mut self,
        span: &Range<usize>,
        file: &str,
        text: &str,
        run: impl FnOnce(&mut Self, &shell::tree::List) -> Done,
    ) -> Done {
        let Ok(list) = shell::parse(text) else {
            self.unknown(span, format!("{file} cannot be read as a shell script"));
            return Done::with(None);
        };
        let place = self.script.place(span, self.source);
        let script = Script::of_file(text, &place.path, file, place.span);
        self.deeper(span, |walker| {
            let outside = std::mem::replace(&mut walker.script, script);
            let done = run(walker, &list);
            walker.script = outside;
            done
        })
    }

    /// A file of the definition, by its path below the definition's folder.
    fn find(&self, path: &str) -> Option<(String, String)> {
        let path = join(self.memory.folder.as_deref()?, path)?;
        let text = self.files.get(&path)?;
        Some((path, text.clone()))
    }
}

/// Signs that mean something to a shell.
const SPECIAL: &[char] = &[
    ' ', '\n', ';', '&', '|', '<', '>', '(', ')', '$', '`', '"', '\'', '\\', '*', '?', '[', '{',
    '}', '#', '~', '!',
];

/// A path below a folder; `None` when it leaves it.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The words as `eval` puts them together, if all are known.
fn joined(words: &[Expanded]) -> Option<String> {
    let words: Option<Vec<&str>> = words.iter().map(Expanded::as_text).collect();
    Some(words?.join(" "))
}
