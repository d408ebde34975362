//! Why a wait is doomed, in one sentence for the author of the test.
//!
//! From the doomed wait the sentence follows whom it waits for: to a member that is gone, back to a member it has
//! already named (a cycle), or to a `lava-wait` that nobody is left to answer. Large groups are summed up.

use std::collections::BTreeMap;

use super::crowd::Crowd;
use super::data::{MemberId, START_ID};
use super::machine::{Group, State};
use super::waits::{Need, Pending, Waiter};
use super::words::{gone, id, is_gone, name, names, short};

/// Characters of a sentence.
const SENTENCE: usize = 400;
/// Waits that are followed. A longer chain is told as far as this.
const FOLLOWED: usize = 64;
/// Waits of a chain that are told one by one.
const TOLD: usize = 4;
/// Members whose state is told when nobody is left.
const STATES: usize = 2;

/// Explains the doomed waits of one moment.
pub(super) struct Explainer<'a> {
    group: &'a Group,
    stuck: &'a Crowd,
    owing: BTreeMap<&'a Need, Vec<MemberId>>,
}

/// Where the trail of a doomed wait leads.
enum Trail {
    /// To a member that is gone.
    Gone(MemberId),
    /// Back to the wait with this place in the chain.
    Cycle(usize),
    /// To a wait for anybody.
    Nobody(MemberId),
    /// Further than it is followed.
    Long,
}

impl<'a> Explainer<'a> {
    pub(super) fn new(group: &'a Group, stuck: &'a Crowd) -> Self {
        let owing = BTreeMap::new();
        Self {
            group,
            stuck,
            owing,
        }
    }

    pub(super) fn reason(&mut self, waiter: Waiter) -> String {
        let mut chain: Vec<(Waiter, String)> = Vec::new();
        let mut next = Some(waiter);
        let mut trail = Trail::Long;
        while let Some(waiter) = next
            && chain.len() < FOLLOWED
        {
            let Some(pending) = self.group.waits.get(waiter) else {
                break;
            };
            let owing = self.owing(pending);
            chain.push((waiter, self.link(waiter, pending, &owing)));
            let Some(culprit) = owing.first().copied() else {
                trail = Trail::Nobody(pending.member);
                break;
            };
            if is_gone(self.group, culprit) {
                trail = Trail::Gone(culprit);
                break;
            }
            next = self.group.waits.of(culprit).next();
            if let Some(place) = chain.iter().position(|(before, _)| Some(*before) == next) {
                trail = Trail::Cycle(place);
                break;
            }
        }
        let links: Vec<String> = chain.into_iter().map(|(_, link)| link).collect();
        short(&self.sentence(&links, &trail), SENTENCE)
    }

    /// The stuck members that the wait waits for, those that are gone first; none for a wait that anybody could meet.
    fn owing(&mut self, pending: &'a Pending) -> Vec<MemberId> {
        if matches!(pending.need, Need::Any(_)) {
            return Vec::new();
        }
        let (group, stuck) = (self.group, self.stuck);
        let owing = self.owing.entry(&pending.need).or_insert_with(|| {
            let mut owing: Vec<MemberId> = (0..group.members().len())
                .map(MemberId)
                .filter(|member| stuck.has(*member) && group.owes(*member, &pending.need))
                .collect();
            owing.sort_by_key(|member| !is_gone(group, *member));
            owing
        });
        owing
            .iter()
            .copied()
            .filter(|member| *member != pending.member)
            .collect()
    }

    /// `guest waits in lava-sync 'b' for host`
    fn link(&self, waiter: Waiter, pending: &Pending, owing: &[MemberId]) -> String {
        let who = name(self.group, pending.member);
        let whom = names(self.group, owing);
        match (&pending.need, waiter) {
            (_, Waiter::Start(_)) => format!("{who} starts only after {whom} sent '{START_ID}'"),
            (Need::Any(id), _) => format!("{who} waits for '{}' (lava-wait)", self::id(id)),
            (Need::All(id, _), _) => {
                format!(
                    "{who} waits for '{}' from {whom} (lava-wait-all)",
                    self::id(id)
                )
            }
            (Need::Sync(id), _) => {
                format!("{who} waits in lava-sync '{}' for {whom}", self::id(id))
            }
        }
    }

    fn sentence(&mut self, links: &[String], trail: &Trail) -> String {
        match trail {
            Trail::Gone(member) => format!("{}, and {}", told(links), gone(self.group, *member)),
            Trail::Cycle(0) => format!("deadlock: {}", told(links)),
            Trail::Cycle(place) => {
                let (before, cycle) = links.split_at(*place);
                format!("{}; deadlock: {}", told(before), told(cycle))
            }
            Trail::Nobody(member) => self.nobody(links, *member),
            Trail::Long => format!("deadlock: {}, and so on", told(links)),
        }
    }

    /// The sentence for a chain that leads to a member that waits for anybody, when everybody is stuck.
    fn nobody(&mut self, links: &[String], member: MemberId) -> String {
        let mut others: Vec<MemberId> = (0..self.group.members().len())
            .map(MemberId)
            .filter(|other| *other != member)
            .collect();
        let who_could = match others.len() {
            0 => return format!("{}; it is the only member of the group", told(links)),
            1..=3 => format!("only {} could send it", names(self.group, &others)),
            _ => "nobody is left to send it".to_owned(),
        };
        others.sort_by_key(|other| match self.group.state(*other) {
            Some(State::Ended(end)) if !end.complete => 0,
            Some(State::Running | State::Starting) | None => 1,
            Some(State::Unstartable) => 2,
            Some(State::Ended(_)) => 3,
        });
        let everybody_waits = others.iter().all(|other| !is_gone(self.group, *other));
        let deadlock = if everybody_waits { "deadlock: " } else { "" };
        let states: Vec<String> = others
            .iter()
            .take(STATES)
            .map(|other| self.state(*other))
            .collect();
        let more = match others.len() - states.len() {
            0 => String::new(),
            more => format!(", and {more} more wait or are gone"),
        };
        format!(
            "{deadlock}{}; {who_could}, and {}{more}",
            told(links),
            states.join(", ")
        )
    }

    /// What a stuck member does.
    fn state(&mut self, member: MemberId) -> String {
        let waits = &self.group.waits;
        let waiting = waits
            .of(member)
            .find_map(|waiter| Some((waiter, waits.get(waiter)?)));
        match waiting {
            Some((waiter, pending)) => {
                let owing = self.owing(pending);
                self.link(waiter, pending, &owing)
            }
            None => gone(self.group, member),
        }
    }
}

/// The waits of a chain, the middle of a long one left out.
fn told(links: &[String]) -> String {
    match links {
        [first @ .., last] if links.len() > TOLD => {
            let (first, left_out) = first.split_at(TOLD - 2);
            format!(
                "{}, {} more wait in a row, {last}",
                first.join(", "),
                left_out.len()
            )
        }
        _ => links.join(", "),
    }
}
