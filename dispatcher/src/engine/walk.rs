//! One step after the other, each within its time, as often as it may be tried.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::calls;
use super::node::NodeRun;
use crate::actions;
use crate::failure::{Class, Evidence, Failure};
use crate::journal::event::{Event, NoteLevel};
use crate::plan::{Step, StepKind};

/// Runs the blocks of a pipeline; a test block that ran out of a time it may skip does not stop the next.
pub(super) async fn blocks(
    node: &mut NodeRun,
    blocks: &[Step],
    job_ends: Instant,
) -> Result<(), Failure> {
    for block in blocks {
        let result = step(node, block, job_ends).await;
        match result {
            Err(failure) if Instant::now() >= job_ends && failure.class == Class::Timeout => {
                let seconds = node.plan.job_timeout.as_secs();
                let message = format!(
                    "job timed out after {seconds} seconds ({})",
                    failure.message
                );
                return Err(Failure {
                    message,
                    step_class: Some(Class::Job),
                    ..failure
                });
            }
            Err(failure) if skips(block, &failure) => {
                node.note(
                    NoteLevel::Warning,
                    format!("{failure}; `skip` is set on its timeout, so the job goes on with the next block"),
                );
                // The next block must not share the machine with what this one has left running.
                actions::test::lkp::stop_unfinished(node).await;
            }
            other => other?,
        }
    }
    Ok(())
}

fn skips(block: &Step, failure: &Failure) -> bool {
    let of_test = failure.step_class == Some(Class::Test);
    block.skip_timeout && failure.class == Class::Timeout && of_test
}

/// Runs a step with all its tries. `parent_ends` is when its parent has no time left.
pub(super) async fn step(
    node: &mut NodeRun,
    step: &Step,
    parent_ends: Instant,
) -> Result<(), Failure> {
    // All tries together have the step's time, as in LAVA.
    let ends = parent_ends.min(Instant::now() + step.timeout);
    let mut last = Ok(());
    for attempt in 1..=step.tries.tries {
        if attempt > 1 {
            sleep_until(ends.min(Instant::now() + step.tries.interval)).await;
            if Instant::now() >= ends {
                break;
            }
            if let Err(failure) = &last {
                node.note(
                    NoteLevel::Info,
                    format!("retrying {} {}: {failure}", step.level, step.name),
                );
            }
        }
        let result = one_try(node, step, ends, attempt).await;
        match (&result, step.tries.always) {
            (Ok(()), false) => return Ok(()),
            (Err(failure), _) if !may_retry(step, failure) => return result,
            (Err(_), _) => last = result,
            (Ok(()), true) => {}
        }
    }
    last
}

/// LAVA retries on infrastructure, job and test errors.
fn may_retry(step: &Step, failure: &Failure) -> bool {
    match failure.class {
        // A timeout that may be skipped is not tried again, as in LAVA.
        Class::Timeout if skips(step, failure) => false,
        Class::Infrastructure | Class::Job | Class::Test | Class::Timeout => true,
        Class::Configuration | Class::Multinode | Class::Cancelled | Class::Bug => false,
    }
}

async fn one_try(
    node: &mut NodeRun,
    step: &Step,
    ends: Instant,
    attempt: u32,
) -> Result<(), Failure> {
    let began = Instant::now();
    let name = node.plan.spec.name.clone();
    node.run.recorder.record(Event::StepStarted {
        node: name.clone(),
        level: step.level.clone(),
        name: step.name.to_string(),
        timeout: (ends - began).as_secs_f64(),
        attempt,
    });
    let result = match timeout_at(ends, Box::pin(work(node, step, ends, attempt))).await {
        Ok(result) => result,
        Err(_) => Err(timed_out(node, step, ends - began)),
    };
    let result = result.map_err(|failure| with_evidence(failure, node, step));
    let duration = began.elapsed();
    node.run.recorder.record(Event::StepEnded {
        node: name.clone(),
        level: step.level.clone(),
        name: step.name.to_string(),
        duration: duration.as_secs_f64(),
        failure: result.as_ref().err().cloned(),
    });
    result
}

async fn work(node: &mut NodeRun, step: &Step, ends: Instant, attempt: u32) -> Result<(), Failure> {
    // Once, however often the step is tried: nobody else would meet us at a barrier again.
    let calls = step.calls.iter().filter(|_| attempt == 1);
    for call in calls {
        calls::make(node, call, ends).await?;
    }
    node.state.ends = Some(ends);
    actions::run(step, node).await?;
    let mut done = Ok(());
    for child in &step.steps {
        let result = self::step(node, child, ends).await;
        match step.kind {
            StepKind::Finalize(_) => done = done.and(result),
            _ => result?,
        }
    }
    done
}

fn timed_out(node: &NodeRun, step: &Step, after: Duration) -> Failure {
    // What the parents had left is a little less than what was asked for.
    let seconds = after.as_secs_f64();
    let whole = (seconds - seconds.round()).abs() < 0.05;
    let after = if whole {
        format!("{seconds:.0}")
    } else {
        format!("{seconds:.1}")
    };
    let remedy = actions::hint(step, node).unwrap_or_else(|| {
        format!(
            "if it needs longer, set a `timeout` on its block or `timeouts: actions: {}:`",
            step.name
        )
    });
    let message = format!("{} timed out after {after} seconds; {remedy}", step.name);
    let mut failure = Failure::new(Class::Timeout, message);
    failure.step_class = Some(step.class);
    failure
}

/// The innermost step is the evidence; those around it add nothing.
fn with_evidence(mut failure: Failure, node: &NodeRun, step: &Step) -> Failure {
    if !failure.evidence.step.is_empty() {
        return failure;
    }
    let Evidence { log, text, .. } = *failure.evidence;
    let (log, text) = match node.state.evidence(&step.namespace) {
        Some(console) => {
            let (span, words) = console.last_words();
            (
                log.or(Some(span)),
                if text.is_empty() { words } else { text },
            )
        }
        None => (log, text),
    };
    failure.evidence = Box::new(Evidence {
        level: step.level.clone(),
        step: step.name.to_string(),
        log,
        text,
    });
    failure
}
