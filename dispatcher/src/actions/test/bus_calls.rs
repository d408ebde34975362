//! Calls on the bus that come from a node's helpers while its tests run: through the private channel, or through the
//! console of nodes that have none.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::{AbortHandle, BoxFuture, abortable};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use crate::bus::Wait;
use crate::bus::hub::Answer;
use crate::bus::relay::{data, pairs};
use crate::engine::node::NodeRun;
use crate::failure::Failure;

/// When neither job nor role limits a call, the limit of its test block is all that counts.
const UNLIMITED: Duration = Duration::from_secs(30 * 86_400);

/// Where the answer of a wait goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyTo {
    /// Into a FIFO of the private channel.
    Channel(String),
    /// Typed on the console: `SYNC`, `WAIT` or `WAIT_ALL`.
    Console(&'static str),
}

/// A wait that is over.
pub struct Done {
    /// The test run that its helper belongs to, if it said so.
    pub suite: Option<String>,
    /// Where the answer goes.
    pub to: ReplyTo,
    /// `wait`, `wait_all` or `sync`, for the test case that LAVA reports.
    pub verb: &'static str,
    /// Message id.
    pub id: String,
    /// What came of it.
    pub answer: Result<Answer, Failure>,
}

/// The waits of a node's helpers.
#[derive(Default)]
pub struct Waits {
    /// A wait that was taken back ends with nothing.
    under_way: FuturesUnordered<BoxFuture<'static, Option<Done>>>,
    /// Per reply that is awaited, how to take its wait back.
    awaited: HashMap<String, AbortHandle>,
}

impl Waits {
    /// Begins a wait.
    pub fn begin(
        &mut self,
        node: &NodeRun,
        suite: Option<String>,
        wait: Wait,
        alone: bool,
        to: ReplyTo,
    ) {
        let (verb, id) = match &wait {
            Wait::Any(id) => ("wait", id.clone()),
            Wait::All { id, .. } => ("wait_all", id.clone()),
            Wait::Sync(id) => ("sync", id.clone()),
        };
        let run = node.run.clone();
        let name = node.plan.spec.name.clone();
        let member = node.member;
        let limit = node.plan.spec.bus_timeout.unwrap_or(UNLIMITED);
        let reply = match &to {
            ReplyTo::Channel(reply) => Some(reply.clone()),
            ReplyTo::Console(_) => None,
        };
        let (wait, abort) = abortable(async move {
            let answer = run
                .hub
                .wait_recorded(&run.recorder, &name, member, wait, alone, limit)
                .await;
            Done {
                suite,
                to,
                verb,
                id,
                answer,
            }
        });
        self.under_way.push(wait.map(Result::ok).boxed());
        if let Some(reply) = reply {
            self.awaited.insert(reply, abort);
        }
    }

    /// Takes a wait back: its helper has ended.
    pub fn cancel(&mut self, reply: &str) {
        if let Some(wait) = self.awaited.remove(reply) {
            wait.abort();
        }
    }

    /// The next wait that is over; never, when there is none.
    pub async fn next(&mut self) -> Done {
        loop {
            match self.under_way.next().await {
                Some(Some(done)) => {
                    if let ReplyTo::Channel(reply) = &done.to {
                        self.awaited.remove(reply);
                    }
                    return done;
                }
                Some(None) => {}
                None => std::future::pending().await,
            }
        }
    }
}

/// A call written as a console marker: `SEND`, `WAIT`, `WAIT_ALL`, `SYNC` and what follows.
pub enum ConsoleCall {
    /// Nothing is answered.
    Send {
        /// Message id.
        id: String,
        /// What it says.
        data: crate::bus::Data,
    },
    /// The answer is typed.
    Wait(Wait, &'static str),
    /// No such call.
    Unknown,
}

impl ConsoleCall {
    /// Reads a marker. The parameters of `SEND` are split before each `word=`, so values may hold spaces.
    #[must_use]
    pub fn read(name: &str, text: &str) -> Self {
        let mut words = text.split_whitespace();
        let Some(id) = words.next().map(ToOwned::to_owned) else {
            return Self::Unknown;
        };
        match name {
            "SEND" => {
                let rest = text.trim_start()[id.len()..].trim();
                Self::Send {
                    id,
                    data: data(&split_before_keys(rest)),
                }
            }
            "WAIT" => Self::Wait(Wait::Any(id), "WAIT"),
            "WAIT_ALL" => Self::Wait(
                Wait::All {
                    id,
                    role: words.next().map(ToOwned::to_owned),
                },
                "WAIT_ALL",
            ),
            "SYNC" => Self::Wait(Wait::Sync(id), "SYNC"),
            _ => Self::Unknown,
        }
    }
}

fn split_before_keys(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_pair = word.split_once('=').is_some_and(|(k, _)| !k.is_empty());
        match pieces.last_mut() {
            Some(last) if !is_pair => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

/// What is typed on a console as the answer of a wait.
#[must_use]
pub fn typed_answer(call: &str, answer: &Result<Answer, Failure>) -> String {
    match answer {
        Err(_) => format!("<LAVA_{call}_COMPLETE nack>\n"),
        Ok(answer) => {
            let mut text = format!("<LAVA_{call}_COMPLETE");
            for pair in pairs(answer) {
                text.push(' ');
                text.push_str(&pair.replace(['\n', '\r'], " "));
            }
            text + ">\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_send_may_hold_spaces() {
        let ConsoleCall::Send { id, data } =
            ConsoleCall::read("SEND", "net ip=1.2.3.4 note=two words x=")
        else {
            panic!("a send")
        };
        assert_eq!(id, "net");
        let pairs: Vec<_> = data.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(pairs, ["ip=1.2.3.4", "note=two words", "x="]);
    }
}
