//! The top level of a job file.

use std::time::Duration;

use indexmap::IndexMap;

use crate::action::{self, Block};
use crate::finding::Severity;
use crate::multinode::{self, Multinode};
use crate::read::{Place, Report};
use crate::timeout;
use crate::yaml::{Spanned, Value};

/// A job: what to deploy, boot and test, and on which kind of machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// `job_name`: 1 to 200 characters.
    pub name: Spanned<String>,
    /// `visibility`: who may see the job. Kept as written; `dispatch` has no accounts.
    pub visibility: Value,
    /// `timeouts`.
    pub timeouts: JobTimeouts,
    /// `priority` as LAVA stores it: 0 to 100 (`high` 100, `medium` 50, `low` 0). Default 50.
    pub priority: u8,
    /// `device_type` of a single-node job; a multinode job names it per role.
    pub device_type: Option<Spanned<String>>,
    /// `device`: one specific device, by name.
    pub device: Option<Spanned<String>>,
    /// `tags` that the device must have.
    pub tags: Vec<Spanned<String>>,
    /// `context`: overrides for the device type and for constants.
    pub context: IndexMap<String, Value>,
    /// `environment`: exported on the node.
    pub environment: IndexMap<String, Value>,
    /// `metadata`: kept with the run, not interpreted. Keys are written as text.
    pub metadata: IndexMap<String, Value>,
    /// `secrets`: masked wherever they would be shown.
    pub secrets: IndexMap<String, String>,
    /// `protocols: lava-multinode`; absent in a single-node job.
    pub multinode: Option<Multinode>,
    /// `actions`, in order.
    pub actions: Vec<Block>,
}

/// `timeouts` of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTimeouts {
    /// `job`: the whole job. Required.
    pub job: Duration,
    /// `action`: default of every action.
    pub action: Option<Duration>,
    /// `connection`: default of every wait for a console.
    pub connection: Option<Duration>,
    /// `actions`: by step name.
    pub actions: IndexMap<String, Duration>,
    /// `connections`: by step name.
    pub connections: IndexMap<String, Duration>,
}

/// Reads the top level of a job.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<Job> {
    let mut keys = place.keys(report)?;
    if refuse_split(place, report) {
        return None;
    }
    let name = keys.need("job_name", report).and_then(|n| name(&n, report));
    let visibility = keys
        .need("visibility", report)
        .and_then(|v| visibility(&v, report));
    let timeouts = keys
        .need("timeouts", report)
        .and_then(|t| timeouts(&t, report));
    let priority = keys.get("priority").and_then(|p| priority(&p, report));
    let device_type = keys.get("device_type").and_then(|d| d.text(report));
    let device = keys.get("device").and_then(|d| d.text(report));
    let tags = keys.get("tags").and_then(|t| t.texts(report));
    let context = keys.get("context").and_then(|c| c.values(report));
    let environment = keys.get("environment").and_then(|e| e.values(report));
    let metadata = keys.get("metadata").and_then(|m| m.values(report));
    let secrets = keys.get("secrets").and_then(|s| s.shell_texts(report));
    let multinode = match keys.get("protocols") {
        Some(protocols) => protocols_of(&protocols, report),
        None => Some(None),
    };
    let actions = keys
        .need("actions", report)
        .and_then(|a| actions(&a, report));
    keys.ignore(&["worker", "reboot_to_fastboot"]);
    keys.no_effect(&["notify"], report);
    keys.done(Severity::Error, report);
    Some(Job {
        name: name?,
        visibility: visibility?,
        timeouts: timeouts?,
        priority: priority.unwrap_or(MEDIUM),
        device_type,
        device,
        tags: tags.unwrap_or_default(),
        context: context.unwrap_or_default(),
        environment: environment.unwrap_or_default(),
        metadata: metadata.unwrap_or_default(),
        secrets: secrets.unwrap_or_default(),
        multinode: multinode?,
        actions: actions?,
    })
}

const MEDIUM: u8 = 50;

/// LAVA's server cuts a job into one per node; those are for its workers only.
fn refuse_split(place: &Place, report: &mut Report) -> bool {
    const TOP: [&str; 2] = ["connection", "host_role"];
    const PROTOCOL: [&str; 4] = ["target_group", "role", "group_size", "sub_id"];
    let protocol = place.node.at(&["protocols", "lava-multinode"]);
    let of_protocol = PROTOCOL.iter().find_map(|key| protocol?.entry(key));
    let of_top = TOP.iter().find_map(|key| place.node.entry(key));
    let Some(entry) = of_protocol.or(of_top) else {
        return false;
    };
    let message = "this is the part of one node, cut out of a multinode job by LAVA's server";
    report
        .error("J042", "", entry.key.span, message)
        .help("give the job that was submitted to LAVA: it has `protocols: lava-multinode: roles`");
    true
}

fn name(place: &Place, report: &mut Report) -> Option<Spanned<String>> {
    let name = place.text(report)?;
    let length = name.chars().count();
    if !(1..=200).contains(&length) {
        let message = format!("a job's name has 1 to 200 characters, this one has {length}");
        report.error("J005", &place.path, name.span, message);
    }
    Some(name)
}

fn visibility(place: &Place, report: &mut Report) -> Option<Value> {
    if place.node.as_map().is_some() {
        let mut keys = place.keys(report)?;
        let group = keys.need("group", report).and_then(|g| g.texts(report));
        keys.done(Severity::Warning, report);
        group?;
    } else {
        place.word(&["public", "personal"], report)?;
    }
    Some(place.node.to_value())
}

fn priority(place: &Place, report: &mut Report) -> Option<u8> {
    if place.node.as_str().is_some() {
        return match place.word(&["high", "medium", "low"], report)? {
            "high" => Some(100),
            "medium" => Some(MEDIUM),
            _ => Some(0),
        };
    }
    let number = place.count(0, report)?;
    let priority = u8::try_from(number).ok().filter(|p| *p <= 100);
    if priority.is_none() {
        let message = format!("expected a priority from 0 to 100, found {number}");
        report.error("J005", &place.path, place.span(), message);
    }
    priority
}

fn timeouts(place: &Place, report: &mut Report) -> Option<JobTimeouts> {
    let mut keys = place.keys(report)?;
    let job = keys
        .need("job", report)
        .and_then(|t| timeout::read(&t, report));
    let action = keys.get("action").and_then(|t| timeout::read(&t, report));
    let connection = keys
        .get("connection")
        .and_then(|t| timeout::read(&t, report));
    let actions = keys
        .get("actions")
        .and_then(|t| timeout::read_by_name(&t, report));
    let connections = keys
        .get("connections")
        .and_then(|t| timeout::read_by_name(&t, report));
    // Here no job waits in a queue.
    keys.ignore(&["queue"]);
    keys.done(Severity::Warning, report);
    Some(JobTimeouts {
        job: job?,
        action,
        connection,
        actions: actions.unwrap_or_default(),
        connections: connections.unwrap_or_default(),
    })
}

fn protocols_of(place: &Place, report: &mut Report) -> Option<Option<Multinode>> {
    let mut keys = place.keys(report)?;
    let multinode = match keys.get("lava-multinode") {
        Some(multinode) => multinode::read(&multinode, report).map(Some),
        None => Some(None),
    };
    keys.no_effect(&["lava-xnbd"], report);
    keys.done(Severity::Error, report);
    multinode
}

fn actions(place: &Place, report: &mut Report) -> Option<Vec<Block>> {
    let items = place.items(report)?;
    if items.is_empty() {
        report
            .error("J005", &place.path, place.span(), "there is no action")
            .help("a job deploys, boots and tests: write `- deploy:`, `- boot:`, `- test:`");
    }
    let blocks: Vec<_> = items
        .iter()
        .map(|item| action::read(item, report))
        .collect();
    blocks.into_iter().collect()
}
