//! Runs a script in thought: which calls it makes, in which order, for one role.
//!
//! In: a script, what is known of its variables and files. Out: [`Item`]s. Commands that are no calls are taken to
//! succeed in silence (a step that fails ends its test, and the run fails anyway), but nobody relies on it where a
//! condition asks. What commands are and are not known to do is in [`super::commands`].

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::call::{Unknown, When};
use super::program::{Book, Item};
use super::shell::tree::{Command, Entry, Kind, Link, List, Pipeline};
use super::source::Script;

/// Commands of one script; more is not read.
const BUDGET: u32 = 20_000;
/// Functions and scripts that call each other.
const DEEPEST: u32 = 24;
/// Rounds of a loop.
const ROUNDS: usize = 100;

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

/// What a shell remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Values that are known; a name with `None` has one that isn't.
    pub(super) variables: HashMap<String, Option<String>>,
    /// Functions; `None`: one of several.
    pub(super) functions: HashMap<String, Option<(Script, Rc<Command>)>>,
    /// `$1` and so on; `None`: unknown.
    pub(super) arguments: Option<Vec<Option<String>>>,
    /// Folder below the definition's own; `None`: unknown.
    pub(super) folder: Option<String>,
    /// Commands may be others than their names say.
    pub(super) strange: bool,
    /// The last wait, whose data can be read now.
    pub(super) last_wait: Option<usize>,
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
    sometimes: u32,
    aside: u32,
    depth: u32,
    /// Shells inside the script's own.
    pub(super) shells: u32,
    budget: u32,
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
            shells: 0,
            budget: BUDGET,
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
        self.forget_differences(&before);
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

    fn forget_differences(&mut self, before: &Memory) {
        let now = &mut self.memory;
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
        if now.arguments != before.arguments {
            now.arguments = None;
        }
        if now.folder != before.folder {
            now.folder = None;
        }
        if now.last_wait != before.last_wait {
            now.last_wait = None;
        }
        now.strange |= before.strange;
    }

    /// Runs commands one after the other.
    pub(super) fn list(&mut self, list: &List) -> Done {
        self.entries(&list.0)
    }

    fn entries(&mut self, entries: &[Entry]) -> Done {
        let mut done = Done::with(Some(true));
        for (index, entry) in entries.iter().enumerate() {
            done = if entry.background {
                self.aside(|walker| walker.chain(entry));
                Done::with(Some(true))
            } else {
                self.chain(entry)
            };
            match done.flow {
                Flow::On => {}
                Flow::Gone(_) => return done,
                Flow::Maybe(jump) => {
                    let rest = self.sometimes(|walker| walker.entries(&entries[index + 1..]));
                    return Done {
                        status: None,
                        flow: match rest.flow {
                            Flow::Maybe(other) => Flow::Maybe(jump.max(other)),
                            Flow::On | Flow::Gone(_) => Flow::Maybe(jump),
                        },
                    };
                }
            }
        }
        done
    }

    fn chain(&mut self, entry: &Entry) -> Done {
        let mut done = self.pipeline(&entry.first);
        for (link, pipeline) in &entry.rest {
            if matches!(done.flow, Flow::Gone(_)) {
                break;
            }
            let flow = done.flow;
            let runs = done.status.map(|good| good == (*link == Link::And));
            done = match (runs, flow) {
                (Some(false), _) => done,
                (Some(true), Flow::On) => self.pipeline(pipeline),
                _ => self.sometimes(|walker| walker.pipeline(pipeline)),
            };
            if flow != Flow::On && done.flow == Flow::On {
                done.flow = flow;
            }
        }
        done
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Done {
        let mut done = match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => self.stages(commands),
        };
        if pipeline.not {
            done.status = done.status.map(|good| !good);
        }
        done
    }

    /// Commands that run at the same time. If only one of them has to do with messages, order is no question.
    fn stages(&mut self, commands: &[Command]) -> Done {
        if let Some(status) = self.asks_for_role(commands) {
            return Done::with(Some(status));
        }
        let mut last = Done::with(None);
        let mut stages = Vec::new();
        for command in commands {
            let (done, items) =
                self.apart(|walker| walker.subshell(|walker| walker.command(command)));
            last = done;
            if !items.is_empty() {
                stages.push(items);
            }
        }
        if stages.len() == 1 {
            self.out.extend(stages.into_iter().flatten());
        } else {
            self.out.extend(stages.into_iter().map(Item::Aside));
        }
        last
    }

    pub(super) fn command(&mut self, command: &Command) -> Done {
        if self.budget == 0 {
            self.unknown(&command.span, "the script is too long to be read");
            return Done {
                status: None,
                flow: Flow::Gone(Jump::Exit),
            };
        }
        self.budget -= 1;
        for word in &command.redirects {
            self.expand(word);
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
                        .clone()
                        .and_then(|arguments| arguments.into_iter().collect()),
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
                let values: Vec<_> = words.iter().map(|word| self.expand(word).text()).collect();
                Done::with(super::condition::decide(&values))
            }
            Kind::Arithmetic => Done::with(None),
        }
    }

    fn conditional(&mut self, arms: &[(List, List)], otherwise: Option<&List>) -> Done {
        let Some(((condition, body), others)) = arms.split_first() else {
            return otherwise.map_or(Done::with(Some(true)), |list| self.list(list));
        };
        let asked = self.list(condition);
        if asked.flow != Flow::On {
            return asked;
        }
        match asked.status {
            Some(true) => self.list(body),
            Some(false) => self.conditional(others, otherwise),
            None => self.either(
                |walker| walker.list(body),
                |walker| walker.conditional(others, otherwise),
            ),
        }
    }

    /// One of two, nobody knows which.
    pub(super) fn either(
        &mut self,
        one: impl FnOnce(&mut Self) -> Done,
        other: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let before = self.memory.clone();
        self.sometimes += 1;
        let (done_one, one) = self.apart(one);
        let after_one = std::mem::replace(&mut self.memory, before);
        let (done_other, other) = self.apart(other);
        self.sometimes -= 1;
        // The way into failure is no way.
        if done_one.flow == Flow::Gone(Jump::Fail) {
            return self.certainly(other, done_other);
        }
        if done_other.flow == Flow::Gone(Jump::Fail) {
            self.memory = after_one;
            return self.certainly(one, done_one);
        }
        self.forget_differences(&after_one);
        let goes_on = done_one.flow == Flow::On && done_other.flow == Flow::On;
        if goes_on && !one.is_empty() && self.book.alike(&one, &other) {
            if self.when() == When::Always {
                self.book.settle(&one);
                self.book.settle(&other);
            }
            self.out.push(Item::Either(one, other));
        } else {
            let both = [one, other].into_iter().filter(|items| !items.is_empty());
            self.out.extend(both.map(Item::Maybe));
        }
        let status = (done_one.status == done_other.status)
            .then_some(done_one.status)
            .flatten();
        let flow = match (done_one.flow, done_other.flow) {
            (Flow::On, Flow::On) => Flow::On,
            (Flow::Gone(a), Flow::Gone(b)) if a == b => Flow::Gone(a),
            (Flow::On, Flow::Maybe(jump) | Flow::Gone(jump))
            | (Flow::Maybe(jump) | Flow::Gone(jump), Flow::On) => Flow::Maybe(jump),
            (Flow::Maybe(a) | Flow::Gone(a), Flow::Maybe(b) | Flow::Gone(b)) => {
                Flow::Maybe(a.max(b))
            }
        };
        Done { status, flow }
    }

    fn certainly(&mut self, items: Vec<Item>, done: Done) -> Done {
        if self.when() == When::Always {
            self.book.settle(&items);
        }
        self.out.extend(items);
        done
    }

    fn rounds(&mut self, name: &str, values: Option<Vec<String>>, body: &List) -> Done {
        let Some(values) = values.filter(|values| values.len() <= ROUNDS) else {
            self.memory.variables.insert(name.to_owned(), None);
            return self.again(|walker| walker.list(body));
        };
        self.round(name, &values, body)
    }

    fn round(&mut self, name: &str, values: &[String], body: &List) -> Done {
        let mut done = Done::with(Some(true));
        for (index, value) in values.iter().enumerate() {
            let known = Some(value.clone());
            self.memory.variables.insert(name.to_owned(), known);
            done = self.list(body);
            match done.flow {
                Flow::On | Flow::Maybe(Jump::Continue) | Flow::Gone(Jump::Continue) => {}
                Flow::Gone(Jump::Break) => return Done::with(None),
                Flow::Gone(_) => return done,
                Flow::Maybe(jump) => {
                    let rest =
                        self.sometimes(|walker| walker.round(name, &values[index + 1..], body));
                    return out_of_loop(jump, rest);
                }
            }
        }
        Done::with(done.status)
    }

    /// Nobody knows how often. The second time finds what the first has changed.
    fn again(&mut self, mut body: impl FnMut(&mut Self) -> Done) -> Done {
        let first = self.sometimes(&mut body);
        let second = self.sometimes(&mut body);
        match first.flow {
            Flow::Maybe(jump) => out_of_loop(jump, second),
            Flow::On | Flow::Gone(_) => second,
        }
    }
}

/// A `break` or `continue` has no effect outside its loop.
fn out_of_loop(jump: Jump, rest: Done) -> Done {
    let jump = match rest.flow {
        Flow::Maybe(other) | Flow::Gone(other) => jump.max(other),
        Flow::On => jump,
    };
    Done {
        status: None,
        flow: match jump {
            Jump::Fail | Jump::Continue | Jump::Break => Flow::On,
            Jump::Return | Jump::Exit => Flow::Maybe(jump),
        },
    }
}

fn maybe(flow: Flow) -> Flow {
    match flow {
        Flow::Gone(Jump::Fail) => Flow::On,
        Flow::Gone(jump) => Flow::Maybe(jump),
        Flow::On | Flow::Maybe(_) => flow,
    }
}
