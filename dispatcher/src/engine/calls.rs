//! Calls on the bus that a job hangs on steps (`protocols: lava-multinode:` in an action block).

use std::time::Duration;

use indexmap::IndexMap;
use job_schema::multinode::{ProtocolCall, Request};
use tokio::time::Instant;

use super::node::NodeRun;
use crate::bus::Wait;
use crate::bus::hub::Answer;
use crate::failure::{Class, Failure};

/// Makes a call; an answer's data is kept for later steps.
pub(super) async fn make(
    node: &mut NodeRun,
    call: &ProtocolCall,
    ends: Instant,
) -> Result<(), Failure> {
    let id = call.message_id.value.clone();
    let wait = match &call.request {
        Request::Send => {
            node.bus_send(id, call.message.clone());
            return Ok(());
        }
        Request::Wait => Wait::Any(id.clone()),
        Request::WaitAll { role } => Wait::All {
            id: id.clone(),
            role: role.clone(),
        },
        Request::Sync => Wait::Sync(id.clone()),
    };
    let limit = call.timeout.or(node.plan.spec.bus_timeout);
    let left = ends.saturating_duration_since(Instant::now());
    let answer = node
        .bus_wait(wait, true, limit.unwrap_or(left).min(left))
        .await?;
    if let Some(learned) = collate(&call.message, &answer)? {
        node.state.learned.insert(id, learned);
    }
    Ok(())
}

/// Picks from an answer what the call's `message` asks for: the keys whose value begins with `$`, looked up (by key, as
/// LAVA does) in what the first sender said. One of them is enough, as in LAVA.
fn collate(
    message: &IndexMap<String, String>,
    answer: &Answer,
) -> Result<Option<IndexMap<String, String>>, Failure> {
    let mut wanted = message
        .iter()
        .filter(|(_, v)| v.starts_with('$'))
        .map(|(k, _)| k)
        .peekable();
    if wanted.peek().is_none() {
        return Ok(None);
    }
    let keys: Vec<&String> = wanted.collect();
    let said = answer.said.first().map(|(_, data)| data);
    let found: IndexMap<String, String> = keys
        .iter()
        .filter_map(|k| Some(((*k).clone(), said?.get(*k)?.clone())))
        .collect();
    if !found.is_empty() {
        return Ok(Some(found));
    }
    Err(Failure::new(
        Class::Job,
        format!(
            "the message was sent without the data that is asked for: wanted {}, sent was {}; \
                 the key must be the same in lava-send and in `message`",
            keys.iter()
                .map(|k| format!("`{k}`"))
                .collect::<Vec<_>>()
                .join(", "),
            match said {
                Some(data) if !data.is_empty() => data
                    .keys()
                    .map(|k| format!("`{k}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
                _ => "nothing".to_owned(),
            }
        ),
    ))
}

impl NodeRun {
    /// Says something on the bus.
    pub fn bus_send(&self, id: String, data: IndexMap<String, String>) {
        use crate::journal::event::Event;
        let node = self.plan.spec.name.clone();
        self.run.recorder.record(Event::BusSent {
            node,
            id: id.clone(),
            data: data.clone(),
        });
        self.run.hub.send(self.member, id, data);
    }

    /// Waits on the bus, at most `limit`.
    ///
    /// # Errors
    /// Multinode: nobody can meet the wait any more, or nobody did in time.
    pub async fn bus_wait(
        &self,
        wait: Wait,
        alone: bool,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        self.run
            .hub
            .wait_recorded(
                &self.run.recorder,
                &self.plan.spec.name,
                self.member,
                wait,
                alone,
                limit,
            )
            .await
    }
}
