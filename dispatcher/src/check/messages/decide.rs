//! Why waits are doomed: from the members that stand still to causes, each told once.
//!
//! A doomed wait lacks something of other members. If one of them will never do it, wherever it stands, that is the
//! cause. Otherwise the others would do it if they were not stuck themselves; then the cause is theirs, and where there is
//! none at all, they wait for each other. A cause is taken out and the rest is played again, until nothing is doomed.

use std::collections::BTreeSet;

use super::call::{Call, Verb};
use super::cause::Cause;
use super::play::{Outcome, Play, State};
use super::program::Op;

/// Causes that are told; more help nobody.
const MOST: usize = 12;

/// Plays until nothing is doomed. The calls that are to blame are left out of `play` afterwards.
pub(super) fn causes(play: &mut Play) -> Vec<Cause> {
    let mut all = Vec::new();
    while all.len() < MOST {
        let found = Judge {
            play,
            outcome: &play.run(None),
        }
        .causes();
        if found.is_empty() {
            break;
        }
        for cause in &found {
            leave_out(play, cause);
        }
        all.extend(found);
    }
    all
}

fn leave_out(play: &mut Play, cause: &Cause) {
    match cause {
        Cause::Unmet { calls, .. } => play.skip.extend(calls),
        Cause::Sync { calls, .. } | Cause::Cycle { calls } => {
            play.skip.extend(calls);
            // A sync that one leaves out must be left out by all.
            let book = play.book;
            let syncs = calls.iter().map(|call| &book.calls[*call]);
            let syncs = syncs.filter(|call| call.verb == Verb::Sync);
            let ids: BTreeSet<_> = syncs.map(|call| &call.id).collect();
            let same = |call: &Call| call.verb == Verb::Sync && ids.contains(&call.id);
            let same = book.calls.iter().enumerate().filter(|(_, call)| same(call));
            play.skip.extend(same.map(|(index, _)| index));
        }
    }
}

struct Judge<'p, 'a> {
    play: &'p Play<'a>,
    outcome: &'p Outcome,
}

/// What a doomed wait lacks.
struct Lack {
    /// Members that will never do it.
    never: Vec<usize>,
    /// Members that would, and are stuck.
    stuck: Vec<usize>,
}

impl Judge<'_, '_> {
    fn causes(&self) -> Vec<Cause> {
        let doomed: Vec<usize> = (0..self.outcome.members.len())
            .filter(|member| self.outcome.members[*member].doomed)
            .collect();
        let mut causes: Vec<Cause> = Vec::new();
        for &member in &doomed {
            let Some(index) = self.blocked(member) else {
                continue;
            };
            let call = &self.play.book.calls[index];
            let lack = self.lack(member, call);
            let nobody = lack.never.is_empty() && lack.stuck.is_empty();
            let hopeless = match call.verb {
                // Anybody could send it, so somebody who is only stuck is not to blame.
                Verb::Wait => lack.stuck.is_empty(),
                _ => nobody || !lack.never.is_empty(),
            };
            if hopeless {
                let missing = if call.verb == Verb::Wait {
                    Vec::new()
                } else {
                    self.roles(&lack.never)
                };
                self.add(&mut causes, index, missing);
            }
        }
        if causes.is_empty() {
            let cycle = doomed.first().and_then(|member| self.cycle(*member));
            causes.extend(cycle.map(|calls| Cause::Cycle { calls }));
        }
        causes
    }

    /// Waits for the same are one cause; so are syncs of different names where each lacks the other's members.
    fn add(&self, causes: &mut Vec<Cause>, index: usize, missing: Vec<String>) {
        let all = &self.play.book.calls;
        let call = &all[index];
        for cause in causes.iter_mut() {
            match cause {
                Cause::Unmet { calls, .. } if call.verb != Verb::Sync => {
                    let first = &all[calls[0]];
                    if (first.verb, &first.id, &first.of) == (call.verb, &call.id, &call.of) {
                        if !calls.contains(&index) {
                            calls.push(index);
                        }
                        return;
                    }
                }
                Cause::Sync {
                    calls,
                    missing: others,
                } if call.verb == Verb::Sync => {
                    let same = calls.iter().any(|c| all[*c].id == call.id);
                    let meet = others.contains(&call.role)
                        && calls.iter().any(|c| missing.contains(&all[*c].role));
                    if same || meet {
                        if !calls.contains(&index) {
                            calls.push(index);
                        }
                        for role in missing {
                            if !others.contains(&role) {
                                others.push(role);
                            }
                        }
                        return;
                    }
                }
                _ => {}
            }
        }
        let calls = vec![index];
        causes.push(if call.verb == Verb::Sync {
            Cause::Sync { calls, missing }
        } else {
            Cause::Unmet { calls, missing }
        });
    }

    /// The call that a member is stuck in.
    fn blocked(&self, member: usize) -> Option<usize> {
        let now = &self.outcome.members[member];
        match now.state {
            State::Starting => self.play.programs[now.role].start,
            State::Waiting => match self.play.ops[now.role].get(now.at) {
                Some(Op::Call(call)) => Some(*call),
                _ => None,
            },
            State::Running | State::Done => None,
        }
    }

    fn lack(&self, member: usize, call: &Call) -> Lack {
        let mut lack = Lack {
            never: Vec::new(),
            stuck: Vec::new(),
        };
        for (other, now) in self.outcome.members.iter().enumerate() {
            let role = &self.play.programs[now.role].role;
            let asked = call.of.as_ref().is_none_or(|of| of == role);
            // Who may do anything, or only waits for one who may, is nobody's obstacle.
            let still = !now.free && (now.doomed || now.state == State::Done);
            if other == member || !asked || !still || self.has_done(other, call) {
                continue;
            }
            if self.would(other, call) {
                lack.stuck.push(other);
            } else {
                lack.never.push(other);
            }
        }
        lack
    }

    fn has_done(&self, member: usize, call: &Call) -> bool {
        let id = call.id.clone().unwrap_or_default();
        match call.verb {
            Verb::Sync => self.blocked(member).is_some_and(|index| {
                let other = &self.play.book.calls[index];
                other.verb == Verb::Sync && other.id == call.id
            }),
            _ => self.outcome.sent.contains(&(member, id)),
        }
    }

    /// Whether the member would do its part if it were not stuck.
    fn would(&self, member: usize, call: &Call) -> bool {
        let now = &self.outcome.members[member];
        let part = if call.verb == Verb::Sync {
            Verb::Sync
        } else {
            Verb::Send
        };
        let ops = &self.play.ops[now.role];
        ops.iter().skip(now.at).any(|op| match op {
            Op::Anything => true,
            Op::Definition => false,
            Op::Call(index) => {
                let next = &self.play.book.calls[*index];
                !self.play.skip.contains(index) && next.verb == part && next.id == call.id
            }
        })
    }

    fn roles(&self, members: &[usize]) -> Vec<String> {
        let mut roles: Vec<String> = Vec::new();
        for member in members {
            let role = &self.play.programs[self.outcome.members[*member].role].role;
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        roles
    }

    /// Follows who waits for whom until somebody comes twice.
    fn cycle(&self, from: usize) -> Option<Vec<usize>> {
        let mut trail: Vec<usize> = Vec::new();
        let mut next = from;
        while !trail.contains(&next) {
            trail.push(next);
            let call = &self.play.book.calls[self.blocked(next)?];
            let stuck = self.lack(next, call).stuck;
            // Members of one role do the same: another role says more.
            let role = self.outcome.members[next].role;
            next = *stuck
                .iter()
                .find(|other| self.outcome.members[**other].role != role)
                .or(stuck.first())?;
        }
        let begins = trail.iter().position(|member| *member == next)?;
        let mut calls = Vec::new();
        for member in &trail[begins..] {
            let call = self.blocked(*member)?;
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        Some(calls)
    }
}
