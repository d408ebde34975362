//! What the roles of a job say to each other, before anything runs.
//!
//! In: a checked job and its text. Out: an [`Exchange`]: the calls of every role in the order of its program, what is
//! certainly wrong with them, and drawings. Files are read by the caller's closure only.
//!
//! [`roles`] puts the programs together, [`shell`] parses scripts, [`walk`] runs them in thought, [`commands`] says what
//! counts as unknown. [`play`] runs the programs through the bus itself, and [`decide`] says why they get stuck.
//!
//! An error is only given when the job certainly cannot succeed: what is unknown or depends on a condition is taken for
//! as helpful as it could be. What a failing step would change is not considered, since the run fails then anyway.

mod align;
mod alike;
mod branches;
mod call;
mod calls;
mod cause;
mod commands;
mod condition;
mod data;
mod decide;
mod definitions;
mod deserted;
mod dialogues;
mod draw;
mod errors;
mod expand;
mod hints;
mod known;
mod lists;
mod memory;
mod mermaid;
mod mistyped;
mod near;
mod play;
mod program;
mod roles;
mod scripts;
mod shell;
mod slips;
mod source;
mod walk;

pub use call::{Call, Place, Unknown, Verb, When};
pub use roles::{Load, LoadedDefinition};

use std::collections::BTreeMap;

use job_schema::{Finding, Job};

use cause::Cause;
use play::Play;
use program::{Book, Program};
use slips::{ById, Slip};

/// The messages of a job.
#[derive(Debug)]
pub struct Exchange {
    book: Book,
    /// The calls by their id.
    ids: ById,
    /// Calls whose id is nearly that of a call that they would meet.
    slips: BTreeMap<usize, Slip>,
    programs: Vec<Program>,
    /// Why the job cannot succeed.
    causes: Vec<Cause>,
    /// Guests (by index of their program) whose host can end before them.
    deserted: Vec<usize>,
    /// Calls in the order in which they happen.
    log: Vec<usize>,
}

/// Reads the exchange of a job. `text` is the job's text; `load` gives definitions that are not inline, if it can.
///
/// A job without roles has none, and costs nothing.
pub fn read(job: &Job, text: &str, load: &mut Load) -> Exchange {
    let mut book = Book::default();
    let programs = roles::programs(job, text, load, &mut book);
    let (causes, deserted, log) = {
        let mut play = Play::new(&book, &programs);
        let causes = decide::causes(&mut play);
        let log = play.run(None).log;
        // A job that cannot succeed has other troubles first.
        let deserted = if causes.is_empty() {
            deserted::deserted(&play)
        } else {
            Vec::new()
        };
        (causes, deserted, log)
    };
    let ids = slips::by_id(&book);
    Exchange {
        slips: slips::slips(&book, &programs, &ids),
        ids,
        book,
        programs,
        causes,
        deserted,
        log,
    }
}

impl Exchange {
    /// All calls, role by role in the order of the job, each in program order.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.book.calls
    }

    /// Pieces of programs that may do anything.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        &self.book.unknown
    }

    /// The indices of the calls that a call meets: the sends that answer a wait, the waits that hear a send, the
    /// other syncs of a sync.
    #[must_use]
    pub fn partners(&self, call: usize) -> Vec<usize> {
        let Some(this) = self.book.calls.get(call) else {
            return Vec::new();
        };
        let same = this.id.as_ref().and_then(|id| self.ids.get(id));
        let meets = |other: &usize| *other != call && near::meets(this, &self.book.calls[*other]);
        same.into_iter().flatten().copied().filter(meets).collect()
    }

    /// What is wrong, in the order of the file.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = errors::findings(self);
        findings.extend(mistyped::findings(self));
        findings.extend(hints::findings(self));
        findings.sort_by_key(|finding| (finding.span.start, finding.code));
        findings
    }

    /// The exchange as text: a block for each role.
    #[must_use]
    pub fn text(&self) -> String {
        draw::text(self)
    }

    /// The exchange as a Mermaid sequence diagram.
    #[must_use]
    pub fn mermaid(&self) -> String {
        mermaid::text(self)
    }

    /// How many nodes a role has.
    fn count(&self, role: &str) -> u32 {
        let program = self.programs.iter().find(|program| program.role == role);
        program.map_or(0, |program| program.count)
    }
}

#[cfg(test)]
mod tests;
