//! The waits that are outstanding, found by ticket, by what they need and by member.

use std::collections::{BTreeMap, BTreeSet};

use super::crowd::RoleId;
use super::data::{MemberId, Ticket};

/// What must happen for a wait to be met. Members that need the same are woken by the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Anybody says something under the id.
    Any(String),
    /// Every other member (of the role) says something under the id.
    All(String, Option<RoleId>),
    /// Every member is in a sync of the id.
    Sync(String),
}

impl Need {
    /// The role whose members must each do their part; `None` for all roles.
    pub(super) fn role(&self) -> Option<RoleId> {
        match self {
            Self::All(_, role) => *role,
            Self::Any(_) | Self::Sync(_) => None,
        }
    }
}

/// Who is told when it is met. The order is the order of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiter {
    /// The delayed start of a member.
    Start(MemberId),
    /// A wait that a member asked for.
    Ticket(Ticket),
}

/// An outstanding wait.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) member: MemberId,
    pub(super) need: Need,
    /// The member does nothing else meanwhile. Then this is its only wait.
    pub(super) alone: bool,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Waits {
    open: BTreeMap<Waiter, Pending>,
    /// By member first, so that a member that waits twice is seen to be one.
    by_need: BTreeMap<Need, BTreeSet<(MemberId, Waiter)>>,
    by_member: BTreeMap<MemberId, BTreeSet<Waiter>>,
}

impl Waits {
    pub(super) fn add(&mut self, waiter: Waiter, pending: Pending) {
        self.by_need
            .entry(pending.need.clone())
            .or_default()
            .insert((pending.member, waiter));
        self.by_member
            .entry(pending.member)
            .or_default()
            .insert(waiter);
        self.open.insert(waiter, pending);
    }

    pub(super) fn remove(&mut self, waiter: Waiter) -> Option<Pending> {
        let pending = self.open.remove(&waiter)?;
        if let Some(waiters) = self.by_need.get_mut(&pending.need) {
            waiters.remove(&(pending.member, waiter));
            if waiters.is_empty() {
                self.by_need.remove(&pending.need);
            }
        }
        if let Some(waiters) = self.by_member.get_mut(&pending.member) {
            waiters.remove(&waiter);
            if waiters.is_empty() {
                self.by_member.remove(&pending.member);
            }
        }
        Some(pending)
    }

    pub(super) fn remove_of(&mut self, member: MemberId) {
        for waiter in self.by_member.get(&member).cloned().unwrap_or_default() {
            self.remove(waiter);
        }
    }

    pub(super) fn get(&self, waiter: Waiter) -> Option<&Pending> {
        self.open.get(&waiter)
    }

    /// The waits of a member.
    pub(super) fn of(&self, member: MemberId) -> impl Iterator<Item = Waiter> {
        self.by_member.get(&member).into_iter().flatten().copied()
    }

    /// Whether the member is blocked: it waits and does nothing else.
    pub(super) fn blocks(&self, member: MemberId) -> bool {
        self.of(member)
            .any(|waiter| self.open.get(&waiter).is_some_and(|wait| wait.alone))
    }

    /// The member was seen to do something beside its waits.
    pub(super) fn not_alone(&mut self, member: MemberId) {
        for waiter in self.by_member.get(&member).into_iter().flatten() {
            if let Some(pending) = self.open.get_mut(waiter) {
                pending.alone = false;
            }
        }
    }

    /// Everything that is needed, with those who need it.
    pub(super) fn needs(&self) -> impl Iterator<Item = (&Need, &BTreeSet<(MemberId, Waiter)>)> {
        self.by_need.iter()
    }

    /// Those who need it, by member.
    pub(super) fn for_need(&self, need: &Need) -> impl Iterator<Item = (MemberId, Waiter)> {
        self.by_need.get(need).into_iter().flatten().copied()
    }

    /// Whether the member itself waits for it.
    pub(super) fn needs_it(&self, member: MemberId, need: &Need) -> bool {
        let first = (member, Waiter::Start(MemberId(0)));
        self.by_need.get(need).is_some_and(|waiters| {
            waiters
                .range(first..)
                .next()
                .is_some_and(|(next, _)| *next == member)
        })
    }
}
