//! What the members of a cluster say to each other about one run of one case: a pure state machine.
//!
//! Outputs are answers by ticket. After an abort everybody who waits or asks later is answered [`Answer::Abort`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::member::{Member, Role};
use crate::bus::Ticket;

/// A member: its index in the cluster.
pub(super) type Seat = usize;

/// What a member tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saying {
    /// It has come to the meeting point: its daemons, if any, are up.
    WriteState,
    /// A daemon is up (before the meeting point), or a test has ended well (after it).
    Finished,
    /// One of its programs has failed.
    Failed,
    /// It has given up.
    Abort,
}

/// What a member waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Everybody has come.
    Ready,
    /// The clients' tests have ended.
    Finish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Ready,
    Finish,
    Abort,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    Say {
        seat: Seat,
        saying: Saying,
    },
    Ask {
        seat: Seat,
        ticket: Ticket,
        wait: Wait,
    },
    /// Nobody listens to the answer any more.
    Withdraw {
        ticket: Ticket,
    },
    /// It runs the case no more. `well`: LKP went to its end, whatever came out. `why` is said to the others if it still
    /// had a part: `ran out of its 300 s`.
    Ended {
        seat: Seat,
        well: bool,
        why: String,
    },
}

/// Who ended it for all, and a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Abort {
    pub(super) seat: Seat,
    pub(super) reason: String,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Runs of the member that have come to the meeting point.
    come: usize,
    /// Tests that have ended well, over all its runs.
    tests: usize,
    /// It waits, or has waited, for the clients.
    asked_finish: bool,
    ended: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Exchange {
    members: Arc<[Member]>,
    /// How many test programs each run of a client runs.
    tests: usize,
    states: Vec<State>,
    waits: BTreeMap<Ticket, (Seat, Wait)>,
    abort: Option<Abort>,
}

impl Exchange {
    pub(super) fn new(members: Arc<[Member]>, tests: usize) -> Self {
        Self {
            tests: tests.max(1),
            states: vec![State::default(); members.len()],
            waits: BTreeMap::new(),
            abort: None,
            members,
        }
    }

    /// A run of a client runs at least so many tests.
    pub(super) fn expect_tests(&mut self, tests: usize) {
        self.tests = self.tests.max(tests);
    }

    pub(super) fn step(&mut self, input: Input) -> Vec<(Ticket, Answer)> {
        match input {
            Input::Say { seat, saying } => self.say(seat, saying),
            Input::Ask { seat, ticket, wait } => {
                self.states[seat].asked_finish |= wait == Wait::Finish;
                self.waits.insert(ticket, (seat, wait));
            }
            Input::Withdraw { ticket } => {
                self.waits.remove(&ticket);
            }
            Input::Ended { seat, well, why } => self.end(seat, well, &why),
        }
        self.settle()
    }

    /// Why it was ended for all.
    pub(super) fn abort(&self) -> Option<&Abort> {
        self.abort.as_ref()
    }

    /// Whether nobody runs the case any more.
    pub(super) fn is_over(&self) -> bool {
        self.states.iter().all(|state| state.ended)
    }

    fn say(&mut self, seat: Seat, saying: Saying) {
        let state = &mut self.states[seat];
        match saying {
            Saying::WriteState => state.come += 1,
            Saying::Finished if state.come > 0 => state.tests += 1,
            Saying::Finished => {}
            Saying::Failed => self.abort_for(seat, "a program of its job failed"),
            Saying::Abort => self.abort_for(seat, "its job gave up waiting for the others"),
        }
    }

    fn end(&mut self, seat: Seat, well: bool, why: &str) {
        if !self.states[seat].ended && !self.has_done_its_part(seat, well) {
            self.abort_for(seat, why);
        }
        self.states[seat].ended = true;
    }

    fn abort_for(&mut self, seat: Seat, why: &str) {
        let name = &self.members[seat].name;
        let reason = format!("{name}: {why}");
        self.abort.get_or_insert(Abort { seat, reason });
    }

    /// Takes out the waits that have an answer.
    fn settle(&mut self) -> Vec<(Ticket, Answer)> {
        let answers: Vec<_> = self
            .waits
            .iter()
            .filter_map(|(ticket, (seat, wait))| Some((*ticket, self.answer(*seat, *wait)?)))
            .collect();
        for (ticket, _) in &answers {
            self.waits.remove(ticket);
        }
        answers
    }

    fn answer(&self, seat: Seat, wait: Wait) -> Option<Answer> {
        // Who asks after its own end is a process that was left behind.
        if self.abort.is_some() || self.states[seat].ended {
            return Some(Answer::Abort);
        }
        match wait {
            Wait::Ready => (0..self.members.len())
                .all(|other| self.has_come(other))
                .then_some(Answer::Ready),
            Wait::Finish => self.clients_are_done(seat).then_some(Answer::Finish),
        }
    }

    fn has_come(&self, seat: Seat) -> bool {
        self.states[seat].come >= self.members[seat].runs.max(1)
    }

    /// An end without them is an abort, so whoever has ended has.
    fn has_run_its_tests(&self, seat: Seat) -> bool {
        self.states[seat].ended || self.has_run(seat, self.tests)
    }

    fn has_run(&self, seat: Seat, tests: usize) -> bool {
        self.states[seat].tests >= tests * self.members[seat].runs.max(1)
    }

    /// For a server: whether it may stop its daemons.
    fn clients_are_done(&self, seat: Seat) -> bool {
        let waits_as_client = self.members[seat].is(Role::Client);
        (0..self.members.len()).all(|other| {
            other == seat && waits_as_client
                || !self.members[other].is(Role::Client)
                || self.has_run_its_tests(other)
                // Who is both waits before its own test: two of them would wait for each other for ever.
                || waits_as_client && self.states[other].asked_finish
        })
    }

    fn has_done_its_part(&self, seat: Seat, well: bool) -> bool {
        // A run that went to its end may have had fewer tests than the case has: not all are for every client.
        let tests = if well { 1 } else { self.tests };
        self.has_come(seat)
            && if self.members[seat].is(Role::Client) {
                self.has_run(seat, tests)
            } else {
                self.clients_are_done(seat)
            }
    }
}

#[cfg(test)]
mod tests;
