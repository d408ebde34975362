//! The state of a group and what each input changes.
//!
//! The outputs of a step come in this order: the cancelling of the group, starts by member, answers by ticket, starts
//! that are lost by member, waits that are lost by ticket.

use std::collections::{BTreeMap, BTreeSet};

use super::crowd::{Crowd, Roles};
use super::data::{Data, End, Input, MemberId, MemberInfo, Output, START_ID, Said, Ticket, Wait};
use super::explain::Explainer;
use super::waits::{Need, Pending, Waiter, Waits};
use super::{hope, words};

/// Where a member is.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// Its start is delayed.
    Starting,
    /// Its start is lost.
    Unstartable,
    /// It does something, or waits.
    Running,
    /// It is gone.
    Ended(End),
}

/// The members of a run and what they have said to each other.
#[derive(Debug, Clone)]
pub struct Group {
    members: Vec<MemberInfo>,
    states: Vec<State>,
    everybody: Crowd,
    said: BTreeMap<String, BTreeMap<MemberId, Data>>,
    cancelled: bool,
    pub(super) roles: Roles,
    pub(super) waits: Waits,
}

impl Group {
    /// A group and what its members must be told before anything has happened.
    #[must_use]
    pub fn new(members: Vec<MemberInfo>) -> (Self, Vec<Output>) {
        let roles = Roles::new(&members);
        let mut group = Self {
            states: vec![State::Running; members.len()],
            everybody: Crowd::of(&roles, |_| true),
            said: BTreeMap::new(),
            cancelled: false,
            waits: Waits::default(),
            members,
            roles,
        };
        let mut out = Vec::new();
        group.delay_starts(&mut out);
        group.give_up(&mut out);
        (group, out)
    }

    /// Takes what a member did; gives what must be told for it.
    pub fn step(&mut self, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Send { member, id, data } => self.send(member, id, data, &mut out),
            Input::Wait {
                member,
                ticket,
                wait,
                alone,
            } => self.wait(member, ticket, wait, alone, &mut out),
            Input::Withdraw { ticket } => {
                self.waits.remove(Waiter::Ticket(ticket));
            }
            Input::Ended { member, end } => self.end(member, end, &mut out),
        }
        out
    }

    /// The members, in the order of their [`MemberId`]s.
    #[must_use]
    pub fn members(&self) -> &[MemberInfo] {
        &self.members
    }

    /// What an outstanding wait lacks, in words: `lava-sync clients: guest-2, guest-3 not there yet`.
    #[must_use]
    pub fn waiting_on(&self, ticket: Ticket) -> Option<String> {
        words::waiting(self, Waiter::Ticket(ticket))
    }

    /// What a delayed start lacks, in words: `start: lava_start from host`.
    #[must_use]
    pub fn start_waiting_on(&self, member: MemberId) -> Option<String> {
        words::waiting(self, Waiter::Start(member))
    }

    fn delay_starts(&mut self, out: &mut Vec<Output>) {
        let mut needs = BTreeSet::new();
        for index in 0..self.members.len() {
            let Some(role) = self.members[index].expects.as_deref() else {
                continue;
            };
            let member = MemberId(index);
            if let Some(role) = self.roles.find(role) {
                let need = Need::All(START_ID.to_owned(), Some(role));
                needs.insert(need.clone());
                self.states[index] = State::Starting;
                let alone = true;
                self.waits.add(
                    Waiter::Start(member),
                    Pending {
                        member,
                        need,
                        alone,
                    },
                );
            } else {
                self.states[index] = State::Unstartable;
                let reason = words::start_of_unknown_role(self, member, role);
                out.push(Output::StartHopeless { member, reason });
            }
        }
        self.wake(&needs, out);
    }

    fn send(&mut self, member: MemberId, id: String, data: Data, out: &mut Vec<Output>) {
        if !matches!(self.state(member), Some(State::Running)) {
            return;
        }
        self.waits.not_alone(member);
        let needs = BTreeSet::from([
            Need::Any(id.clone()),
            Need::All(id.clone(), None),
            Need::All(id.clone(), Some(self.roles.of(member))),
        ]);
        self.said.entry(id).or_default().insert(member, data);
        self.wake(&needs, out);
    }

    fn wait(
        &mut self,
        member: MemberId,
        ticket: Ticket,
        wait: Wait,
        alone: bool,
        out: &mut Vec<Output>,
    ) {
        let waiter = Waiter::Ticket(ticket);
        self.waits.remove(waiter);
        match self.need(member, wait) {
            Ok(need) => {
                // Whoever asks while another of its waits lasts is doing several things at once, in either of them.
                let alone = alone && self.waits.of(member).next().is_none();
                self.waits.not_alone(member);
                let needs = BTreeSet::from([need.clone()]);
                self.waits.add(
                    waiter,
                    Pending {
                        member,
                        need,
                        alone,
                    },
                );
                self.wake(&needs, out);
                self.give_up(out);
            }
            Err(reason) => {
                self.waits.not_alone(member);
                out.push(Output::Hopeless { ticket, reason });
            }
        }
    }

    fn end(&mut self, member: MemberId, end: End, out: &mut Vec<Output>) {
        if matches!(self.state(member), None | Some(State::Ended(_))) {
            return;
        }
        self.waits.remove_of(member);
        let cancels = self.members[member.0].essential && !end.complete && !self.cancelled;
        self.states[member.0] = State::Ended(end);
        if cancels {
            self.cancelled = true;
            out.push(Output::CancelGroup {
                because: member,
                reason: words::cancelled(self, member),
            });
        }
        self.give_up(out);
    }

    /// What the wait of a member needs, or why it makes no sense.
    fn need(&self, member: MemberId, wait: Wait) -> Result<Need, String> {
        if !matches!(self.state(member), Some(State::Running)) {
            return Err(words::not_running(self, member));
        }
        match wait {
            Wait::Any(id) => Ok(Need::Any(id)),
            Wait::All { id, role: None } => Ok(Need::All(id, None)),
            Wait::All {
                id,
                role: Some(role),
            } => match self.roles.find(&role) {
                Some(role) => Ok(Need::All(id, Some(role))),
                None => Err(words::wait_for_unknown_role(self, member, &id, &role)),
            },
            Wait::Sync(id) => Ok(Need::Sync(id)),
        }
    }

    /// Answers those of the waits for these needs, all of one id, that are met.
    fn wake(&mut self, needs: &BTreeSet<Need>, out: &mut Vec<Output>) {
        let met: BTreeSet<Waiter> = needs.iter().flat_map(|need| self.met(need)).collect();
        let mut shared: Option<Said> = None;
        for waiter in met {
            let Some(pending) = self.waits.remove(waiter) else {
                continue;
            };
            out.push(match (waiter, pending.need) {
                (Waiter::Start(member), _) => {
                    self.states[member.0] = State::Running;
                    Output::Start { member }
                }
                (Waiter::Ticket(ticket), Need::Sync(_)) => Output::Answer {
                    ticket,
                    said: Said::default(),
                },
                (Waiter::Ticket(ticket), Need::Any(id) | Need::All(id, _)) => Output::Answer {
                    ticket,
                    said: Said::clone(shared.get_or_insert_with(|| self.said_under(&id))),
                },
            });
        }
    }

    fn met(&self, need: &Need) -> Vec<Waiter> {
        let owed = match need {
            Need::Any(id) => usize::from(!self.said.contains_key(id)),
            Need::All(..) | Need::Sync(_) => self.owed(need, &self.everybody),
        };
        if owed > 1 {
            return Vec::new();
        }
        self.waits
            .for_need(need)
            .filter(|(member, _)| match need {
                Need::Any(_) => owed == 0,
                Need::All(..) | Need::Sync(_) => owed == usize::from(self.owes(*member, need)),
            })
            .map(|(_, waiter)| waiter)
            .collect()
    }

    /// Tells everybody whose wait is doomed.
    fn give_up(&mut self, out: &mut Vec<Output>) {
        let verdict = hope::judge(self);
        let mut explainer = Explainer::new(self, &verdict.stuck);
        let reasons: Vec<(Waiter, String)> = verdict
            .doomed
            .iter()
            .map(|waiter| (*waiter, explainer.reason(*waiter)))
            .collect();
        for (waiter, reason) in reasons {
            self.waits.remove(waiter);
            out.push(match waiter {
                Waiter::Start(member) => {
                    self.states[member.0] = State::Unstartable;
                    Output::StartHopeless { member, reason }
                }
                Waiter::Ticket(ticket) => Output::Hopeless { ticket, reason },
            });
        }
    }

    fn said_under(&self, id: &str) -> Said {
        let said = self.said.get(id).into_iter().flatten();
        said.map(|(member, data)| (*member, data.clone())).collect()
    }

    pub(super) fn state(&self, member: MemberId) -> Option<&State> {
        self.states.get(member.0)
    }

    /// Whether a member can act now, without anybody's help.
    pub(super) fn runs(&self, member: MemberId) -> bool {
        matches!(self.state(member), Some(State::Running)) && !self.waits.blocks(member)
    }

    /// How many of `among` have a part in the need that they have not yet done.
    pub(super) fn owed(&self, need: &Need, among: &Crowd) -> usize {
        let done = match need {
            Need::Any(id) | Need::All(id, _) => {
                let senders = self.said.get(id).into_iter().flat_map(BTreeMap::keys);
                senders
                    .filter(|member| among.has(**member) && self.has_part(**member, need))
                    .count()
            }
            Need::Sync(_) => {
                let mut there: Vec<MemberId> = self
                    .waits
                    .for_need(need)
                    .map(|(member, _)| member)
                    .collect();
                there.dedup();
                there
                    .into_iter()
                    .filter(|member| among.has(*member))
                    .count()
            }
        };
        among.count(need.role()) - done
    }

    /// Whether the member has a part in the need that it has not yet done.
    pub(super) fn owes(&self, member: MemberId, need: &Need) -> bool {
        self.has_part(member, need)
            && match need {
                Need::Any(id) | Need::All(id, _) => !self
                    .said
                    .get(id)
                    .is_some_and(|said| said.contains_key(&member)),
                Need::Sync(_) => !self.waits.needs_it(member, need),
            }
    }

    fn has_part(&self, member: MemberId, need: &Need) -> bool {
        need.role().is_none_or(|role| role == self.roles.of(member))
    }
}
