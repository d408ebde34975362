//! The exchanges of a cluster as its nodes use them: which case each member is at, and waits as futures.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;

use super::exchange::{Answer, Exchange, Input, Saying, Seat, Wait};
use super::member::{self, ClusterError, Member};
use super::part::{Part, PartEnd};
use crate::bus::Ticket;

/// How long a wait of LKP stays open before it is answered `retry`. Of the HTTP clients LKP uses, busybox's wget is the
/// least patient, with 900 s (GNU wget: 3600 s by LKP's own option; curl: for ever).
pub(super) const LONG_POLL: Duration = Duration::from_secs(840);

/// The cluster of one block of a job file.
pub struct Hub {
    name: String,
    members: Arc<[Member]>,
    addresses: String,
    patience: Duration,
    inner: Mutex<Inner>,
}

/// A case, and how many times it had been run before.
pub(super) type Key = (String, usize);

struct Inner {
    exchanges: BTreeMap<Key, Exchange>,
    seats: Vec<At>,
    waiters: HashMap<Ticket, oneshot::Sender<Answer>>,
    next: u64,
}

/// Where a member is.
#[derive(Default)]
struct At {
    case: Option<Key>,
    /// How many times it has begun each case.
    begun: HashMap<String, usize>,
    /// Why it takes part in nothing more.
    left: Option<String>,
    /// The first request of its case that made no sense. LKP shows nobody the words of such an answer.
    nonsense: Option<String>,
}

impl Hub {
    /// A cluster that LKP calls `name`.
    ///
    /// # Errors
    /// A name or an address that LKP's scripts could not carry.
    pub fn new(name: &str, members: Vec<Member>) -> Result<Arc<Self>, ClusterError> {
        Self::with_patience(name, members, LONG_POLL)
    }

    pub(super) fn with_patience(
        name: &str,
        members: Vec<Member>,
        patience: Duration,
    ) -> Result<Arc<Self>, ClusterError> {
        member::check(name, &members)?;
        let inner = Inner {
            exchanges: BTreeMap::new(),
            seats: members.iter().map(|_| At::default()).collect(),
            waiters: HashMap::new(),
            next: 0,
        };
        Ok(Arc::new(Self {
            name: name.to_owned(),
            addresses: member::addresses(&members),
            members: members.into(),
            patience,
            inner: Mutex::new(inner),
        }))
    }

    /// What LKP must know the cluster as.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A member takes part in nothing any more: `its SSH connection was lost`. Whoever counts on it is told.
    /// The first reason stays; a name that is no member's is ignored.
    pub fn leave(&self, member: &str, why: &str) {
        if let Some(seat) = self.seat(member) {
            self.leave_seat(seat, why);
        }
    }

    pub(super) fn leave_seat(&self, seat: Seat, why: &str) {
        let mut inner = self.lock();
        let at = &mut inner.seats[seat];
        if at.left.is_some() {
            return;
        }
        at.left = Some(why.to_owned());
        at.case = None;
        let all: Vec<Key> = inner.exchanges.keys().cloned().collect();
        for key in all {
            inner.ended(&key, seat, false, why);
        }
    }

    pub(super) fn seat(&self, member: &str) -> Option<Seat> {
        self.members.iter().position(|m| m.name == member)
    }

    pub(super) fn member(&self, seat: Seat) -> &Member {
        &self.members[seat]
    }

    /// The answer to `roles_ip`.
    pub(super) fn addresses(&self) -> &str {
        &self.addresses
    }

    /// From now on what the member asks is about this case. `tests`: how many test programs a run of it runs on a client.
    pub(super) fn begin(self: &Arc<Self>, seat: Seat, case: &str, tests: usize) -> Part {
        let mut inner = self.lock();
        let begun = inner.seats[seat].begun.entry(case.to_owned()).or_default();
        let key = (case.to_owned(), *begun);
        *begun += 1;
        inner.seats[seat].case = Some(key.clone());
        inner.seats[seat].nonsense = None;
        // Who runs no test of its own knows of none.
        if let Some(exchange) = inner.exchanges.get_mut(&key) {
            exchange.expect_tests(tests);
        }
        if !inner.exchanges.contains_key(&key) {
            let fresh = Exchange::new(Arc::clone(&self.members), tests);
            inner.exchanges.insert(key.clone(), fresh);
            let left: Vec<(Seat, String)> = (0..self.members.len())
                .filter_map(|seat| Some((seat, inner.seats[seat].left.clone()?)))
                .collect();
            for (seat, why) in left {
                inner.ended(&key, seat, false, &why);
            }
        }
        Part::new(Arc::clone(self), seat, key)
    }

    /// Keeps what was wrong with a request for [`Part::end`].
    pub(super) fn nonsense(&self, seat: Seat, what: &str) {
        let mut inner = self.lock();
        let first = &mut inner.seats[seat].nonsense;
        first.get_or_insert_with(|| format!("LKP's request was not understood: {what}"));
    }

    /// Takes what a member says; `false` when it runs no case.
    pub(super) fn say(&self, seat: Seat, saying: Saying) -> bool {
        let mut inner = self.lock();
        let Some(key) = inner.seats[seat].case.clone() else {
            return false;
        };
        inner.step(&key, Input::Say { seat, saying });
        true
    }

    /// Waits for an answer; `None` is LKP's `retry`.
    pub(super) async fn ask(&self, seat: Seat, wait: Wait) -> Option<Answer> {
        let (sender, receiver) = oneshot::channel();
        let ticket = {
            let mut inner = self.lock();
            // A process that was left behind asks between two cases.
            let Some(key) = inner.seats[seat].case.clone() else {
                return Some(Answer::Abort);
            };
            let ticket = Ticket(inner.next);
            inner.next += 1;
            inner.waiters.insert(ticket, sender);
            inner.step(&key, Input::Ask { seat, ticket, wait });
            Waiting {
                hub: self,
                ticket,
                key,
            }
        };
        let answer = tokio::time::timeout(self.patience, receiver).await;
        drop(ticket);
        answer.ok().map(|answer| answer.unwrap_or(Answer::Abort))
    }

    pub(super) fn end_part(&self, seat: Seat, key: &Key, end: PartEnd) -> Option<String> {
        let mut inner = self.lock();
        if inner.seats[seat].case.as_ref() == Some(key) {
            inner.seats[seat].case = None;
        }
        let (well, why) = match end {
            PartEnd::Over => (true, "its job ended before it had done its part".to_owned()),
            PartEnd::Broken(why) => (false, why),
        };
        let nonsense = inner.seats[seat].nonsense.take();
        inner.ended(key, seat, well, &why).or(nonsense)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .expect("nobody panics with the cluster locked")
    }
}

impl Inner {
    fn step(&mut self, key: &Key, input: Input) {
        let Some(exchange) = self.exchanges.get_mut(key) else {
            return;
        };
        for (ticket, answer) in exchange.step(input) {
            if let Some(waiter) = self.waiters.remove(&ticket) {
                // Whoever asked may be gone by now; then nobody misses the answer.
                let _ = waiter.send(answer);
            }
        }
    }

    /// Gives the reason if another member has ended the case for all.
    fn ended(&mut self, key: &Key, seat: Seat, well: bool, why: &str) -> Option<String> {
        let why = why.to_owned();
        self.step(key, Input::Ended { seat, well, why });
        let exchange = self.exchanges.get(key)?;
        let abort = exchange.abort().filter(|abort| abort.seat != seat);
        let reason = abort.map(|abort| abort.reason.clone());
        if exchange.is_over() {
            self.exchanges.remove(key);
        }
        reason
    }
}

/// A wait that somebody listens to.
struct Waiting<'a> {
    hub: &'a Hub,
    ticket: Ticket,
    key: Key,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut inner = self.hub.lock();
        if inner.waiters.remove(&self.ticket).is_some() {
            let ticket = self.ticket;
            inner.step(&self.key, Input::Withdraw { ticket });
        }
    }
}

#[cfg(test)]
mod tests;
