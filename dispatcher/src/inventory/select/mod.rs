//! `--on`: which devices of a lab are meant.
//!
//! In: an expression, the devices of a lab, and who holds them. Out: indices of devices, in the order of the lab.
//!
//! ```text
//! selection = term { "," term }             all of them together, no device twice
//! term      = [ NUMBER "*" ] any | NUMBER   so many free devices; without the number: all that fit
//! any       = each { "|" each }
//! each      = one { "&" one }
//! one       = "!" one | "(" any ")" | WORD
//! WORD      = a name or a tag; `*` and `?` stand for any letters and one letter
//!           | all | name=… | tag=… | type=… | state=idle | state=busy
//! ```
//!
//! Devices that are called by name, tag or `all` must be free when a run wants them; a count takes free ones only.

mod choose;
mod glob;
mod parse;
mod trouble;

#[cfg(test)]
mod tests;

/// What an expression says. [`Selection::parse`] makes one, [`Selection::choose`] uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    terms: Vec<Term>,
}

/// A part of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// So many free devices; all when there is none.
    count: Option<usize>,
    of: Filter,
    /// As written, for messages.
    text: String,
}

/// Whether a device fits.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    All,
    Is(Word),
    Not(Box<Filter>),
    Each(Vec<Filter>),
    Any(Vec<Filter>),
}

/// A word of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    about: About,
    /// What is asked for, with its `*` and `?`.
    text: String,
    /// Where it stands, from 1.
    column: usize,
}

/// What a word is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    NameOrTag,
    Name,
    Tag,
    Type,
    Busy(bool),
}

/// What the devices are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To run on them: they must be free.
    Run,
    /// To tell about them: it does not matter who holds them.
    Look,
}

/// Why an expression means no devices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// It is not an expression.
    #[error("--on, column {column}: expected {expected}, found {found}")]
    Syntax {
        /// From 1.
        column: usize,
        /// What could stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A word that no device has.
    #[error("--on, column {column}: {message}")]
    Unknown {
        /// From 1.
        column: usize,
        /// What it is, and what may be meant.
        message: String,
    },
    /// There are fewer devices than it asks for, or none.
    #[error("--on, `{term}`: {message}")]
    TooFew {
        /// The part that asks for them.
        term: String,
        /// How many there are, and who holds the others.
        message: String,
    },
    /// Devices that it names are in use.
    #[error("{0}")]
    Busy(String),
}
