//! The table of contents: a job from its file to its end.

use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use job_schema::Job;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::actions;
use crate::actions::test::lkp::cluster::Clusters;
use crate::actions::tool::program;
use crate::bring_up::{Devices, bring_up};
use crate::bus::hub::Hub;
use crate::bus::{MemberId, MemberInfo};
use crate::engine::context::{Farewell, RunContext};
use crate::engine::node::NodeRun;
use crate::engine::state::NodeState;
use crate::failure::{Class, Failure};
use crate::fetch::Fetcher;
use crate::group::{self, Choice};
use crate::inventory::Inventory;
use crate::inventory::reserve::{Reservation, Reservations};
use crate::inventory::seen::SeenKeeper;
use crate::journal::event::{Event, NoteLevel};
use crate::journal::mask::Masker;
use crate::keys;
use crate::lkp::load::{self, Origins, Suites};
use crate::plan::{NodePlan, NodeSpec, Step, plan_node};
use crate::recorder::Recorder;
use crate::store::{RunDir, Store};

/// Devices that are not ready by then will not be.
const LONGEST_BRING_UP: Duration = Duration::from_secs(60);

/// A job that has passed its checks, and where it came from.
pub struct Submission<'a> {
    /// The job.
    pub job: &'a Job,
    /// Its file as given.
    pub file: &'a Path,
    /// Its text, kept with the run.
    pub text: &'a str,
}

/// Runs a job and returns where its journal is. Whatever goes wrong is in the journal.
///
/// # Errors
/// Configuration: the state folder cannot be written, so there is no journal to tell it in.
pub async fn run_job(
    submission: &Submission<'_>,
    lab: &Inventory,
    store: &Store,
    watcher: Option<mpsc::UnboundedSender<Event>>,
    cancel: CancellationToken,
) -> Result<RunDir, Failure> {
    let configuration = |e: String| Failure::new(Class::Configuration, e);
    let masker =
        Masker::new(submission.job.secrets.values()).map_err(|e| configuration(e.to_string()))?;
    let (dir, journal) = store
        .create_run(masker.clone())
        .map_err(|e| configuration(e.to_string()))?;
    let mut text = submission.text.to_owned();
    masker.mask(&mut text);
    std::fs::write(dir.job(), text)
        .map_err(|e| configuration(format!("{}: {e}", dir.job().display())))?;
    let seen = SeenKeeper::new(Reservations::open(store.root(), lab)?.folder());
    let recorder = Recorder::new(journal, watcher, masker.clone(), seen);
    recorder.record(Event::RunStarted {
        run: dir.id().to_owned(),
        job_name: submission.job.name.value.clone(),
        job_file: submission.file.display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        metadata: serde_json::to_value(&submission.job.metadata).unwrap_or_default(),
    });
    let job_folder = submission.file.parent().unwrap_or(Path::new("")).to_owned();
    let fetcher = Fetcher::new(dir.tmp(), job_folder.clone());
    let load = async {
        let origins = Origins::with_pin(&job_folder, store.root())?;
        let limit = submission.job.timeouts.job;
        let fetched = load::fetch(submission.job, &origins, &fetcher);
        tokio::time::timeout(limit, fetched)
            .await
            .unwrap_or_else(|_| {
                let message = format!(
                    "lkp-tests did not come within the job's {} s",
                    limit.as_secs()
                );
                Err(Failure::new(Class::Infrastructure, message))
            })
    };
    let ready = tokio::select! {
        suites = load => {
            suites.and_then(|suites| prepare(submission.job, &suites, lab, store, &dir))
        }
        () = cancel.cancelled() => {
            Err(Failure::new(Class::Cancelled, "the run was cancelled while lkp-tests was fetched"))
        }
    };
    match ready {
        Err(failure) => recorder.record(Event::RunEnded {
            failure: Some(failure),
        }),
        Ok(prepared) => {
            run_nodes(
                prepared,
                fetcher,
                recorder,
                store,
                dir.clone(),
                masker,
                cancel,
            )
            .await;
        }
    }
    // Only what the run needed while it ran is in there, secrets among it.
    let _ = std::fs::remove_dir_all(dir.tmp());
    Ok(dir)
}

/// Everything that is decided before a device is touched.
struct Prepared {
    plans: Vec<NodePlan>,
    _reservations: Vec<Reservation>,
}

fn prepare(
    job: &Job,
    suites: &Suites,
    lab: &Inventory,
    store: &Store,
    dir: &RunDir,
) -> Result<Prepared, Failure> {
    let locks = Reservations::open(store.root(), lab)?;
    let busy = locks.holders(lab)?;
    let specs = group::nodes(job, lab, &Choice::Free { busy: &busy }, |place| {
        dir.job_id(place)
    })?;
    let plans = plan(job, suites, specs)?;
    for plan in &plans {
        if let Some(step) = plan.not_runnable().next() {
            let why = step.kind.why_not().unwrap_or_default();
            return Err(Failure::new(
                Class::Job,
                format!(
                    "step {} {} of node {} cannot be run: {why}; `dispatch plan` shows all such steps",
                    step.level, step.name, plan.spec.name
                ),
            ));
        }
    }
    plans.iter().try_for_each(programs_are_there)?;
    let mut reservations = Vec::new();
    for spec in plans.iter().map(|p| &p.spec).filter(|s| s.host.is_none()) {
        let entry = lab.entries().iter().find(|e| e.name == spec.device.name);
        if let Some(entry) = entry {
            let taken = locks.take(entry, dir.id())?.ok_or_else(|| {
                Failure::new(
                    Class::Infrastructure,
                    format!("another run has just taken device {}", entry.name),
                )
            })?;
            reservations.push(taken);
        }
    }
    Ok(Prepared {
        plans,
        _reservations: reservations,
    })
}

/// A program that is not there is told now, not when half of the job is done.
fn programs_are_there(plan: &NodePlan) -> Result<(), Failure> {
    for step in plan.steps.iter().flat_map(Step::walk) {
        let programs = actions::programs(step, &plan.spec.device);
        if let Some(program) = programs.iter().find(|word| program::find(word).is_none()) {
            return Err(Failure::new(
                Class::Configuration,
                format!(
                    "step {} {} of node {} needs the program {}, which is not on this machine; install it, or have the \
                     device say where it is",
                    step.level,
                    step.name,
                    plan.spec.name,
                    crate::text::name(program)
                ),
            ));
        }
    }
    Ok(())
}

/// Plans every node.
///
/// # Errors
/// See [`plan_node`].
pub fn plan(job: &Job, suites: &Suites, specs: Vec<NodeSpec>) -> Result<Vec<NodePlan>, Failure> {
    let plan = |spec| plan_node(job, suites, spec);
    specs.into_iter().map(plan).collect()
}

async fn run_nodes(
    prepared: Prepared,
    fetcher: Fetcher,
    recorder: Recorder,
    store: &Store,
    dir: RunDir,
    masker: Masker,
    cancel: CancellationToken,
) {
    for plan in &prepared.plans {
        recorder.record(assigned(plan, &dir));
        for warning in &plan.warnings {
            recorder.record(Event::Note {
                node: Some(plan.spec.name.clone()),
                level: NoteLevel::Warning,
                message: warning.clone(),
            });
        }
    }
    let ready = tokio::select! {
        ready = tokio::time::timeout(LONGEST_BRING_UP, bring_up(&prepared.plans, store)) => {
            ready.unwrap_or_else(|_| Err(Failure::new(
                Class::Infrastructure,
                format!("the devices were not ready within {} s", LONGEST_BRING_UP.as_secs()),
            )))
        }
        () = cancel.cancelled() => {
            Err(Failure::new(Class::Cancelled, "the run was cancelled while its devices came up"))
        }
    };
    let ready = ready.and_then(|devices| {
        let clusters = Clusters::of(&prepared.plans, &devices.targets)?;
        let guest_key = keys::load_or_make(&store.root().join("keys"), "guest")?;
        Ok((devices, clusters, guest_key))
    });
    let (devices, clusters, guest_key) = match ready {
        Ok(ready) => ready,
        Err(failure) => {
            recorder.record(Event::RunEnded {
                failure: Some(failure),
            });
            return recorder.sync();
        }
    };
    let Devices {
        targets,
        lab,
        left_out,
    } = devices;
    for (node, what) in left_out {
        recorder.record(Event::Note {
            node: Some(node),
            level: NoteLevel::Info,
            message: what,
        });
    }
    let context = Arc::new(RunContext {
        hub: Hub::new(members(&prepared.plans), cancel.clone()),
        clusters,
        fetcher,
        dispatcher_ip: own_address().to_string(),
        guest_key,
        targets,
        masker,
        recorder,
        cancel,
        dir,
        farewells: Mutex::default(),
    });
    let mut nodes = JoinSet::new();
    for (place, plan) in prepared.plans.into_iter().enumerate() {
        let node = NodeRun {
            plan: Arc::new(plan),
            state: NodeState::default(),
            run: Arc::clone(&context),
            member: MemberId(place),
        };
        nodes.spawn(node.to_the_end());
    }
    let mut failure = None;
    while let Some(node) = nodes.join_next().await {
        if let Err(panic) = node {
            failure = Some(Failure::new(
                Class::Bug,
                format!("a node's task panicked: {panic}; please report it"),
            ));
            context.cancel.cancel();
        }
    }
    if failure.is_none() && context.cancel.is_cancelled() {
        failure = context.hub.cancelled_from_outside();
    }
    let RunContext {
        recorder,
        dir,
        targets,
        farewells,
        ..
    } = match Arc::try_unwrap(context) {
        Ok(context) => context,
        Err(context) => {
            let failure = Failure::new(
                Class::Bug,
                "something of a node outlived its end; please report it",
            );
            context.recorder.record(Event::RunEnded {
                failure: Some(failure),
            });
            return context.recorder.sync();
        }
    };
    let farewells = farewells.into_inner().unwrap_or_default();
    for result in join_all(farewells.into_iter().map(Farewell::say)).await {
        if let Err(failure) = result {
            let message =
                format!("the key of guests may be left in ~/.ssh/authorized_keys: {failure}");
            recorder.record(Event::Note {
                node: None,
                level: NoteLevel::Warning,
                message,
            });
        }
    }
    // The targets hold on to the lab; without them it is ours to stop.
    drop(targets);
    if let Some(lab) = lab.and_then(Arc::into_inner)
        && let Err(e) = lab.stop().await
    {
        let message = format!("the embedded lab did not stop cleanly: {e}");
        recorder.record(Event::Note {
            node: None,
            level: NoteLevel::Warning,
            message,
        });
    }
    if let Some(reason) = recorder.broken() {
        failure.get_or_insert(Failure::new(
            Class::Infrastructure,
            format!(
                "the journal is not whole: {reason}; make room on the disk that holds {}",
                dir.path().display()
            ),
        ));
    }
    recorder.record(Event::RunEnded { failure });
    recorder.sync();
}

fn assigned(plan: &NodePlan, dir: &RunDir) -> Event {
    let spec = &plan.spec;
    Event::NodeAssigned {
        node: spec.name.clone(),
        role: spec.role.clone(),
        job_id: spec.job_id.clone(),
        device: spec.device.name.clone(),
        device_type: spec.device.device_type.clone(),
        host: spec.host.clone(),
        essential: spec.essential,
        log: dir.console_log(&spec.name),
    }
}

fn members(plans: &[NodePlan]) -> Vec<MemberInfo> {
    plans
        .iter()
        .map(|plan| MemberInfo {
            name: plan.spec.name.clone(),
            role: plan.spec.role.clone(),
            job_id: plan.spec.job_id.clone(),
            expects: plan.spec.expects.clone(),
            essential: plan.spec.essential,
        })
        .collect()
}

/// The address of the interface with the default route; no packet is sent to find it.
fn own_address() -> std::net::IpAddr {
    let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    asked.map_or(Ipv4Addr::LOCALHOST.into(), |a| a.ip())
}
