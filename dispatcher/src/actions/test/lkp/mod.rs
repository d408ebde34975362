//! `test: {lkp: {…}}`: LKP's jobs on a node. The node runs them, and gives back what LKP wrote; what that means is decided
//! here.

mod arguments;
pub mod call;
mod case;
pub mod cluster;
mod collect;
mod prepare;

use std::time::Duration;

use job_schema::test::lkp::Lkp;
use tokio::time::Instant;

use self::call::Call;
use crate::bus::cluster::Endpoint;
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::{Event, NoteLevel};
use crate::lkp::suite::Atomics;
use crate::plan::StepKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::stages::{LkpSpec, overlay_namespace};

/// A step of a block.
#[derive(Debug, Clone)]
pub struct Step {
    block: LkpSpec,
    what: What,
}

/// What it does.
#[derive(Debug, Clone, Copy)]
enum What {
    /// `lkp-prepare`: packages, image and tools.
    Prepare,
    /// `lkp-split`: LKP itself says which atomic jobs there are.
    Split,
    /// `lkp-case`: runs an atomic job, or all of a job that only LKP itself can split.
    Case { job: usize, atomic: Option<usize> },
    /// `lkp-clean`: the node forgets the block.
    Clean,
}

/// What is known of the block that runs.
pub struct Running {
    /// The atomic jobs, by job, as LKP itself has split them.
    atomics: Vec<Vec<String>>,
    /// The helper that works on the node. It is told to stop when the node's pipeline ends before it has.
    call: Option<Call>,
    /// Its folder on the node.
    folder: String,
    /// When it was prepared.
    began: Instant,
    /// Where LKP's cluster jobs ask for the others.
    endpoint: Option<Endpoint>,
}

/// `lkp-test[lkp-prepare, lkp-run[lkp-split, lkp-case…, lkp-clean]]`
///
/// # Errors
/// Bug: the block was not collected.
pub(super) fn plan(stage: usize, context: &Context<'_>) -> Result<Draft, Failure> {
    let namespace = overlay_namespace(context.block);
    let block = context
        .lkp
        .iter()
        .find(|l| l.namespace == namespace && l.stage == stage)
        .ok_or_else(|| Failure::new(Class::Bug, "an lkp block was not collected"))?;
    let step = |name, what| {
        let block = block.clone();
        Draft::new(name, StepKind::Test(super::Step::Lkp(Step { block, what }))).blames(Class::Test)
    };
    let mut run = vec![step("lkp-split", What::Split)];
    for (place, job) in block.suite.jobs.iter().enumerate() {
        match &job.atomics {
            Atomics::Known(atomics) => run.extend(atomics.iter().enumerate().map(|(i, atomic)| {
                let what = What::Case {
                    job: place,
                    atomic: Some(i),
                };
                step("lkp-case", what).testing(&atomic.name)
            })),
            Atomics::OnNode(why) => {
                let what = What::Case {
                    job: place,
                    atomic: None,
                };
                let words = format!("{}: its cases are known on the node only ({why})", job.file);
                run.push(step("lkp-case", what).testing(&words));
            }
        }
    }
    run.push(step("lkp-clean", What::Clean));
    let prepare = step("lkp-prepare", What::Prepare).blames(Class::Infrastructure);
    let run = Draft::group("lkp-run", run).blames(Class::Test);
    Ok(Draft::group("lkp-test", vec![prepare, run]).blames(Class::Test))
}

/// Runs a step.
pub(super) async fn run(
    step: &Step,
    planned: &crate::plan::Step,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let block = &step.block;
    match step.what {
        What::Prepare => prepare::prepare(block, node).await,
        What::Split => {
            node.run.recorder.record(Event::SuiteStarted {
                node: node.plan.spec.name.clone(),
                suite: block.dir.clone(),
                uuid: format!("{}_{}", node.plan.spec.job_id, planned.level),
            });
            prepare::split(block, node).await
        }
        What::Case { job, atomic } => case::run(block, job, atomic, node).await,
        What::Clean => {
            let running = node.state.namespace(&block.namespace).lkp.as_ref();
            let duration = running.map_or(Duration::ZERO, |r| r.began.elapsed());
            clean(&block.namespace, node).await?;
            node.run.recorder.record(Event::SuiteEnded {
                node: node.plan.spec.name.clone(),
                suite: block.dir.clone(),
                finished: true,
                duration: duration.as_secs_f64(),
            });
            Ok(())
        }
    }
}

/// Ends what a block may have left running on the node, and removes its files.
///
/// # Errors
/// Infrastructure: the node does not answer.
pub(crate) async fn clean(namespace: &str, node: &mut NodeRun) -> Result<(), Failure> {
    let Some(running) = node.state.namespace(namespace).lkp.take() else {
        return Ok(());
    };
    if let Some(call) = running.call {
        call.stop().await;
    }
    if let Some(endpoint) = running.endpoint {
        endpoint.close("had run all its cases");
    }
    let arguments = ["clean".to_owned(), running.folder];
    ask(namespace, &arguments, node).await.map(drop)
}

/// Calls the helper, lets it end, and gives the lines that it printed.
async fn ask(
    namespace: &str,
    arguments: &[String],
    node: &mut NodeRun,
) -> Result<Vec<String>, Failure> {
    let call = start(namespace, arguments, node).await?;
    let mut lines = Vec::new();
    let mut own = None;
    // With the node's state, so that it is stopped should nobody wait for its end.
    let call = match &mut node.state.namespace(namespace).lkp {
        Some(running) => running.call.insert(call),
        None => own.insert(call),
    };
    while let Some(line) = call.next_line().await {
        // A node that says more than that says nothing that is asked for.
        if lines.len() < MOST_LINES {
            lines.push(line);
        }
    }
    let verdict = call.verdict();
    if let Some(running) = &mut node.state.namespace(namespace).lkp {
        running.call = None;
    }
    verdict.map(|()| lines)
}

/// More than LKP's largest matrix has.
const MOST_LINES: usize = 20_000;

async fn start(namespace: &str, arguments: &[String], node: &mut NodeRun) -> Result<Call, Failure> {
    let link = node.state.link(namespace)?;
    let root = node.plan.results_dir(namespace);
    let command = call::command(&root, arguments);
    Call::start(&link, &command, node.state.log.clone()).await
}

/// So much of a step's time is for bringing the results home.
const FOR_RESULTS: Duration = Duration::from_secs(5);

/// The most seconds that a run of an atomic job may take: its own limit, and what its step has left.
fn limit(form: &Lkp, node: &NodeRun) -> u64 {
    let left = node.state.ends.map(|ends| {
        let left = ends.saturating_duration_since(Instant::now());
        left.saturating_sub(FOR_RESULTS.min(left / 4))
    });
    let limit = form.timeout.into_iter().chain(left).min();
    limit.map_or(u64::MAX >> 1, |limit| limit.as_secs().max(1))
}

/// Containers and what runs in them are ended within this time, or never.
const LONGEST_STOP: Duration = Duration::from_secs(15);

/// Ends the blocks that have not come to their end. A node that is gone takes LKP with it; one that is there ends what it
/// runs.
pub(crate) async fn stop_unfinished(node: &mut NodeRun) {
    let unfinished = node.state.unfinished_lkp();
    let stop = async {
        for namespace in &unfinished {
            clean(namespace, node).await?;
        }
        Ok::<_, Failure>(())
    };
    let why = match tokio::time::timeout(LONGEST_STOP, stop).await {
        Ok(Ok(())) => return,
        Ok(Err(failure)) => failure.message,
        Err(_) => format!("it did not stop within {} s", LONGEST_STOP.as_secs()),
    };
    let message = format!("LKP may have left something on the node: {why}");
    node.note(NoteLevel::Warning, message);
}
