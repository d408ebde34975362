//! The bus as its description says it, without any index: a log of what was sent, a list of what is waited for, and
//! everything looked up anew after every input.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use dispatcher::bus::{Data, Input, MemberId, MemberInfo, Output, Said, Ticket, Wait};

use crate::search::{Goal, Mask, Move, Position, continuation, hopes};

pub(crate) const IDS: [&str; crate::search::IDS] = ["lava_start", "x", "y"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Delayed,
    Lost,
    Up,
    Down,
}

#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) member: usize,
    wait: Wait,
    /// The caller says that the member does nothing else, and nothing else was seen of it.
    alone: bool,
}

/// A wait or a delayed start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Start(usize),
    Ticket(Ticket),
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    members: Vec<MemberInfo>,
    pub(crate) status: Vec<Status>,
    log: Vec<(usize, String, Data)>,
    pub(crate) open: BTreeMap<Ticket, Open>,
    cancelled: bool,
}

thread_local! {
    /// Verdicts on positions that were searched before.
    static KNOWN: RefCell<HashMap<Position, Vec<bool>>> = RefCell::default();
}

impl Model {
    pub(crate) fn new(members: Vec<MemberInfo>) -> (Self, Vec<Output>) {
        let mut model = Self {
            status: vec![Status::Up; members.len()],
            members,
            log: Vec::new(),
            open: BTreeMap::new(),
            cancelled: false,
        };
        let mut out = Vec::new();
        for member in 0..model.members.len() {
            let Some(role) = model.members[member].expects.clone() else {
                continue;
            };
            model.status[member] = Status::Delayed;
            if !model.members.iter().any(|info| info.role == role) {
                model.status[member] = Status::Lost;
                out.push(start_hopeless(member));
            }
        }
        model.settle(&mut out);
        (model, out)
    }

    pub(crate) fn step(&mut self, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Send { member, id, data } => {
                if self.is_up(member) {
                    self.seen_busy(member.0);
                    self.log.push((member.0, id, data));
                }
            }
            Input::Wait {
                member,
                ticket,
                wait,
                alone,
            } => {
                self.open.remove(&ticket);
                let busy = self.open.values().any(|open| open.member == member.0);
                self.seen_busy(member.0);
                let role_exists = match &wait {
                    Wait::All {
                        role: Some(role), ..
                    } => self.members.iter().any(|info| info.role == *role),
                    _ => true,
                };
                if !self.is_up(member) || !role_exists {
                    out.push(hopeless(ticket));
                } else {
                    let open = Open {
                        member: member.0,
                        wait,
                        alone: alone && !busy,
                    };
                    self.open.insert(ticket, open);
                }
            }
            Input::Withdraw { ticket } => {
                self.open.remove(&ticket);
            }
            Input::Ended { member, end } => {
                if member.0 < self.members.len() && self.status[member.0] != Status::Down {
                    self.status[member.0] = Status::Down;
                    self.open.retain(|_, open| open.member != member.0);
                    if self.members[member.0].essential && !end.complete && !self.cancelled {
                        self.cancelled = true;
                        out.push(Output::CancelGroup {
                            because: member,
                            reason: String::new(),
                        });
                    }
                }
            }
        }
        self.settle(&mut out);
        out
    }

    fn is_up(&self, member: MemberId) -> bool {
        self.status.get(member.0) == Some(&Status::Up)
    }

    fn seen_busy(&mut self, member: usize) {
        for open in self.open.values_mut() {
            if open.member == member {
                open.alone = false;
            }
        }
    }

    fn settle(&mut self, out: &mut Vec<Output>) {
        let met: Vec<Who> = self
            .waiting()
            .into_iter()
            .filter(|who| self.met(*who))
            .collect();
        let answers: Vec<Output> = met.iter().map(|who| self.answer(*who)).collect();
        out.extend(answers);
        for who in met {
            self.forget(who, Status::Up);
        }
        for who in self.doomed() {
            out.push(match who {
                Who::Start(member) => start_hopeless(member),
                Who::Ticket(ticket) => hopeless(ticket),
            });
            self.forget(who, Status::Lost);
        }
    }

    /// Everything that is waited for, starts first.
    pub(crate) fn waiting(&self) -> Vec<Who> {
        let delayed = |member: &usize| self.status[*member] == Status::Delayed;
        let starts = (0..self.members.len()).filter(delayed).map(Who::Start);
        starts
            .chain(self.open.keys().copied().map(Who::Ticket))
            .collect()
    }

    fn forget(&mut self, who: Who, becomes: Status) {
        match who {
            Who::Start(member) => self.status[member] = becomes,
            Who::Ticket(ticket) => {
                self.open.remove(&ticket);
            }
        }
    }

    fn sent(&self, member: usize, id: &str) -> bool {
        self.log
            .iter()
            .any(|(sender, sent, _)| *sender == member && sent == id)
    }

    fn all_but(&self, member: usize, role: Option<&str>) -> impl Iterator<Item = usize> {
        let others = (0..self.members.len()).filter(move |other| *other != member);
        others.filter(move |other| role.is_none_or(|role| self.members[*other].role == role))
    }

    fn met(&self, who: Who) -> bool {
        let (member, wait) = match who {
            Who::Start(member) => {
                let role = self.members[member].expects.as_deref();
                return self
                    .all_but(member, role)
                    .all(|other| self.sent(other, "lava_start"));
            }
            Who::Ticket(ticket) => (self.open[&ticket].member, &self.open[&ticket].wait),
        };
        match wait {
            Wait::Any(id) => (0..self.members.len()).any(|sender| self.sent(sender, id)),
            Wait::All { id, role } => self
                .all_but(member, role.as_deref())
                .all(|other| self.sent(other, id)),
            Wait::Sync(_) => (0..self.members.len()).all(|other| {
                self.open
                    .values()
                    .any(|open| open.member == other && open.wait == *wait)
            }),
        }
    }

    fn answer(&self, who: Who) -> Output {
        let ticket = match who {
            Who::Start(member) => {
                let member = MemberId(member);
                return Output::Start { member };
            }
            Who::Ticket(ticket) => ticket,
        };
        let said: Said = match &self.open[&ticket].wait {
            Wait::Sync(_) => Said::default(),
            Wait::Any(id) | Wait::All { id, .. } => {
                let last = |member: usize| {
                    let mut said = self.log.iter().rev();
                    let found = said.find(|(sender, sent, _)| *sender == member && sent == id)?;
                    Some((MemberId(member), found.2.clone()))
                };
                (0..self.members.len()).filter_map(last).collect()
            }
        };
        Output::Answer { ticket, said }
    }

    /// What no continuation meets.
    fn doomed(&self) -> Vec<Who> {
        let waiting = self.waiting();
        if waiting.is_empty() {
            return waiting;
        }
        let position = self.position();
        let hope = KNOWN.with_borrow_mut(|known| {
            if known.len() > 2_000_000 {
                known.clear();
            }
            let hope: &Vec<bool> = known.entry(position).or_insert_with_key(hopes);
            hope.clone()
        });
        let doomed = waiting.into_iter().zip(hope).filter(|(_, hope)| !hope);
        doomed.map(|(who, _)| who).collect()
    }

    /// For everything that is waited for, moves that meet it.
    pub(crate) fn witnesses(&self) -> Vec<(Who, Option<Vec<Move>>)> {
        let position = self.position();
        let moves = position
            .goals
            .iter()
            .map(|goal| continuation(&position, *goal));
        self.waiting().into_iter().zip(moves).collect()
    }

    fn position(&self) -> Position {
        let mask = |members: &mut dyn Iterator<Item = usize>| {
            members.fold(0, |mask: Mask, member| mask | 1 << member)
        };
        let number = |id: &str| IDS.iter().position(|known| *known == id).unwrap_or(0);
        let goal = |who: Who| match who {
            Who::Start(member) => {
                let role = self.members[member].expects.as_deref();
                Goal::All(0, mask(&mut self.all_but(member, role)))
            }
            Who::Ticket(ticket) => match &self.open[&ticket].wait {
                Wait::Any(id) => Goal::Any(number(id)),
                Wait::All { id, role } => {
                    let others = &mut self.all_but(self.open[&ticket].member, role.as_deref());
                    Goal::All(number(id), mask(others))
                }
                Wait::Sync(id) => Goal::Sync(number(id)),
            },
        };
        let waiting = self.waiting();
        let mut blocked = Vec::new();
        for who in &waiting {
            match who {
                Who::Start(member) => blocked.push((*member, goal(*who))),
                Who::Ticket(ticket) if self.open[ticket].alone => {
                    blocked.push((self.open[ticket].member, goal(*who)));
                }
                Who::Ticket(_) => {}
            }
        }
        let all = 0..self.members.len();
        let is_free = |member: &usize| {
            self.status[*member] == Status::Up
                && !blocked.iter().any(|(blocked, _)| blocked == member)
        };
        let in_sync = |id: &str| {
            let wait = Wait::Sync(id.to_owned());
            let there = self.open.values().filter(|open| open.wait == wait);
            mask(&mut there.map(|open| open.member))
        };
        Position {
            everybody: mask(&mut all.clone()),
            free: mask(&mut all.clone().filter(is_free)),
            goals: waiting.iter().map(|who| goal(*who)).collect(),
            sent: IDS.map(|id| mask(&mut all.clone().filter(|member| self.sent(*member, id)))),
            at_sync: IDS.map(in_sync),
            blocked,
        }
    }
}

fn hopeless(ticket: Ticket) -> Output {
    let reason = String::new();
    Output::Hopeless { ticket, reason }
}

fn start_hopeless(member: usize) -> Output {
    let (member, reason) = (MemberId(member), String::new());
    Output::StartHopeless { member, reason }
}
