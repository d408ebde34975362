//! A call on the bus, as it is written.

use job_schema::Span;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `lava-send`
    Send,
    /// `lava-wait`
    Wait,
    /// `lava-wait-all`
    WaitAll,
    /// `lava-sync`
    Sync,
    /// The delayed start of a role: a wait for `lava_start` from every member of another.
    Start,
}

impl Verb {
    /// The word of the shell.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Send => "lava-send",
            Self::Wait => "lava-wait",
            Self::WaitAll => "lava-wait-all",
            Self::Sync => "lava-sync",
            Self::Start => "delayed start",
        }
    }
}

/// Whether a call happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Whenever its role gets that far.
    Always,
    /// It does, at the same time as what follows (`&`).
    Aside,
    /// A condition, a count or a time limit decides.
    Sometimes,
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Key path in the job.
    pub path: String,
    /// In the job file: the words themselves where they are certain, else the step; for what stands in another file,
    /// the definition that brings it.
    pub span: Span,
    /// The other file and the line in it.
    pub file: Option<(String, u32)>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whose.
    pub role: String,
    /// What.
    pub verb: Verb,
    /// The message id; `None` when it cannot be read.
    pub id: Option<String>,
    /// The id alone, in the job file; `None` when it is not written there letter by letter.
    pub id_span: Option<Span>,
    /// `lava-wait-all ID ROLE`, and the role that a delayed start waits for.
    pub of: Option<String>,
    /// Keys that are sent, or asked for. `None` when some cannot be read.
    pub keys: Option<Vec<String>>,
    /// Whether it happens.
    pub when: When,
    /// Where.
    pub place: Place,
}

impl Call {
    /// As a test would write it: `lava-wait-all done guest`.
    #[must_use]
    pub fn words(&self) -> String {
        if self.verb == Verb::Start {
            let of = self.of.as_deref().unwrap_or("?");
            return format!("start: {} from {}", crate::bus::START_ID, shown(of));
        }
        let id = self.id.as_deref().map_or("?".to_owned(), shown);
        match &self.of {
            Some(of) => format!("{} {id} {}", self.verb.word(), shown(of)),
            None => format!("{} {id}", self.verb.word()),
        }
    }
}

/// A piece of a role's program that may do anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Whose.
    pub role: String,
    /// Why it cannot be read.
    pub why: String,
    /// Where.
    pub place: Place,
}

/// A name from a job in one line: short, nothing that a terminal obeys.
pub(super) fn shown(text: &str) -> String {
    let mut line: String = text.chars().take(64).flat_map(escape).collect();
    if text.chars().nth(64).is_some() {
        line.push('…');
    }
    line
}

/// `a, b and c`
pub(super) fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => "nobody".to_owned(),
    }
}

fn escape(char: char) -> Vec<char> {
    if char.is_control() {
        char.escape_default().collect()
    } else {
        vec![char]
    }
}
