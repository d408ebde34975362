//! Commands that make calls, or change what later commands mean.

use std::ops::Range;

use super::call::{Call, Verb};
use super::expand::Expanded;
use super::memory::Arguments;
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
        // What becomes of line breaks and their like is left to the helpers.
        let plain = |text: &&str| !text.contains(char::is_control);
        let text = id.as_text().filter(plain).map(str::to_owned);
        let refused = text
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.contains('='));
        if refused {
            return Done::with(Some(false));
        }
        let most = match verb {
            Verb::Wait | Verb::Sync => 0,
            Verb::WaitAll => 1,
            Verb::Send | Verb::Start => usize::MAX,
        };
        if rest.len() > most {
            // LAVA takes no notice of them, our helpers do.
            self.unknown(span, format!("{} has too many words", verb.word()));
            return Done::with(None);
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
        let before = std::mem::replace(&mut self.memory.arguments, Arguments::of(words));
        let locals = std::mem::take(&mut self.memory.locals);
        let variables = self.memory.variables.clone();
        let outside = std::mem::replace(&mut self.script, script);
        let done = self.deeper(span, |walker| walker.command(body));
        self.script = outside;
        self.memory.arguments = before;
        for name in std::mem::replace(&mut self.memory.locals, locals) {
            let value = variables.get(&name).cloned().flatten();
            self.memory.variables.insert(name, value);
        }
        match done.flow {
            Flow::Gone(Jump::Return) | Flow::Maybe(Jump::Return) => Done::with(None),
            _ => done,
        }
    }

    /// Whether a word names a function of this script, wherever that is defined.
    pub(super) fn names_function(&self, word: &Expanded) -> bool {
        let text = &self.script.text;
        let mut names = word
            .known
            .split(|c: char| c.is_whitespace() || ";&|(){}".contains(c));
        names.any(|name| {
            let defined = ["()", " ()"]
                .iter()
                .any(|end| text.contains(&format!("{name}{end}")));
            !name.is_empty()
                && (defined
                    || text.contains(&format!("function {name}"))
                    || self.memory.functions.contains_key(name))
        })
    }

    /// `NAME=value` words of `export` and its like.
    pub(super) fn declare(&mut self, how: &str, words: &[Expanded]) {
        let local = matches!(how, "local" | "declare" | "typeset");
        for word in words {
            let name = word.known.split('=').next().unwrap_or_default();
            if local && !name.starts_with('-') {
                self.memory.locals.insert(name.to_owned());
                // Whether the value from outside is seen depends on the shell.
                self.memory.forget(&[name.to_owned()]);
            }
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
