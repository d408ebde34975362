//! From the entries of a journal to [`Results`]. Pure: entries in, results out, in one pass that keeps results alone.
//!
//! Nothing can go wrong: a journal that stops anywhere, or says odd things, still folds. What it lacks is told: a suite
//! without its end and a node without its end have failed when the run is over.

use std::collections::HashSet;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};

use super::verdict::{self, Candidate};
use super::{CaseRecord, Counts, More, NodeResult, Results, Verdict, proof, safe_span};
use crate::failure::{Class, Failure, LogSpan};
use crate::journal::event::{CaseResult, Entry, Event};
use crate::lkp::point::Point;
use crate::store::killed;
use crate::text;

/// The suite of what the dispatcher itself found.
const LAVA: &str = "lava";

/// Folds a journal.
#[derive(Debug)]
pub struct Fold {
    run: String,
    job_name: String,
    job_file: String,
    start: Option<Timestamp>,
    /// Time of the last entry.
    last: Timestamp,
    /// The run's last line.
    ended: Option<(Timestamp, Option<Failure>)>,
    nodes: IndexMap<String, Node>,
    results: Vec<CaseRecord>,
    /// A test failed: a case, or a suite that did not finish.
    test_failed: bool,
    /// Suites, by node, whose last try did not reach its end.
    unfinished: HashSet<(String, String)>,
}

/// What must be remembered of a node on the way.
#[derive(Debug, Default)]
struct Node {
    role: String,
    job_id: String,
    device: String,
    device_type: String,
    host: Option<String>,
    essential: bool,
    log: String,
    assigned: Option<Timestamp>,
    counts: Counts,
    /// When the steps and suites that are under way began, by level and by name.
    steps: IndexMap<String, Timestamp>,
    suites: IndexMap<String, OpenSuite>,
    /// The failure that is on its way up the tree of steps: when and at which level it began.
    failing: Option<Failing>,
    /// When it ended and, if it failed, since when and why.
    ended: Option<(Timestamp, Option<(Timestamp, Failure)>)>,
}

#[derive(Debug)]
struct OpenSuite {
    start: Timestamp,
    uuid: String,
}

#[derive(Debug)]
struct Failing {
    since: Timestamp,
    level: String,
    failure: Failure,
}

impl Fold {
    /// Begins to fold the journal of the run in the folder `run`; the journal itself knows better once it is read.
    #[must_use]
    pub fn new(run: &str) -> Self {
        Self {
            run: text::name(run),
            job_name: String::new(),
            job_file: String::new(),
            start: None,
            last: Timestamp::UNIX_EPOCH,
            ended: None,
            nodes: IndexMap::new(),
            results: Vec::new(),
            test_failed: false,
            unfinished: HashSet::new(),
        }
    }

    /// Takes the next entry.
    pub fn push(&mut self, entry: &Entry) {
        let at = entry.at;
        self.last = at;
        match &entry.event {
            Event::RunStarted {
                run,
                job_name,
                job_file,
                ..
            } => {
                self.run = text::name(run);
                self.job_name = text::name(job_name);
                self.job_file = text::name(job_file);
                self.start = Some(at);
            }
            Event::NodeAssigned {
                node,
                role,
                job_id,
                device,
                device_type,
                host,
                essential,
                log,
            } => {
                let known = self.node(node);
                known.role = text::name(role);
                known.job_id = text::name(job_id);
                known.device = text::name(device);
                known.device_type = text::name(device_type);
                known.host = host.as_deref().map(text::name);
                known.essential = *essential;
                known.log = text::name(log);
                known.assigned = Some(at);
            }
            Event::StepStarted { node, level, .. } => {
                self.node(node).steps.insert(level.clone(), at);
            }
            Event::StepEnded {
                node,
                level,
                name,
                duration,
                failure,
            } => {
                self.step_ended(at, node, level, name, *duration, failure.as_ref());
            }
            Event::SuiteStarted { node, suite, uuid } => {
                let open = OpenSuite {
                    start: at,
                    uuid: uuid.clone(),
                };
                self.node(node).suites.insert(suite.clone(), open);
            }
            Event::SuiteEnded {
                node,
                suite,
                finished,
                duration,
            } => {
                let open = self
                    .node(node)
                    .suites
                    .shift_remove(suite)
                    .unwrap_or_else(|| OpenSuite {
                        start: before(at, *duration),
                        uuid: String::new(),
                    });
                self.suite_ended(node, suite, &open, *finished, at, Some(*duration));
            }
            Event::Case {
                node,
                suite,
                set,
                case,
                result,
                measurement,
                units,
                reference,
                start,
                end,
                log,
            } => {
                let measurement = measurement.as_deref().map(text::name);
                let mut record = self.record(node, suite, case, *result, (*start, *end), Some(log));
                record.set = set.as_deref().map(text::name);
                record.units = measurement.as_ref().and(units.as_deref()).map(text::name);
                record.measurement = measurement;
                record.more.reference = reference.as_deref().map(text::name);
                self.results.push(record);
                self.test_failed |= *result == CaseResult::Fail;
                self.node(node).counts.add(*result);
            }
            Event::Lkp {
                node,
                suite,
                point,
                start,
                end,
                log,
            } => self.lkp(node, suite, point, (*start, *end), log),
            Event::NodeEnded { node, failure } => {
                let known = self.node(node);
                let failure = failure.clone().map(|failure| match &known.failing {
                    Some(step) if same(&step.failure, &failure) => (step.since, failure),
                    _ => (at, failure),
                });
                known.ended = Some((at, failure));
            }
            Event::RunEnded { failure } => self.ended = Some((at, failure.clone())),
            Event::Note { .. }
            | Event::HostOutput { .. }
            | Event::BusWaiting { .. }
            | Event::BusSent { .. }
            | Event::BusDone { .. } => {}
        }
    }

    /// The journal has no last line, and nobody lives to write it.
    pub fn killed(&mut self) {
        if self.ended.is_none() {
            self.ended = Some((self.last, Some(killed())));
        }
    }

    /// The results. Those of a run that goes on are incomplete, without a class.
    #[must_use]
    pub fn finish(mut self) -> Results {
        let over = self.ended.is_some();
        if over {
            self.fail_open_suites();
        }
        let candidates = self.candidates();
        if over {
            self.judge_nodes(&candidates);
        }
        let cause = verdict::root_cause(&candidates);
        let verdict = if over {
            verdict::verdict(cause, self.test_failed || !self.unfinished.is_empty())
        } else {
            Verdict::Incomplete
        };
        let exit_code = match (verdict, cause) {
            (Verdict::Pass, _) => 0,
            (Verdict::Fail, _) => 1,
            (_, Some(cause)) => cause.failure.exit_code(),
            (_, None) => 3,
        };
        let nodes = self
            .nodes
            .iter()
            .map(|(name, node)| node_result(name, node, over, &candidates))
            .collect();
        Results {
            run: self.run,
            verdict,
            class: cause.map(|cause| cause.failure.class),
            evidence: cause.map(|cause| proof(cause.node.as_deref(), cause.at, &cause.failure)),
            nodes,
            results: self.results,
            job_name: self.job_name,
            job_file: self.job_file,
            start: self.start,
            end: self.ended.map(|(at, _)| at),
            exit_code,
        }
    }

    /// A node by the name that is safe to show; made when a journal speaks of one that it never assigned.
    fn node(&mut self, name: &str) -> &mut Node {
        self.nodes.entry(text::name(name)).or_default()
    }

    /// A record of how the atomic job went, and one for each number that it is run for.
    fn lkp(
        &mut self,
        node: &str,
        suite: &str,
        point: &Point,
        times: (Timestamp, Timestamp),
        log: &LogSpan,
    ) {
        let mut record = self.record(node, suite, &point.job, point.result, times, Some(log));
        record.set = point.which();
        record.reason = (point.result == CaseResult::Fail)
            .then(|| text::escape_lines(&point.reasons.join("; ")).into_owned());
        record.more.failure = record.reason.clone().map(|reason| (Class::Test, reason));
        record.stderr = text::escape_lines(&point.stderr).into_owned();
        self.results.push(record);
        self.test_failed |= point.result == CaseResult::Fail;
        self.node(node).counts.add(point.result);
        // What a failed job measured means nothing; it stays in the journal.
        if point.result != CaseResult::Pass {
            return;
        }
        let set = match point.which() {
            None => point.job.clone(),
            Some(which) => format!("{}.{which}", point.job),
        };
        for measurement in point.key_measurements() {
            let mut record = self.record(
                node,
                suite,
                &measurement.name,
                CaseResult::Pass,
                times,
                None,
            );
            record.set = Some(text::name(&set));
            record.measurement = Some(text::name(&measurement.value));
            record.units = measurement.unit.as_deref().map(text::name);
            record.better = measurement.better;
            record.more.kpi_of = measurement.kpi.then(|| text::name(&point.job));
            self.results.push(record);
            self.node(node).counts.add(CaseResult::Pass);
        }
    }

    fn record(
        &mut self,
        node: &str,
        suite: &str,
        case: &str,
        result: CaseResult,
        (start, end): (Timestamp, Timestamp),
        log: Option<&LogSpan>,
    ) -> CaseRecord {
        CaseRecord {
            node: text::name(node),
            role: self.node(node).role.clone(),
            suite: text::name(suite),
            set: None,
            case: text::name(case),
            result,
            measurement: None,
            units: None,
            better: None,
            start,
            end,
            log: log.map(safe_span),
            reason: None,
            stderr: String::new(),
            more: More::default(),
        }
    }

    /// As in LAVA, steps at the top have a result, and so has any step that fails (each time, when it is retried).
    fn step_ended(
        &mut self,
        at: Timestamp,
        node: &str,
        level: &str,
        name: &str,
        duration: f64,
        failure: Option<&Failure>,
    ) {
        let known = self.node(node);
        let start = known
            .steps
            .swap_remove(level)
            .unwrap_or(before(at, duration));
        known.failing = match (failure, known.failing.take()) {
            // The steps around it fail with what the innermost failed with.
            (Some(failure), Some(inner)) if same(&inner.failure, failure) => Some(inner),
            (Some(failure), _) => Some(Failing {
                since: at,
                level: level.to_owned(),
                failure: failure.clone(),
            }),
            // It went well in the end: what failed at or below it has been made good by a retry.
            (None, Some(inner)) if within(&inner.level, level) => None,
            (None, failing) => failing,
        };
        if failure.is_none() && level.contains('.') {
            return;
        }
        let result = if failure.is_some() {
            CaseResult::Fail
        } else {
            CaseResult::Pass
        };
        let log = failure.and_then(|failure| failure.evidence.log.as_ref());
        let mut record = self.record(node, LAVA, name, result, (start, at), log);
        measure(&mut record, duration);
        record.more.level = text::name(level);
        record.more.failure = failure.map(told);
        self.results.push(record);
    }

    fn suite_ended(
        &mut self,
        node: &str,
        suite: &str,
        open: &OpenSuite,
        finished: bool,
        at: Timestamp,
        duration: Option<f64>,
    ) {
        let result = if finished {
            CaseResult::Pass
        } else {
            CaseResult::Fail
        };
        let mut record = self.record(node, LAVA, suite, result, (open.start, at), None);
        if let Some(duration) = duration {
            measure(&mut record, duration);
        }
        record.more.uuid = Some(text::name(&open.uuid)).filter(|uuid| !uuid.is_empty());
        self.results.push(record);
        let suite = (node.to_owned(), suite.to_owned());
        if finished {
            self.unfinished.remove(&suite);
        } else {
            self.unfinished.insert(suite);
        }
    }

    fn fail_open_suites(&mut self) {
        let mut all = Vec::new();
        for (name, node) in &mut self.nodes {
            let end = node.ended.as_ref().map_or(self.last, |(end, _)| *end);
            all.extend(
                node.suites
                    .drain(..)
                    .map(|(suite, open)| (name.clone(), suite, open, end)),
            );
        }
        for (node, suite, open, end) in all {
            self.suite_ended(&node, &suite, &open, false, end, None);
        }
    }

    /// Every failure that makes the run incomplete.
    fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for (name, node) in &self.nodes {
            if let Some((_, Some((at, failure)))) = &node.ended {
                candidates.push(Candidate {
                    at: *at,
                    node: Some(name.clone()),
                    failure: failure.clone(),
                });
            }
        }
        let Some((at, failure)) = &self.ended else {
            return candidates;
        };
        if let Some(failure) = failure {
            candidates.push(Candidate {
                at: *at,
                node: None,
                failure: failure.clone(),
            });
        }
        if candidates.is_empty() {
            // A run that says it is well although a node never ended, or that had no nodes: not a pass, and our fault.
            let open = self
                .nodes
                .iter()
                .find(|(_, node)| node.ended.is_none())
                .map(|(name, _)| name);
            let words = match open {
                Some(name) => format!(
                    "the run ended, but its journal does not say how {name} did; please report this"
                ),
                None if self.nodes.is_empty() => {
                    "the run ended without a node; please report this".to_owned()
                }
                None => return candidates,
            };
            candidates.push(Candidate {
                at: *at,
                node: open.cloned(),
                failure: Failure::new(Class::Bug, words),
            });
        }
        candidates
    }

    /// One `lava/job` per node.
    fn judge_nodes(&mut self, candidates: &[Candidate]) {
        let cause = verdict::root_cause(candidates).map(|cause| told(&cause.failure));
        let names: Vec<String> = self.nodes.keys().cloned().collect();
        for name in names {
            let node = self.node(&name);
            let (end, failure) = match &node.ended {
                Some((end, failure)) => (
                    Some(*end),
                    failure.as_ref().map(|(_, failure)| failure.clone()),
                ),
                None => (None, None),
            };
            let start = node.assigned;
            // A node that never ended went down with the run.
            let failed = failure
                .as_ref()
                .map(told)
                .or_else(|| if end.is_none() { cause.clone() } else { None });
            let result = if failed.is_some() {
                CaseResult::Fail
            } else {
                CaseResult::Pass
            };
            let end = end.unwrap_or(self.last);
            let log = failure
                .as_ref()
                .and_then(|failure| failure.evidence.log.as_ref());
            let mut record =
                self.record(&name, LAVA, "job", result, (start.unwrap_or(end), end), log);
            record.more.failure = failed;
            self.results.push(record);
        }
    }
}

fn node_result(name: &str, node: &Node, over: bool, candidates: &[Candidate]) -> NodeResult {
    let failure = candidates
        .iter()
        .find(|one| one.node.as_deref() == Some(name));
    let lost = over && node.ended.is_none();
    let cause = failure.or_else(|| {
        if lost {
            verdict::root_cause(candidates)
        } else {
            None
        }
    });
    NodeResult {
        node: name.to_owned(),
        role: node.role.clone(),
        job_id: node.job_id.clone(),
        device: node.device.clone(),
        device_type: node.device_type.clone(),
        host: node.host.clone(),
        essential: node.essential,
        log: node.log.clone(),
        complete: node.ended.is_some() && failure.is_none(),
        class: cause.map(|cause| cause.failure.class),
        evidence: cause.map(|cause| proof(cause.node.as_deref(), cause.at, &cause.failure)),
        end: node.ended.as_ref().map(|(at, _)| *at),
        counts: node.counts,
    }
}

fn told(failure: &Failure) -> (Class, String) {
    (
        failure.class,
        text::escape_lines(&failure.message).into_owned(),
    )
}

fn same(a: &Failure, b: &Failure) -> bool {
    a.class == b.class && a.message == b.message
}

/// Whether a level is `outer` or below it.
fn within(level: &str, outer: &str) -> bool {
    level
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn measure(record: &mut CaseRecord, duration: f64) {
    record.measurement = Some(format!("{duration:.2}"));
    record.units = Some("seconds".to_owned());
}

/// So many seconds before; as near as there is to it when the number is odd.
fn before(at: Timestamp, seconds: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|duration| at.checked_sub(duration).ok())
        .unwrap_or(at)
}

#[cfg(test)]
mod tests;
