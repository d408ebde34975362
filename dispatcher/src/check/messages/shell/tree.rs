//! A shell script as a tree. Spans are byte ranges of the script's text.

use std::ops::Range;
use std::rc::Rc;

/// Commands one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct List(pub(crate) Vec<Entry>);

/// A part of a list, up to `;`, `&` or the end of the line.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) first: Pipeline,
    pub(crate) rest: Vec<(Link, Pipeline)>,
    /// It ends in `&`.
    pub(crate) background: bool,
}

/// Between two pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands that run at the same time.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    /// It begins with `!`.
    pub(crate) not: bool,
    pub(crate) commands: Vec<Command>,
}

/// A command with its redirections.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
    /// Targets of redirections.
    pub(crate) redirects: Vec<Word>,
    /// It reads a document or a text of the script (`<<`, `<<<`).
    pub(crate) fed: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Simple {
        /// `NAME=value`; no value for what isn't one word (`NAME+=x`, lists).
        assigns: Vec<(String, Option<Word>)>,
        words: Vec<Word>,
    },
    Group(List),
    Subshell(List),
    If {
        arms: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    For {
        name: String,
        /// `None`: the positional parameters.
        words: Option<Vec<Word>>,
        body: List,
    },
    /// `while` and `until`.
    While {
        condition: List,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, List)>,
    },
    Function {
        name: String,
        body: Rc<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`; the variables that it may set.
    Arithmetic(Vec<String>),
}

/// A word before it is expanded.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) span: Range<usize>,
    pub(crate) parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text {
        text: String,
        quoted: bool,
        /// The text stands in the script letter by letter from here on.
        at: Option<usize>,
    },
    /// `$NAME`, `${NAME}`, `${NAME:-default}`
    Variable {
        name: String,
        default: Option<Word>,
        quoted: bool,
    },
    /// `$(…)`, `` `…` ``, `<(…)`
    Command { list: List, quoted: bool },
    /// Nobody can say what it becomes.
    Opaque,
    /// The same, and these variables may be others afterwards: `$((i += 1))`, `${NAME:=value}`.
    Assigns(Vec<String>),
}
