//! What a shell remembers from one command to the next.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::expand::Expanded;
use super::shell::tree::Command;
use super::source::Script;

/// `$1` and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// From the first on; `None` for a value that isn't known.
    known: Vec<Option<String>>,
    /// How many follow these is not known.
    more: bool,
}

impl Arguments {
    /// Nobody knows how many.
    pub(super) const fn unknown() -> Self {
        Self {
            known: Vec::new(),
            more: true,
        }
    }

    /// These words, up to one that may be none or several.
    pub(super) fn of(words: &[Expanded]) -> Self {
        let certain = words.iter().take_while(|word| !word.loose);
        let known: Vec<_> = certain.map(|word| word.clone().text()).collect();
        Self {
            more: known.len() < words.len(),
            known,
        }
    }

    /// Without the first.
    pub(super) fn shifted(mut self) -> Self {
        if !self.known.is_empty() {
            self.known.remove(0);
        }
        self
    }

    /// The value of `$index`, counted from 1.
    pub(super) fn value(&self, index: usize) -> Option<String> {
        match self.known.get(index.checked_sub(1)?) {
            Some(value) => value.clone(),
            None => (!self.more).then(String::new),
        }
    }

    /// All of them, if it is known how many they are.
    pub(super) fn all(&self) -> Option<&[Option<String>]> {
        (!self.more).then_some(self.known.as_slice())
    }
}

/// What a shell remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Values that are known; a name with `None` has one that isn't.
    pub(super) variables: HashMap<String, Option<String>>,
    /// Functions; `None`: one of several.
    pub(super) functions: HashMap<String, Option<(Script, Rc<Command>)>>,
    /// Names that the function that runs has declared as its own.
    pub(super) locals: BTreeSet<String>,
    pub(super) arguments: Arguments,
    /// Folder below the definition's own; `None`: unknown.
    pub(super) folder: Option<String>,
    /// Commands may be others than their names say.
    pub(super) strange: bool,
    /// The last wait, whose data can be read now.
    pub(super) last_wait: Option<usize>,
}

impl Memory {
    /// These variables may have any value now.
    pub(super) fn forget(&mut self, names: &[String]) {
        self.variables
            .extend(names.iter().map(|name| (name.clone(), None)));
    }

    /// Keeps only what is the same in another memory.
    pub(super) fn forget_differences(&mut self, before: &Self) {
        let now = self;
        for (name, value) in &before.variables {
            let here = now.variables.entry(name.clone()).or_insert(None);
            if here != value {
                *here = None;
            }
        }
        for (name, value) in &mut now.variables {
            if !before.variables.contains_key(name) {
                *value = None;
            }
        }
        let same = |a: &Option<(Script, Rc<Command>)>,
                    b: Option<&Option<(Script, Rc<Command>)>>| {
            matches!((a, b), (Some((_, a)), Some(Some((_, b)))) if Rc::ptr_eq(a, b))
        };
        for (name, body) in &mut now.functions {
            if !same(body, before.functions.get(name)) {
                *body = None;
            }
        }
        for name in before.functions.keys() {
            now.functions.entry(name.clone()).or_insert(None);
        }
        now.locals.extend(before.locals.iter().cloned());
        if now.arguments != before.arguments {
            now.arguments = Arguments::unknown();
        }
        if now.folder != before.folder {
            now.folder = None;
        }
        if now.last_wait != before.last_wait {
            now.last_wait = None;
        }
        now.strange |= before.strange;
    }
}
