//! Commands that make calls, or change what later commands mean.

use std::ops::Range;

use super::call::{Call, Verb};
use super::expand::Expanded;
use super::program::{Item, MOST_CALLS};
use super::shell::tree::Command;
use super::source::Script;
use super::walk::{Done, Flow, Jump, Walker};

impl Walker<'_> {
    /// `lava-send`, `-wait`, `-wait-all` and `-sync`.
    pub(super) fn message(&mut self, verb: Verb, span: &Range<usize>, words: &[Expanded]) -> Done {
        let Some((id, rest)) = words.split_first() else {
            return Done::with(Some(false));
        };
        let text = id.as_text().map(str::to_owned);
        let refused = text
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.contains('='));
        if refused {
            return Done::with(Some(false));
        }
        let mut known = text.is_some();
        let of = match (verb, rest.first()) {
            (Verb::WaitAll, Some(role)) => {
                known &= !role.open;
                role.as_text().map(str::to_owned)
            }
            _ => None,
        };
        if self.book.calls.len() >= MOST_CALLS {
            self.unknown(span, "there are too many calls to be read");
            return Done::with(Some(true));
        }
        let index = self.book.add(Call {
            role: self.role.to_owned(),
            verb,
            id: text.filter(|_| known),
            id_span: id
                .exact()
                .and_then(|word| self.script.word(&word, self.source)),
            of,
            keys: (verb == Verb::Send).then(|| keys(rest)).flatten(),
            when: self.when(),
            place: self.script.place(span, self.source),
        });
        if known {
            self.out.push(Item::Call(index));
        } else {
            self.unknown(span, "the message id is not known");
        }
        if matches!(verb, Verb::Wait | Verb::WaitAll) {
            self.memory.last_wait = known.then_some(index);
        }
        Done::with(Some(true))
    }

    pub(super) fn call_function(
        &mut self,
        span: &Range<usize>,
        script: Script,
        body: &Command,
        words: &[Expanded],
    ) -> Done {
        let arguments = words.iter().map(|word| word.clone().text()).collect();
        let before = self.memory.arguments.replace(arguments);
        let outside = std::mem::replace(&mut self.script, script);
        let done = self.deeper(span, |walker| walker.command(body));
        self.script = outside;
        self.memory.arguments = before;
        match done.flow {
            Flow::Gone(Jump::Return) | Flow::Maybe(Jump::Return) => Done::with(None),
            _ => done,
        }
    }

    /// `NAME=value` words of `export` and its like.
    pub(super) fn declare(&mut self, words: &[Expanded]) {
        for word in words {
            match word.known.split_once('=') {
                Some((name, value)) => {
                    self.memory.strange |= name == "PATH";
                    let value = (!word.open).then(|| value.to_owned());
                    self.memory.variables.insert(name.to_owned(), value);
                }
                None if word.open => self.memory.variables.clear(),
                None => {}
            }
        }
    }

    pub(super) fn change_folder(&mut self, how: &str, words: &[Expanded]) {
        let into = words.iter().rev().find(|word| !word.known.starts_with('-'));
        let into = into.and_then(Expanded::as_text).filter(|_| how == "cd");
        self.memory.folder = match (into, self.memory.folder.take()) {
            (Some(into), Some(folder)) if !into.starts_with('/') => {
                super::scripts::join(&folder, into)
            }
            _ => None,
        };
    }
}

/// The keys of `key=value` words; `None` when one cannot be read.
fn keys(words: &[Expanded]) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    for word in words {
        match word.known.split_once('=') {
            Some((key, _)) => keys.push(key.to_owned()),
            None if word.open => return None,
            // It belongs to the value before it.
            None => {}
        }
    }
    Some(keys)
}
