//! Bugs that are put into a job, one at a time.

use super::dice::Dice;
use super::model::{Job, Verb};

/// A kind of bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A send is left out.
    DropSend,
    /// One side of an id is misspelled.
    Rename,
    /// One role reaches two syncs in the other order.
    SwapSyncs,
    /// The host does not wait for its guests at its end.
    EndHostEarly,
}

impl Bug {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::DropSend,
        Self::Rename,
        Self::SwapSyncs,
        Self::EndHostEarly,
    ];

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::DropSend => "a send dropped",
            Self::Rename => "an id misspelled on one side",
            Self::SwapSyncs => "two syncs swapped on one side",
            Self::EndHostEarly => "the host ends early",
        }
    }
}

/// A job with a bug in it.
pub(super) struct Seeded {
    pub(super) job: Job,
    /// Whether the text says enough to be sure.
    pub(super) decidable: bool,
    /// The ids that a finding must show, one of them.
    pub(super) ids: Vec<String>,
}

/// Puts a bug into a job; `None` when there is no place for one of this kind.
pub(super) fn seed(job: &Job, bug: Bug, dice: &mut Dice) -> Option<Seeded> {
    let mut job = job.clone();
    let unknown: Vec<String> = job
        .roles
        .iter()
        .filter(|role| role.unknown)
        .map(|role| role.name.to_owned())
        .collect();
    let places: Vec<(usize, usize)> = (0..job.roles.len())
        .flat_map(|role| (0..job.roles[role].acts.len()).map(move |act| (role, act)))
        .collect();
    let known = unknown.is_empty();
    match bug {
        Bug::DropSend => {
            let sends: Vec<(usize, usize)> = places
                .into_iter()
                .filter(|(role, act)| job.roles[*role].acts[*act].verb == Verb::Send)
                .collect();
            let (role, act) = dice.one_of(&sends);
            let decidable =
                known || asked_of(&job, role, act).is_some_and(|r| !unknown.contains(&r));
            let dropped = job.roles[role].acts.remove(act);
            Some(Seeded {
                job,
                decidable,
                ids: vec![dropped.id],
            })
        }
        Bug::Rename => {
            let (role, act) = dice.one_of(&places);
            let decidable =
                known || asked_of(&job, role, act).is_some_and(|r| !unknown.contains(&r));
            let act = &mut job.roles[role].acts[act];
            let old = act.id.clone();
            act.id = misspelled(&old, dice);
            let ids = vec![old, act.id.clone()];
            Some(Seeded {
                job,
                decidable,
                ids,
            })
        }
        Bug::SwapSyncs => {
            let role = dice.roll(job.roles.len());
            let acts = &mut job.roles[role].acts;
            let syncs: Vec<usize> = (0..acts.len())
                .filter(|act| acts[*act].verb == Verb::Sync)
                .collect();
            let first = dice.roll(syncs.len().checked_sub(1)?);
            let (a, b) = (syncs[first], syncs[first + 1]);
            let (one, two) = (acts[a].id.clone(), acts[b].id.clone());
            acts[a].id.clone_from(&two);
            acts[b].id.clone_from(&one);
            Some(Seeded {
                job,
                decidable: known,
                ids: vec![one, two],
            })
        }
        Bug::EndHostEarly => {
            let guest = job.roles.get(1).filter(|role| role.guest)?;
            let guest = guest.name.to_owned();
            let host = &mut job.roles[0].acts;
            let last = host.iter().rposition(|act| match &act.verb {
                Verb::Sync => true,
                Verb::WaitAll(role) => *role == guest,
                Verb::Send | Verb::Wait => false,
            })?;
            let dropped = host.remove(last);
            Some(Seeded {
                job,
                decidable: known,
                ids: vec![dropped.id, guest],
            })
        }
    }
}

/// The one role that must do its part for this call, if it is only one.
fn asked_of(job: &Job, role: usize, act: usize) -> Option<String> {
    let act = &job.roles[role].acts[act];
    if act.id == "lava_start" {
        return Some(job.roles[0].name.to_owned());
    }
    if act.verb == Verb::Sync {
        return Some(job.roles[role].name.to_owned());
    }
    let all = job.roles.iter().flat_map(|role| &role.acts);
    all.filter(|other| other.id == act.id)
        .find_map(|other| match &other.verb {
            Verb::WaitAll(role) => Some(role.clone()),
            _ => None,
        })
}

/// A letter is dropped, doubled, exchanged or replaced.
fn misspelled(id: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = id.chars().collect();
    let at = 1 + dice.roll(letters.len() - 2);
    match dice.roll(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if letters[at] != letters[at - 1] => letters.swap(at, at - 1),
        _ => letters[at] = if letters[at] == 'x' { 'y' } else { 'x' },
    }
    letters.into_iter().collect()
}
