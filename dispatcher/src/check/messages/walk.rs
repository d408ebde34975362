//! Runs a script in thought: which calls it makes, in which order, for one role.
//!
//! In: a script, what is known of its variables and files. Out: [`Item`]s. Commands that are no calls are taken to
//! succeed in silence (a step that fails ends its test, and the run fails anyway), but nobody relies on it where a
//! condition asks. What commands are and are not known to do is in [`super::commands`].

use std::collections::BTreeMap;
use std::rc::Rc;

use super::call::{Unknown, When};
use super::known::in_system;
use super::memory::Memory;
use super::program::{Book, Item};
use super::shell::tree::{Command, Kind};
use super::source::Script;

/// Commands inside each other, the functions and scripts that they call included.
const NESTED: u32 = 150;
/// Functions and scripts that call each other.
const DEEPEST: u32 = 24;

/// Whether a command succeeds; `None`: nobody knows.
pub(super) type Status = Option<bool>;

/// What leaves a list of commands before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Jump {
    /// The script fails, and the run with it: whoever asks what a run needs to succeed need not look at this.
    Fail,
    Continue,
    Break,
    Return,
    Exit,
}

/// Whether what follows is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Maybe(Jump),
    Gone(Jump),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) status: Status,
    pub(super) flow: Flow,
}

impl Done {
    pub(super) const fn with(status: Status) -> Self {
        Self {
            status,
            flow: Flow::On,
        }
    }
}

/// Walks one script.
pub(super) struct Walker<'a> {
    pub(super) book: &'a mut Book,
    pub(super) role: &'a str,
    /// The job's text.
    pub(super) source: &'a str,
    /// Scripts that came with the definition, by path.
    pub(super) files: &'a BTreeMap<String, String>,
    pub(super) memory: Memory,
    pub(super) script: Script,
    pub(super) out: Vec<Item>,
    pub(super) sometimes: u32,
    aside: u32,
    depth: u32,
    /// Programs may have been put where others find them: what a name means is not known any more.
    pub(super) installed: bool,
    /// Shells inside the script's own.
    pub(super) shells: u32,
    nested: u32,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        book: &'a mut Book,
        role: &'a str,
        source: &'a str,
        files: &'a BTreeMap<String, String>,
        memory: Memory,
        script: Script,
    ) -> Self {
        Self {
            book,
            role,
            source,
            files,
            memory,
            script,
            out: Vec::new(),
            sometimes: 0,
            aside: 0,
            depth: 0,
            installed: false,
            shells: 0,
            nested: 0,
        }
    }

    /// Whether calls that are made now happen.
    pub(super) fn when(&self) -> When {
        match (self.sometimes, self.aside) {
            (0, 0) => When::Always,
            (0, _) => When::Aside,
            _ => When::Sometimes,
        }
    }

    /// Something here may do anything.
    pub(super) fn unknown(&mut self, span: &std::ops::Range<usize>, why: impl Into<String>) {
        let unknown = Unknown {
            role: self.role.to_owned(),
            why: why.into(),
            place: self.script.place(span, self.source),
        };
        let index = self.book.add_unknown(unknown);
        self.out.push(Item::Unknown(index));
    }

    /// The items of something, kept apart.
    pub(super) fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, Vec<Item>) {
        let before = std::mem::take(&mut self.out);
        let result = run(self);
        (result, std::mem::replace(&mut self.out, before))
    }

    /// Runs what may not happen, or several times.
    pub(super) fn sometimes(&mut self, run: impl FnOnce(&mut Self) -> Done) -> Done {
        let before = self.memory.clone();
        self.sometimes += 1;
        let (done, items) = self.apart(run);
        self.sometimes -= 1;
        if !items.is_empty() {
            self.out.push(Item::Maybe(items));
        }
        self.memory.forget_differences(&before);
        Done {
            status: None,
            flow: maybe(done.flow),
        }
    }

    /// Runs in a shell of its own: what it changes is gone afterwards.
    pub(super) fn subshell(&mut self, run: impl FnOnce(&mut Self) -> Done) -> Done {
        let before = self.memory.clone();
        self.shells += 1;
        let done = run(self);
        self.shells -= 1;
        let last_wait = self.memory.last_wait;
        self.memory = before;
        self.memory.last_wait = last_wait;
        match done.flow {
            Flow::On => done,
            Flow::Maybe(_) | Flow::Gone(_) => Done::with(None),
        }
    }

    /// Runs at the same time as what follows.
    pub(super) fn aside(&mut self, run: impl FnOnce(&mut Self) -> Done) {
        self.aside += 1;
        let (_, items) = self.apart(|walker| walker.subshell(run));
        self.aside -= 1;
        if !items.is_empty() {
            self.out.push(Item::Aside(items));
        }
    }

    /// Runs something that may call itself.
    pub(super) fn deeper(
        &mut self,
        span: &std::ops::Range<usize>,
        run: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        if self.depth == DEEPEST {
            self.unknown(span, "too many functions and scripts inside each other");
            return Done::with(None);
        }
        self.depth += 1;
        let done = run(self);
        self.depth -= 1;
        done
    }

    pub(super) fn command(&mut self, command: &Command) -> Done {
        if self.book.budget == 0 || self.nested == NESTED {
            self.unknown(&command.span, "the scripts are too much to be read");
            return Done {
                status: None,
                flow: Flow::Gone(Jump::Exit),
            };
        }
        self.book.budget -= 1;
        self.nested += 1;
        let done = self.whole_command(command);
        self.nested -= 1;
        done
    }

    fn whole_command(&mut self, command: &Command) -> Done {
        for word in &command.redirects {
            let target = self.expand(word);
            self.installed |= in_system(&target);
        }
        match &command.kind {
            Kind::Simple { assigns, words } => self.simple(command, assigns, words),
            Kind::Group(list) => self.list(list),
            Kind::Subshell(list) => self.subshell(|walker| walker.list(list)),
            Kind::If { arms, otherwise } => self.conditional(arms, otherwise.as_ref()),
            Kind::For { name, words, body } => {
                let values = match words {
                    Some(words) => self.fields(words),
                    None => self
                        .memory
                        .arguments
                        .all()
                        .and_then(|arguments| arguments.iter().cloned().collect()),
                };
                self.rounds(name, values, body)
            }
            Kind::While { condition, body } => {
                let first = self.list(condition);
                if matches!(first.flow, Flow::Gone(_)) {
                    return first;
                }
                self.again(|walker| {
                    let done = walker.list(body);
                    match done.flow {
                        Flow::Gone(_) => done,
                        Flow::On | Flow::Maybe(_) => walker.list(condition),
                    }
                })
            }
            Kind::Case { word, arms } => self.choice(word, arms),
            Kind::Function { name, body } => {
                let function = (self.script.clone(), Rc::clone(body));
                self.memory.functions.insert(name.clone(), Some(function));
                Done::with(Some(true))
            }
            Kind::Test(words) => {
                let known = |text: &String| !super::condition::is_pattern(text);
                let values = words.iter().map(|word| self.expand(word).text());
                let values: Vec<_> = values.map(|text| text.filter(known)).collect();
                Done::with(super::condition::decide(&values))
            }
            Kind::Arithmetic(names) => {
                self.memory.forget(names);
                Done::with(None)
            }
        }
    }
}

fn maybe(flow: Flow) -> Flow {
    match flow {
        Flow::Gone(Jump::Fail) => Flow::On,
        Flow::Gone(jump) => Flow::Maybe(jump),
        Flow::On | Flow::Maybe(_) => flow,
    }
}
