//! Plays the programs of all roles through the bus, and keeps what is left of it.
//!
//! In: programs. Out: where every member stands when nobody moves any more. The rules are the bus's own
//! ([`crate::bus::Group`]): it says which waits are doomed. A member that may do anything is told to it as one whose
//! waits are not all it does, so that it is hope for everybody and is never given up on before others are.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::call::Verb;
use super::program::{Book, Op, Program, flatten};
use crate::bus::{Data, End, Group, Input, MemberId, MemberInfo, Output, Ticket, Wait};

/// Members that stand for a role with many: they all do the same, and two are enough to wait for each other.
const ENOUGH: u32 = 2;

/// Where a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its delayed start has not come.
    Starting,
    Running,
    /// In the call at its place.
    Waiting,
    /// At its end.
    Done,
}

/// A member and how far it came.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Index of its program.
    pub(super) role: usize,
    /// The next of its ops, or the one it waits in.
    pub(super) at: usize,
    pub(super) state: State,
    /// It may do anything by now.
    pub(super) free: bool,
    /// What it waits for can't come.
    pub(super) doomed: bool,
}

/// What is played.
pub(super) struct Play<'a> {
    pub(super) book: &'a Book,
    pub(super) programs: &'a [Program],
    /// Per program.
    pub(super) ops: Vec<Vec<Op>>,
    /// Calls that are left out.
    pub(super) skip: BTreeSet<usize>,
}

/// How it went.
pub(super) struct Outcome {
    pub(super) members: Vec<Member>,
    /// Who has sent what.
    pub(super) sent: HashSet<(usize, String)>,
    /// Calls in the order in which they were made or met.
    pub(super) log: Vec<usize>,
}

impl<'a> Play<'a> {
    pub(super) fn new(book: &'a Book, programs: &'a [Program]) -> Self {
        let ops = programs.iter().map(|program| {
            let mut ops = Vec::new();
            flatten(&program.items, book, &mut ops);
            ops
        });
        Self {
            book,
            programs,
            ops: ops.collect(),
            skip: BTreeSet::new(),
        }
    }

    /// Plays; the members of the role `hold.0` stop before their op `hold.1`.
    pub(super) fn run(&self, hold: Option<(usize, usize)>) -> Outcome {
        let mut members = Vec::new();
        let mut infos = Vec::new();
        for (role, program) in self.programs.iter().enumerate() {
            let start = program.start.filter(|call| !self.skip.contains(call));
            let expects = start.and_then(|call| self.book.calls[call].of.clone());
            for number in 1..=program.count.min(ENOUGH) {
                members.push(Member {
                    role,
                    at: 0,
                    state: match expects {
                        Some(_) => State::Starting,
                        None => State::Running,
                    },
                    free: false,
                    doomed: false,
                });
                infos.push(MemberInfo {
                    name: format!("{}-{number}", program.role),
                    role: program.role.clone(),
                    job_id: String::new(),
                    expects: expects.clone(),
                    essential: false,
                });
            }
        }
        let (group, outputs) = Group::new(infos);
        let mut stage = Stage {
            play: self,
            group,
            queue: (0..members.len()).collect(),
            outcome: Outcome {
                members,
                sent: HashSet::new(),
                log: Vec::new(),
            },
            hold,
        };
        stage.take(outputs);
        while let Some(member) = stage.queue.pop_front() {
            stage.advance(member);
        }
        stage.outcome
    }
}

struct Stage<'p, 'a> {
    play: &'p Play<'a>,
    group: Group,
    queue: VecDeque<usize>,
    outcome: Outcome,
    hold: Option<(usize, usize)>,
}

impl Stage<'_, '_> {
    fn advance(&mut self, member: usize) {
        loop {
            let now = &mut self.outcome.members[member];
            if now.state != State::Running || self.hold == Some((now.role, now.at)) {
                return;
            }
            match self.play.ops[now.role].get(now.at).copied() {
                None => {
                    now.state = State::Done;
                    if !now.free {
                        self.end(member, true);
                    }
                    return;
                }
                Some(Op::Definition) => now.at += 1,
                Some(Op::Anything) => {
                    now.free = true;
                    now.at += 1;
                }
                Some(Op::Call(call)) if self.play.skip.contains(&call) => now.at += 1,
                Some(Op::Call(call)) => self.call(member, call),
            }
        }
    }

    fn call(&mut self, member: usize, index: usize) {
        let call = &self.play.book.calls[index];
        let id = call.id.clone().unwrap_or_default();
        let wait = match call.verb {
            Verb::Send => {
                self.outcome.members[member].at += 1;
                self.outcome.sent.insert((member, id.clone()));
                self.outcome.log.push(index);
                let outputs = self.group.step(Input::Send {
                    member: MemberId(member),
                    id,
                    data: Data::new(),
                });
                return self.take(outputs);
            }
            Verb::Wait => Wait::Any(id),
            Verb::WaitAll | Verb::Start => Wait::All {
                id,
                role: call.of.clone(),
            },
            Verb::Sync => Wait::Sync(id),
        };
        let now = &mut self.outcome.members[member];
        now.state = State::Waiting;
        let outputs = self.group.step(Input::Wait {
            member: MemberId(member),
            ticket: Ticket(member as u64),
            wait,
            alone: !now.free,
        });
        self.take(outputs);
    }

    fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Answer { ticket, .. } => {
                    let Some(member) = self.member(ticket) else {
                        continue;
                    };
                    let now = &mut self.outcome.members[member];
                    now.state = State::Running;
                    if let Some(Op::Call(call)) = self.play.ops[now.role].get(now.at) {
                        self.outcome.log.push(*call);
                    }
                    now.at += 1;
                    self.queue.push_back(member);
                }
                Output::Hopeless { ticket, .. } => {
                    let Some(member) = self.member(ticket) else {
                        continue;
                    };
                    let now = &mut self.outcome.members[member];
                    now.doomed = true;
                    if !now.free {
                        self.end(member, false);
                    }
                }
                Output::Start { member } => {
                    let now = &mut self.outcome.members[member.0];
                    now.state = State::Running;
                    self.outcome.log.extend(self.play.programs[now.role].start);
                    self.queue.push_back(member.0);
                }
                Output::StartHopeless { member, .. } => {
                    self.outcome.members[member.0].doomed = true;
                }
                Output::CancelGroup { .. } => {}
            }
        }
    }

    fn member(&self, ticket: Ticket) -> Option<usize> {
        let member = usize::try_from(ticket.0).ok()?;
        (member < self.outcome.members.len()).then_some(member)
    }

    fn end(&mut self, member: usize, complete: bool) {
        let outputs = self.group.step(Input::Ended {
            member: MemberId(member),
            end: End {
                complete,
                why: String::new(),
            },
        });
        self.take(outputs);
    }
}
