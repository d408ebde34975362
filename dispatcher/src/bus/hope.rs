//! Which waits can still be met.
//!
//! In: a group in which no wait is met. Out: the members that are stuck and the waits that are doomed.
//!
//! A member that runs can do everything: send any id, reach any sync. Whoever waits for such members alone can get out
//! of its wait and then do everything too, and so on until nobody is added: these members *can act*. The others are
//! stuck, and a wait is doomed when it needs a stuck member to do what it has not yet done.
//!
//! That is exact, not a guess. Saying more never undoes what was said, and a member that is in a sync stays there until
//! everybody is, so helping one wait never harms another; a sync needs everybody who is not in it, so as soon as one can
//! be met, everybody can act. Two things are not counted as hope: that a wait times out, and that a doomed wait fails
//! and its member goes on. So all members of a deadlock are told in the same step, not one after the other.
//!
//! The counting is by need, not by wait, and an input costs about as many operations as there are members and waits.

use std::collections::{BTreeMap, BTreeSet};

use super::crowd::{Crowd, RoleId};
use super::data::MemberId;
use super::machine::Group;
use super::waits::{Need, Waiter};

/// What is left of a group.
pub(super) struct Verdict {
    /// The members that will never act again.
    pub(super) stuck: Crowd,
    /// The waits that cannot be met.
    pub(super) doomed: BTreeSet<Waiter>,
}

/// A need that takes the parts of several members, and how many of these parts stuck members still owe.
struct Open<'a> {
    need: &'a Need,
    waiters: &'a BTreeSet<(MemberId, Waiter)>,
    owed: usize,
}

pub(super) fn judge(group: &Group) -> Verdict {
    let mut stuck = Crowd::of(&group.roles, |member| !group.runs(member));
    let somebody_acts = stuck.count(None) < group.members().len();

    let mut doomed = BTreeSet::new();
    let mut open = Vec::new();
    let mut by_role: BTreeMap<Option<RoleId>, Vec<usize>> = BTreeMap::new();
    let mut freed = Vec::new();
    for (need, waiters) in group.waits.needs() {
        match need {
            Need::Any(_) if somebody_acts => {
                freed.extend(waiters.iter().map(|(member, _)| *member));
            }
            Need::Any(_) => doomed.extend(waiters.iter().map(|(_, waiter)| *waiter)),
            Need::All(..) | Need::Sync(_) => {
                by_role.entry(need.role()).or_default().push(open.len());
                open.push(Open {
                    need,
                    waiters,
                    owed: group.owed(need, &stuck),
                });
            }
        }
    }

    for open in &open {
        freed.extend(open.hopeful(group, &stuck));
    }
    while let Some(member) = freed.pop() {
        let owes = |need: &Need| group.owes(member, need);
        if !stuck.remove(member, &group.roles) {
            continue;
        }
        let role = Some(group.roles.of(member));
        for index in [None, role]
            .iter()
            .filter_map(|role| by_role.get(role))
            .flatten()
        {
            let open = &mut open[*index];
            if owes(open.need) {
                open.owed -= 1;
                freed.extend(open.hopeful(group, &stuck));
            }
        }
    }

    for open in &open {
        let doom = open
            .waiters
            .iter()
            .filter(|(member, _)| !open.can_be_met(*member, group, &stuck));
        doomed.extend(doom.map(|(_, waiter)| *waiter));
    }
    Verdict { stuck, doomed }
}

impl Open<'_> {
    /// Nobody waits for itself, so a part that the waiting member owes does not count.
    fn can_be_met(&self, member: MemberId, group: &Group, stuck: &Crowd) -> bool {
        match self.owed {
            0 => true,
            1 => stuck.has(member) && group.owes(member, self.need),
            _ => false,
        }
    }

    /// The stuck members that get out if this need is met.
    fn hopeful(&self, group: &Group, stuck: &Crowd) -> Vec<MemberId> {
        if self.owed > 1 {
            return Vec::new();
        }
        self.waiters
            .iter()
            .map(|(member, _)| *member)
            .filter(|member| stuck.has(*member) && self.can_be_met(*member, group, stuck))
            .collect()
    }
}
