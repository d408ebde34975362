//! From drafts to steps: levels, effective timeouts, tries.
//!
//! The order of precedence is LAVA's (its `Pipeline.add_action`), later wins: built-in; job `timeouts.action`; device
//! `timeouts.actions.<name>`; the block's `timeout`; the parent's divided by its tries when it has more than one; job
//! `timeouts.actions.<name>`; the block's `timeouts.<name>`.

use std::time::Duration;

use indexmap::IndexMap;
use job_schema::action::Tries;
use job_schema::job::JobTimeouts;
use job_schema::timeout::DEFAULT;
use job_schema::yaml::Value;
use job_schema::{Action, Block};

use super::draft::Draft;
use super::step::{Retry, Step};
use crate::inventory::device::Config;

/// What the drafts of one block are finished with.
pub(super) struct Finisher<'a> {
    pub(super) job: &'a JobTimeouts,
    pub(super) device: &'a Config,
    pub(super) context: &'a IndexMap<String, Value>,
    /// `None` for `finalize`, which belongs to no block.
    pub(super) block: Option<&'a Block>,
    pub(super) namespace: &'a str,
}

impl Finisher<'_> {
    /// Finishes a draft that stands at the top.
    pub(super) fn finish(&self, draft: Draft, level: String) -> Step {
        self.below(draft, level, None, &IndexMap::new())
    }

    /// Finishes a draft; `limits` are those that its parents have for named steps.
    fn below(
        &self,
        mut draft: Draft,
        level: String,
        parent: Option<&Step>,
        limits: &IndexMap<String, Duration>,
    ) -> Step {
        let mut step = Step {
            timeout: self.timeout(&draft, parent, limits),
            connection_timeout: self.connection_timeout(&draft.name),
            tries: if draft.retries {
                self.tries()
            } else {
                Retry::default()
            },
            class: draft.class,
            skip_timeout: self.block.and_then(|b| b.timeout).is_some_and(|t| t.skip),
            namespace: self.namespace.to_owned(),
            calls: self.block.map_or_else(Vec::new, |b| {
                let mine = b.protocols.iter().filter(|c| *c.action == draft.name);
                mine.cloned().collect()
            }),
            name: draft.name,
            url: draft.url,
            case: draft.case,
            talk: draft.talk,
            kind: draft.kind,
            steps: Vec::new(),
            level,
        };
        draft.limits.extend(limits.clone());
        let limits = draft.limits;
        let children = draft.steps.into_iter().enumerate().map(|(i, child)| {
            let level = format!("{}.{}", step.level, i + 1);
            self.below(child, level, Some(&step), &limits)
        });
        step.steps = children.collect();
        step
    }

    fn timeout(
        &self,
        draft: &Draft,
        parent: Option<&Step>,
        limits: &IndexMap<String, Duration>,
    ) -> Duration {
        let mut timeout = draft.own_timeout.unwrap_or(DEFAULT);
        let mut wins = |candidate: Option<Duration>| {
            if let Some(candidate) = candidate {
                timeout = candidate;
            }
        };
        let block = self.block.and_then(|b| b.timeout).map(|t| t.limit);
        // LAVA adds a command without its block's keys, so that every other word wins over its own.
        let is_command = matches!(self.block, Some(b) if matches!(b.action, Action::Command(_)));
        wins(block.filter(|_| is_command));
        wins(self.job.action);
        wins(self.device.action_timeouts.get(&*draft.name).copied());
        wins(block.filter(|_| !is_command));
        wins(
            parent
                .filter(|p| p.tries.tries > 1)
                .map(|p| Duration::from_secs(p.timeout.as_secs() / u64::from(p.tries.tries)))
                // As everywhere: no time at all is no limit said.
                .map(|share| if share.is_zero() { DEFAULT } else { share }),
        );
        wins(self.job.actions.get(&*draft.name).copied());
        let named = self.block.filter(|_| !is_command);
        let own = named.and_then(|b| b.timeouts.get(&*draft.name));
        wins(own.or_else(|| limits.get(&*draft.name)).copied());
        timeout
    }

    fn connection_timeout(&self, name: &str) -> Duration {
        let job = self.job.connections.get(name).copied();
        job.or_else(|| self.device.connection_timeouts.get(name).copied())
            .or(self.job.connection)
            .unwrap_or(DEFAULT)
    }

    /// The block's own word, else the constants `failure_retry` and, where that is there, for boot blocks `boot_retry`.
    fn tries(&self) -> Retry {
        match self.block.map_or(Tries::Once, |b| b.tries) {
            Tries::Once => {
                let boots = matches!(self.block, Some(b) if matches!(b.action, Action::Boot(_)));
                let tries = self.constant("failure_retry");
                let boot = tries.filter(|_| boots).and(self.constant("boot_retry"));
                Retry {
                    tries: boot.or(tries).unwrap_or(1),
                    ..Retry::default()
                }
            }
            Tries::UntilSuccess { tries, interval } => Retry {
                tries,
                interval,
                always: false,
            },
            Tries::Always(tries) => Retry {
                tries,
                always: true,
                ..Retry::default()
            },
        }
    }

    /// A count, of the job's context, then of the device's constants; LAVA's devices may write it as text.
    fn constant(&self, name: &str) -> Option<u32> {
        let device = ["constants", name];
        let value = match self.context.get(name) {
            Some(value) => value,
            None => self.device.at(&device)?,
        };
        value.as_shell_text()?.parse().ok().filter(|n| *n > 0)
    }
}
