//! What a block says to other roles, or waits for, at the start of one of its steps.

use std::time::Duration;

use indexmap::IndexMap;

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::LAVA_START;
use crate::read::{Anything, Integer, OrNull, Place, Read, Report, nearest, one_of};
use crate::timeout::{self, Timeout};
use crate::yaml::{Spanned, Value};

/// One entry of an action's `protocols: lava-multinode` list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolCall {
    /// `action`: the step at whose start the call is made.
    pub action: Spanned<String>,
    /// `request`.
    pub request: Request,
    /// `messageID`.
    pub message_id: Spanned<String>,
    /// `message`: data to send, or (values that begin with `$`) keys to pick from the answer.
    pub message: IndexMap<String, String>,
    /// `timeout`.
    pub timeout: Option<Duration>,
}

impl ProtocolCall {
    /// The call as a test would write it: `lava-wait ipv4`.
    #[must_use]
    pub fn words(&self) -> String {
        let verb = match self.request {
            Request::Send => "lava-send",
            Request::Wait => "lava-wait",
            Request::WaitAll { .. } => "lava-wait-all",
            Request::Sync => "lava-sync",
        };
        format!("{verb} {}", *self.message_id)
    }
}

/// `request` of a [`ProtocolCall`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `lava-send`
    Send,
    /// `lava-wait`
    Wait,
    /// `lava-wait-all`, for every other member or for the members of `role`.
    WaitAll {
        /// `role`
        role: Option<String>,
    },
    /// `lava-sync`
    Sync,
}

/// Reads `protocols` of an action block. LAVA's schemas take anything here, and its dispatcher looks at it only in a job
/// with roles.
pub(crate) fn read_calls(place: &Place<'_>, report: &mut Report) -> Option<Vec<ProtocolCall>> {
    let protocols = |report: &mut Report| BlockProtocols::read(place, report);
    let is_group = place.top().at(&["protocols", "lava-multinode"]).is_some();
    report.as_rules(|report| match is_group {
        true => Some(protocols(report)?.multinode),
        false => Some(
            report
                .softly(protocols)
                .map_or_else(Vec::new, |p| p.multinode),
        ),
    })
}

/// `protocols` of an action block.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(crate) struct BlockProtocols {
    /// What to say and what to wait for.
    #[keys(default, with = calls)]
    #[schemars(default, rename = "lava-multinode", with = "Vec<Call>")]
    multinode: Vec<ProtocolCall>,
    /// The port of the network block device.
    #[schemars(rename = "lava-xnbd")]
    #[allow(dead_code)]
    xnbd: Option<Value>,
}

/// Entries without the name of an `action` are never called, in LAVA neither: that is a warning.
fn calls(place: &Place<'_>, report: &mut Report) -> Option<Vec<ProtocolCall>> {
    let items: Vec<_> = report.softly(|report| Some(place.items(report)?.collect()))?;
    let mut calls = Vec::with_capacity(items.len());
    for item in &items {
        if item
            .node
            .get("action")
            .is_some_and(|action| action.as_str().is_some())
        {
            calls.push(ProtocolCall::read(item, report)?);
        } else {
            report.softly(|report| ProtocolCall::read(item, report));
        }
    }
    Some(calls)
}

/// Something to say or to wait for at the start of a step.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
struct Call {
    /// The step at whose start the call is made, for example `prepare-scp-overlay`.
    action: Spanned<String>,
    /// What to do: `lava-send`, `lava-wait`, `lava-wait-all` or `lava-sync`.
    #[keys(with = verb)]
    #[schemars(with = "Verb")]
    request: Verb,
    /// The id of the message.
    #[schemars(rename = "messageID")]
    message_id: Spanned<String>,
    /// What to send, as `key: value`; of a wait the values begin with `$` and name what to take from the answer.
    #[keys(default, with = Place::shell_texts)]
    #[schemars(with = "Option<OrNull<Anything>>")]
    message: IndexMap<String, String>,
    /// How long it may take.
    #[keys(with = timeout::of_call)]
    #[schemars(with = "Option<Timeout>")]
    timeout: Option<Duration>,
    /// Of `lava-wait-all`: wait for the nodes of this role only.
    role: Option<Spanned<String>>,
    /// Seconds between two questions of LAVA's dispatcher. Has no effect here: nothing polls.
    #[allow(dead_code)]
    poll_delay: Option<Integer>,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
enum Verb {
    /// Say something to all nodes.
    #[schemars(rename = "lava-send")]
    Send,
    /// Wait until some node has said it.
    #[schemars(rename = "lava-wait")]
    Wait,
    /// Wait until every other node, or every node of a role, has said it.
    #[schemars(rename = "lava-wait-all")]
    WaitAll,
    /// Wait until every node is here.
    #[schemars(rename = "lava-sync")]
    Sync,
}

/// LAVA takes both spellings, `lava-send` and `lava_send`.
fn verb(place: &Place<'_>, report: &mut Report) -> Option<Verb> {
    let word = place.text(report)?;
    let verb = match word.replace('_', "-").as_str() {
        "lava-send" => Verb::Send,
        "lava-wait" => Verb::Wait,
        "lava-wait-all" => Verb::WaitAll,
        "lava-sync" => Verb::Sync,
        LAVA_START => {
            let message = "an action cannot ask for `lava-start`";
            report
                .error("J033", place.path(), word.span, message)
                .help("write `request: lava-start` in the role, under `protocols` of the job");
            return None;
        }
        _ => {
            let message = format!(
                "expected {}, found `{}`",
                one_of(Verb::WORDS),
                word.escape_debug()
            );
            let finding = report.error("J033", place.path(), word.span, message);
            if let Some(near) = nearest(&word, Verb::WORDS.iter().copied()) {
                finding.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    word.span,
                    near,
                );
            }
            return None;
        }
    };
    Some(verb)
}

impl Read for ProtocolCall {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let call = Call::read(place, report)?;
        let request = match call.request {
            Verb::Send => Request::Send,
            Verb::Wait => Request::Wait,
            Verb::Sync => Request::Sync,
            Verb::WaitAll => Request::WaitAll {
                role: call.role.clone().map(|role| role.value),
            },
        };
        if let (Some(role), Verb::Send | Verb::Wait | Verb::Sync) = (&call.role, call.request) {
            report
                .warning(
                    "J033",
                    place.path_of("role"),
                    role.span,
                    "`role` has no effect here",
                )
                .help("only `lava-wait-all` takes a role");
        }
        Some(Self {
            action: call.action,
            request,
            message_id: call.message_id,
            message: call.message,
            timeout: call.timeout,
        })
    }
}
