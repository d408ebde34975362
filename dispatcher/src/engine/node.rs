//! One node of a run, from its start to its end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::Instant;

use super::cleanup;
use super::context::RunContext;
use super::state::NodeState;
use super::walk;
use crate::actions::tool::words::{OF_RUNS, Words};
use crate::bus::{End, MemberId};
use crate::failure::{Class, Failure};
use crate::journal::event::{Event, NoteLevel};
use crate::plan::NodePlan;

/// The last step may take so long, also after a timeout or a cancel.
const CLEANUP_BUDGET: Duration = Duration::from_secs(30);

/// A node that runs.
pub struct NodeRun {
    /// What it does.
    pub plan: Arc<NodePlan>,
    /// What it knows.
    pub state: NodeState,
    /// The run that it belongs to.
    pub run: Arc<RunContext>,
    /// Its place in the group.
    pub member: MemberId,
}

impl NodeRun {
    /// Runs the plan to its end and tells everybody: the journal and the bus.
    pub async fn to_the_end(mut self) -> Option<Failure> {
        let run = Arc::clone(&self.run);
        let plan = Arc::clone(&self.plan);
        let (last, blocks) = plan
            .steps
            .split_last()
            .map_or((None, &[][..]), |(l, b)| (Some(l), b));
        let failure = {
            let pipeline = async {
                self.delayed_start().await?;
                let deadline = Instant::now() + plan.job_timeout;
                walk::blocks(&mut self, blocks, deadline).await
            };
            tokio::select! {
                biased;
                () = run.cancel.cancelled() => Some(run.hub.cancel_reason()),
                // A panic is ours; the machine is cleaned up all the same, and the others are told.
                result = AssertUnwindSafe(pipeline).catch_unwind() => match result {
                    Ok(result) => result.err(),
                    Err(_) => Some(Failure::new(
                        Class::Bug,
                        "dispatch has a bug (the panic is on standard error); please report it",
                    )),
                },
            }
        };
        // Before the goodbyes: the others need not wait for ours.
        let why = end_words(failure.as_ref());
        run.clusters.leave(&plan.spec.name, &why);
        run.hub.ended(
            self.member,
            End {
                complete: failure.is_none(),
                why,
            },
        );
        cleanup::before_last_step(&mut self).await;
        if let Some(last) = last {
            let deadline = Instant::now() + CLEANUP_BUDGET;
            if let Err(failure) = walk::step(&mut self, last, deadline).await {
                self.note(
                    NoteLevel::Warning,
                    format!("the last step failed: {failure}"),
                );
            }
        }
        cleanup::after_last_step(&mut self).await;
        run.recorder.record(Event::NodeEnded {
            node: plan.spec.name.clone(),
            failure: failure.clone(),
        });
        failure
    }

    async fn delayed_start(&self) -> Result<(), Failure> {
        let Some(expected) = &self.plan.spec.expects else {
            return Ok(());
        };
        let what = "delayed start".to_owned();
        self.run.recorder.record(Event::BusWaiting {
            node: self.plan.spec.name.clone(),
            what: what.clone(),
            on: self
                .run
                .hub
                .start_waiting_on(self.member)
                .unwrap_or_default(),
        });
        let limit = self
            .plan
            .spec
            .bus_timeout
            .unwrap_or(Duration::from_secs(90));
        let answer = tokio::time::timeout(limit, self.run.hub.start(self.member)).await;
        let failure = match answer {
            Ok(Ok(())) => None,
            Ok(Err(reason)) => Some(reason),
            Err(_) => Some(format!(
                "{} did not get its delayed start within {} s: role {expected} has not sent lava_start",
                self.plan.spec.name,
                limit.as_secs()
            )),
        };
        self.run.recorder.record(Event::BusDone {
            node: self.plan.spec.name.clone(),
            what,
            failure: failure.clone(),
        });
        match failure {
            None => Ok(()),
            Some(reason) => Err(Failure::new(Class::Multinode, reason)),
        }
    }

    /// What `{NAME}` words stand for in a step of this namespace: files by the key they were downloaded under, and what
    /// is known of the run.
    #[must_use]
    pub fn words(&self, namespace: &str) -> Words {
        let files = self.state.downloads(namespace);
        let files = files.map(|(key, path)| (key.clone(), path.display().to_string()));
        let (id, address) = (&self.plan.spec.job_id, &self.run.dispatcher_ip);
        let known = OF_RUNS.into_iter().zip([id, address, address]);
        let known = known.map(|(word, value)| (word.to_owned(), value.clone()));
        known.chain(files).collect()
    }

    /// Writes a note about this node.
    pub fn note(&self, level: NoteLevel, message: String) {
        self.run.recorder.record(Event::Note {
            node: Some(self.plan.spec.name.clone()),
            level,
            message,
        });
    }
}

/// For the others: how this node ended, without the advice that follows a semicolon.
fn end_words(failure: Option<&Failure>) -> String {
    let Some(failure) = failure else {
        return "finished".to_owned();
    };
    let short = failure.message.split(';').next().unwrap_or_default();
    let class = failure.class.lava_name();
    match failure.evidence.step.as_str() {
        "" => format!("ended ({class}: {short})"),
        step => format!(
            "ended at step {} {step} ({class}: {short})",
            failure.evidence.level
        ),
    }
}
