//! The group's bus as nodes use it: waits become futures, woken by the input that meets them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{Data, End, Group, Input, MemberId, MemberInfo, Output, Ticket, Wait};
use crate::failure::{Class, Failure};
use crate::journal::event::Event;
use crate::recorder::Recorder;

/// What a met wait brings: per sender, in the group's order, what it said.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Job id of the sender, and its data.
    pub said: Vec<(String, Data)>,
}

type Reply = oneshot::Sender<Result<Answer, String>>;

/// The bus of one run.
pub struct Hub {
    inner: Mutex<Inner>,
    cancel: CancellationToken,
}

struct Inner {
    group: Group,
    waiters: HashMap<Ticket, Reply>,
    starters: HashMap<MemberId, Reply>,
    /// Starts that were decided before anybody asked.
    started: HashMap<MemberId, Result<Answer, String>>,
    next: u64,
    cancelled_by: Option<Failure>,
}

impl Hub {
    /// The bus of these members. `cancel` is set when an essential role ends incomplete.
    #[must_use]
    pub fn new(members: Vec<MemberInfo>, cancel: CancellationToken) -> Self {
        let (group, outputs) = Group::new(members);
        let mut inner = Inner {
            group,
            waiters: HashMap::new(),
            starters: HashMap::new(),
            started: HashMap::new(),
            next: 0,
            cancelled_by: None,
        };
        inner.carry_out(outputs, &cancel);
        Self {
            inner: Mutex::new(inner),
            cancel,
        }
    }

    /// Says something.
    pub fn send(&self, member: MemberId, id: String, data: Data) {
        self.step(Input::Send { member, id, data });
    }

    /// A member has ended.
    pub fn ended(&self, member: MemberId, end: End) {
        self.step(Input::Ended { member, end });
    }

    /// Waits for a delayed start.
    ///
    /// # Errors
    /// Why the start can no longer come.
    pub async fn start(&self, member: MemberId) -> Result<(), String> {
        let receiver = {
            let mut inner = self.lock();
            if let Some(decided) = inner.started.remove(&member) {
                return decided.map(|_| ());
            }
            let (sender, receiver) = oneshot::channel();
            inner.starters.insert(member, sender);
            receiver
        };
        receiver
            .await
            .map_or_else(|_| Err(GONE.to_owned()), |answer| answer.map(|_| ()))
    }

    /// Waits, and writes the wait and its end into the journal.
    ///
    /// # Errors
    /// Multinode: nobody can meet the wait any more, or nobody did within `limit`.
    pub async fn wait_recorded(
        &self,
        recorder: &Recorder,
        node: &str,
        member: MemberId,
        wait: Wait,
        alone: bool,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        let words = words(&wait);
        let (ticket, mut receiver) = self.begin(member, wait, alone);
        let on = self.lock().group.waiting_on(ticket);
        // A wait that was met at once is no wait: nothing to show.
        let on = match (on, receiver.try_recv()) {
            (_, Ok(Ok(answer))) => return Ok(answer),
            (_, Ok(Err(reason))) => {
                let on = "nobody who could still meet it".to_owned();
                recorder.record(Event::BusWaiting {
                    node: node.to_owned(),
                    what: words.clone(),
                    on,
                });
                recorder.record(Event::BusDone {
                    node: node.to_owned(),
                    what: words,
                    failure: Some(reason.clone()),
                });
                return Err(Failure::new(Class::Multinode, reason));
            }
            (on, Err(_)) => without_words(&on.unwrap_or_default(), &words),
        };
        recorder.record(Event::BusWaiting {
            node: node.to_owned(),
            what: words.clone(),
            on,
        });
        let guard = Withdraw { hub: self, ticket };
        let answer = tokio::time::timeout(limit, receiver).await;
        let result = match answer {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(reason))) => Err(reason),
            Ok(Err(_)) => Err(GONE.to_owned()),
            Err(_) => {
                let on = self.lock().group.waiting_on(ticket).unwrap_or_default();
                Err(format!(
                    "{node} waited {} s for {words} and nobody met it: {on}; if it needs longer, set `timeout` \
                     under `protocols: lava-multinode`",
                    limit.as_secs()
                ))
            }
        };
        drop(guard);
        recorder.record(Event::BusDone {
            node: node.to_owned(),
            what: words,
            failure: result.as_ref().err().cloned(),
        });
        result.map_err(|reason| Failure::new(Class::Multinode, reason))
    }

    /// Why the group was cancelled.
    #[must_use]
    pub fn cancel_reason(&self) -> Failure {
        let by_role = self.lock().cancelled_by.clone();
        by_role.unwrap_or_else(by_person)
    }

    /// The same when it was a person or a parent process, and not an essential role.
    #[must_use]
    pub fn cancelled_from_outside(&self) -> Option<Failure> {
        self.lock().cancelled_by.is_none().then(by_person)
    }

    fn begin(
        &self,
        member: MemberId,
        wait: Wait,
        alone: bool,
    ) -> (Ticket, oneshot::Receiver<Result<Answer, String>>) {
        let (sender, receiver) = oneshot::channel();
        let mut inner = self.lock();
        let ticket = Ticket(inner.next);
        inner.next += 1;
        inner.waiters.insert(ticket, sender);
        let outputs = inner.group.step(Input::Wait {
            member,
            ticket,
            wait,
            alone,
        });
        inner.carry_out(outputs, &self.cancel);
        (ticket, receiver)
    }

    fn step(&self, input: Input) {
        let mut inner = self.lock();
        let outputs = inner.group.step(input);
        inner.carry_out(outputs, &self.cancel);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .expect("nobody panics with the bus locked")
    }
}

fn by_person() -> Failure {
    Failure::new(Class::Cancelled, "the run was cancelled")
}

/// `lava-sync end: guest not there yet` without the wait itself, which stands before it.
fn without_words(on: &str, words: &str) -> String {
    let rest = on.strip_prefix(words).and_then(|r| r.strip_prefix(": "));
    rest.unwrap_or(on).to_owned()
}

/// A wait as the author of a test wrote it.
fn words(wait: &Wait) -> String {
    match wait {
        Wait::Any(id) => format!("lava-wait {id}"),
        Wait::All { id, role: None } => format!("lava-wait-all {id}"),
        Wait::All {
            id,
            role: Some(role),
        } => format!("lava-wait-all {id} {role}"),
        Wait::Sync(id) => format!("lava-sync {id}"),
    }
}

const GONE: &str = "the bus is gone";

impl Inner {
    fn carry_out(&mut self, outputs: Vec<Output>, cancel: &CancellationToken) {
        for output in outputs {
            match output {
                Output::Answer { ticket, said } => {
                    let members = self.group.members();
                    let said = said
                        .iter()
                        .map(|(member, data)| (members[member.0].job_id.clone(), data.clone()))
                        .collect();
                    self.answer(ticket, Ok(Answer { said }));
                }
                Output::Hopeless { ticket, reason } => self.answer(ticket, Err(reason)),
                Output::Start { member } => self.start(member, Ok(Answer::default())),
                Output::StartHopeless { member, reason } => self.start(member, Err(reason)),
                Output::CancelGroup { reason, .. } => {
                    self.cancelled_by = Some(Failure::new(Class::Cancelled, reason));
                    cancel.cancel();
                }
            }
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Result<Answer, String>) {
        if let Some(waiter) = self.waiters.remove(&ticket) {
            // Whoever asked may be gone by now; then nobody misses the answer.
            let _ = waiter.send(answer);
        }
    }

    fn start(&mut self, member: MemberId, answer: Result<Answer, String>) {
        match self.starters.remove(&member) {
            Some(starter) => {
                let _ = starter.send(answer);
            }
            None => {
                self.started.insert(member, answer);
            }
        }
    }
}

/// Takes a wait back when whoever waited is dropped.
struct Withdraw<'a> {
    hub: &'a Hub,
    ticket: Ticket,
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        let known = self.hub.lock().waiters.remove(&self.ticket).is_some();
        if known {
            self.hub.step(Input::Withdraw {
                ticket: self.ticket,
            });
        }
    }
}
