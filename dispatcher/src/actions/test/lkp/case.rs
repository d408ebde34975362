//! `lkp-case`: an atomic job in all containers of the node at once.

use jiff::Timestamp;

use super::call::Call;
use super::collect::{self, Ran};
use super::{arguments, cluster, limit, start};
use crate::bus::cluster::{Endpoint, PartEnd};
use crate::engine::node::NodeRun;
use crate::failure::{Class, Failure};
use crate::journal::event::NoteLevel;
use crate::plan::stages::LkpSpec;

/// Runs one atomic job, or all of a job whose atomic jobs only the node knows.
pub(super) async fn run(
    block: &LkpSpec,
    job: usize,
    atomic: Option<usize>,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let running = node.state.namespace(&block.namespace).lkp.as_ref();
    let all = running
        .and_then(|r| r.atomics.get(job))
        .cloned()
        .ok_or_else(|| Failure::new(Class::Bug, "an LKP job ran before LKP had split it"))?;
    let names = match atomic {
        None => all,
        Some(place) => all.into_iter().nth(place).into_iter().collect(),
    };
    for name in names {
        for _ in 0..block.suite.form.repeat.0 {
            once(block, job, atomic, &name, node).await?;
        }
    }
    Ok(())
}

async fn once(
    block: &LkpSpec,
    job: usize,
    atomic: Option<usize>,
    name: &str,
    node: &mut NodeRun,
) -> Result<(), Failure> {
    let form = &block.suite.form;
    let folder = block.folder(&node.plan.results_dir(&block.namespace));
    let seconds = limit(form, node);
    let mut call = arguments::run(form, &folder, name, seconds);
    let mut part = None;
    let this = node.plan.spec.name.clone();
    if let Some(endpoint) = endpoint(block, node) {
        // Names may differ from role to role; the order in which the cases are run does not.
        let case = format!("{job}.{}", atomic.unwrap_or(0));
        let tests = collect::programs(&block.suite, job, atomic).map_or(1, |p| p.len());
        part = Some(endpoint.begin_case(&case, tests));
        call.extend(cluster::settings(endpoint, &this));
    }
    let from = position(node);
    let call = start(&block.namespace, &call, node).await?;
    let containers = follow(call, block, node).await?;
    let span = (from, position(node));
    let late = containers.iter().any(|c| c.timed_out);
    let aborted = part.and_then(|part| {
        part.end(if late {
            PartEnd::Broken(format!("ran out of its {seconds} s"))
        } else {
            PartEnd::Over
        })
    });
    for (place, container) in containers.into_iter().enumerate() {
        let ran = Ran {
            block,
            job,
            atomic,
            name,
            number: u32::try_from(place + 1).unwrap_or(u32::MAX),
            container,
            seconds,
            span,
            aborted: aborted.as_deref(),
        };
        collect::collect(&ran, &folder, node).await?;
    }
    Ok(())
}

fn endpoint<'a>(block: &LkpSpec, node: &'a mut NodeRun) -> Option<&'a Endpoint> {
    let running = node.state.namespace(&block.namespace).lkp.as_ref()?;
    running.endpoint.as_ref()
}

fn position(node: &NodeRun) -> u64 {
    let log = node.state.log.as_ref();
    log.map_or(0, |log| {
        log.lock()
            .expect("nobody panics with the log locked")
            .offset()
    })
}

/// What a container told of its run.
#[derive(Debug, Clone, Default)]
pub(super) struct Container {
    /// When it began, and ended, by our clock.
    pub(super) began: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// Its own clock when it began, in seconds.
    pub(super) clock: Option<f64>,
    /// It had to be ended.
    pub(super) timed_out: bool,
}

/// Follows a run to its end. The call stays with the node's state, so that it is stopped however this ends.
async fn follow(
    call: Call,
    block: &LkpSpec,
    node: &mut NodeRun,
) -> Result<Vec<Container>, Failure> {
    let count = block.suite.form.count() as usize;
    let mut containers = vec![Container::default(); count];
    let here = node.state.namespace(&block.namespace);
    let running = here
        .lkp
        .as_mut()
        .ok_or_else(|| Failure::new(Class::Bug, "an LKP job ran before its node was prepared"))?;
    let call = running.call.insert(call);
    while let Some(line) = call.next_line().await {
        let mut words = line.split(' ');
        let what = words.next().unwrap_or_default();
        let number = words.next().and_then(|n| n.parse::<usize>().ok());
        let Some(container) = number.and_then(|n| containers.get_mut(n.wrapping_sub(1))) else {
            continue;
        };
        match what {
            "begin" => {
                container.began = Some(Timestamp::now());
                container.clock = words.next().and_then(|n| n.parse().ok());
            }
            "end" => {
                container.ended = Some(Timestamp::now());
                container.timed_out = words.next() == Some("timeout");
            }
            _ => {}
        }
    }
    let verdict = call.verdict();
    running.call = None;
    verdict?;
    if let Some(skew) = skew(&containers) {
        let message = format!("{count} containers began within {:.1} ms", 1000.0 * skew);
        node.note(NoteLevel::Info, message);
    }
    Ok(containers)
}

/// Between the first and the last start, in seconds; none for a single container.
fn skew(containers: &[Container]) -> Option<f64> {
    let clocks = || containers.iter().filter_map(|c| c.clock);
    (containers.len() > 1)
        .then(|| clocks().fold(f64::MIN, f64::max) - clocks().fold(f64::MAX, f64::min))
}
