//! The private channel between a node's helpers and the bus: lines from a FIFO on the node, replies into another.
//!
//! The other side is `overlays/multinode/lava-bus-relay`. Requests are one line each, fields separated by tabs.

use indexmap::IndexMap;
use russh::client::Msg;
use russh::{ChannelMsg, ChannelWriteHalf};

use super::Wait;
use super::hub::Answer;
use crate::failure::{Class, Failure};
use crate::feed::{Reader, feed};
use crate::transport::ssh::Link;

/// Longest request line, in bytes.
const LONGEST: usize = 64 * 1024;

/// What a helper asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A signal of the test shell: the test run it belongs to, if the helper knew it, and `NAME TEXT`.
    Signal {
        /// `0_smoke-tests`
        suite: Option<String>,
        /// `TESTCASE TEST_CASE_ID=a RESULT=pass`
        text: String,
    },
    /// `lava-send`.
    Send {
        /// As in [`Request::Signal`].
        suite: Option<String>,
        /// Message id.
        id: String,
        /// What it says.
        data: IndexMap<String, String>,
    },
    /// `lava-wait`, `lava-wait-all`, `lava-sync`.
    Wait {
        /// As in [`Request::Signal`].
        suite: Option<String>,
        /// What for.
        wait: Wait,
        /// Whether the node does nothing else meanwhile.
        alone: bool,
        /// Where the reply goes.
        reply: String,
    },
    /// A helper that waited was ended before its answer came: this reply is awaited no more.
    Cancel(String),
    /// `lava-test-runner` has reached the end of this stage (its folder).
    RunnerExit(String),
    /// A request that is too long for a line; it is in this file of the node's bus folder.
    Big(String),
    /// Something that no helper writes.
    Nonsense(String),
}

/// The channel.
pub struct Relay {
    writer: ChannelWriteHalf<Msg>,
    /// Requests, as they come.
    pub requests: Reader<Request>,
}

impl Relay {
    /// Starts the relay on a node.
    ///
    /// # Errors
    /// Infrastructure: the node has no `mkfifo`, or the server opens no further channel.
    pub async fn start(link: &Link, results_root: &str) -> Result<Self, Failure> {
        let quoted = crate::overlay::scripts::quote(results_root);
        let command = format!("exec sh {quoted}/bin/lava-bus-relay {quoted}");
        let mut session = link.start(&command).await?;
        let (give, requests) = feed();
        let mut lines = Lines::default();
        // The relay says that it is ready; what comes behind it in the same packet are requests already.
        let mut first = Vec::new();
        while first.is_empty() {
            match session.reader.wait().await {
                Some(ChannelMsg::Data { data }) => lines.feed(&data, &mut first),
                Some(ChannelMsg::ExtendedData { .. }) => {}
                Some(ChannelMsg::ExitStatus { .. } | ChannelMsg::Close) | None => {
                    return Err(Failure::new(
                        Class::Infrastructure,
                        "the relay for helpers ended at once",
                    ));
                }
                Some(_) => {}
            }
        }
        if first.remove(0) != "ready" {
            return Err(Failure::new(
                Class::Infrastructure,
                "the relay for helpers did not get ready",
            ));
        }
        tokio::spawn(async move {
            let mut reader = session.reader;
            let mut found = first;
            loop {
                for line in found.drain(..) {
                    if !give.give(parse(&line)).await {
                        return;
                    }
                }
                match reader.wait().await {
                    Some(ChannelMsg::Data { data }) => lines.feed(&data, &mut found),
                    Some(_) => {}
                    None => return,
                }
            }
        });
        Ok(Self {
            writer: session.writer,
            requests,
        })
    }

    /// Answers a wait.
    pub async fn reply(&self, name: &str, answer: &Result<Answer, Failure>) {
        let mut lines = Vec::new();
        match answer {
            Ok(answer) => {
                lines.push("ok".to_owned());
                lines.extend(pairs(answer));
            }
            Err(failure) => lines.push(format!("nack {}", failure.message.replace('\n', " "))),
        }
        let mut text = format!("{name} {}\n", lines.len());
        for line in lines {
            text.push_str(&line.replace('\n', " "));
            text.push('\n');
        }
        // A node that is gone needs no answer; its console tells of its end.
        let _ = self.writer.data_bytes(text.into_bytes()).await;
    }
}

/// `<job id>:<key>=<value>`, one per pair.
pub fn pairs(answer: &Answer) -> impl Iterator<Item = String> + '_ {
    answer
        .said
        .iter()
        .flat_map(|(job, data)| data.iter().map(move |(k, v)| format!("{job}:{k}={v}")))
}

/// Cuts a stream into lines; longer ones than [`LONGEST`] are cut off.
#[derive(Default)]
struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8], found: &mut Vec<String>) {
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            let (text, whole) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            let room = LONGEST.saturating_sub(self.partial.len());
            self.partial
                .extend_from_slice(&text[..text.len().min(room)]);
            if whole {
                found.push(String::from_utf8_lossy(&self.partial).into_owned());
                self.partial.clear();
            }
        }
    }
}

/// Reads a request line.
#[must_use]
pub fn parse(line: &str) -> Request {
    let nonsense = || Request::Nonsense(line.chars().take(80).collect());
    if let Some(name) = line.strip_prefix('@') {
        let plain = name
            .strip_prefix("big.")
            .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        return if plain {
            Request::Big(name.to_owned())
        } else {
            nonsense()
        };
    }
    let fields: Vec<&str> = line.split('\t').collect();
    let suite = |word: &str| (word != "-").then(|| word.to_owned());
    let wait = |run: &str, place: &str, reply: &str, wait: Wait| Request::Wait {
        suite: suite(run),
        wait,
        alone: place == "alone",
        reply: reply.to_owned(),
    };
    let any = |id: &str| Wait::Any(id.to_owned());
    let all = |id: &str, role: Option<&str>| Wait::All {
        id: id.to_owned(),
        role: role.map(ToOwned::to_owned),
    };
    match fields.as_slice() {
        ["signal", run, text] => Request::Signal {
            suite: suite(run),
            text: (*text).to_owned(),
        },
        ["send", run, _, id, pairs @ ..] => Request::Send {
            suite: suite(run),
            id: (*id).to_owned(),
            data: data(pairs),
        },
        ["wait", run, place, reply, id] => wait(run, place, reply, any(id)),
        ["wait-all", run, place, reply, id] => wait(run, place, reply, all(id, None)),
        ["wait-all", run, place, reply, id, role] => wait(run, place, reply, all(id, Some(role))),
        ["sync", run, place, reply, id] => wait(run, place, reply, Wait::Sync((*id).to_owned())),
        ["cancel", reply] => Request::Cancel((*reply).to_owned()),
        ["runner-exit", stage] => Request::RunnerExit((*stage).to_owned()),
        _ => nonsense(),
    }
}

/// `key=value` words; a word without `=` is left out, as LAVA leaves it out.
pub fn data<S: AsRef<str>>(pairs: &[S]) -> IndexMap<String, String> {
    pairs
        .iter()
        .filter_map(|p| p.as_ref().split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        assert_eq!(
            parse("signal\t0_a\tTESTCASE TEST_CASE_ID=a RESULT=pass"),
            Request::Signal {
                suite: Some("0_a".into()),
                text: "TESTCASE TEST_CASE_ID=a RESULT=pass".into()
            }
        );
        assert_eq!(
            parse("send\t-\talone\tipv4\tipaddr=1.2.3.4\tnote=a b=c"),
            Request::Send {
                suite: None,
                id: "ipv4".into(),
                data: IndexMap::from([
                    ("ipaddr".into(), "1.2.3.4".into()),
                    ("note".into(), "a b=c".into())
                ])
            }
        );
        assert_eq!(
            parse("wait-all\t0_a\tshared\tr.12\tdone\tguest"),
            Request::Wait {
                suite: Some("0_a".into()),
                wait: Wait::All {
                    id: "done".into(),
                    role: Some("guest".into())
                },
                alone: false,
                reply: "r.12".into()
            }
        );
        assert_eq!(parse("@big.77"), Request::Big("big.77".into()));
    }

    #[test]
    fn nonsense_is_told_apart() {
        for line in [
            "",
            "@../../etc/passwd",
            "@big.1/../x",
            "sync",
            "wait\t-\talone\tr.1\tid\tmore",
            "\u{fffd}\u{fffd}",
        ] {
            assert!(matches!(parse(line), Request::Nonsense(_)), "{line:?}");
        }
    }

    #[test]
    fn lines_are_cut_from_any_chunks() {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for chunk in [&b"rea"[..], b"dy\nsig", b"nal\n\n"] {
            lines.feed(chunk, &mut found);
        }
        assert_eq!(found, ["ready", "signal", ""]);
        lines.feed(&vec![b'x'; 3 * LONGEST], &mut found);
        lines.feed(b"\n", &mut found);
        assert_eq!(found[3].len(), LONGEST);
    }
}
