//! From a job to the nodes of a run: one per role member, each with its device.
//!
//! In: a checked job and a lab. Out: [`NodeSpec`]s, ready to be planned. Errors are of class configuration (the lab has
//! too few devices) or job.

use std::collections::HashMap;

use job_schema::Job;
use job_schema::multinode::{Role, RoleKind};

use crate::failure::{Class, Failure};
use crate::inventory::assign::{Request, assign};
use crate::inventory::given::Given;
use crate::inventory::lab::Entry;
use crate::inventory::{Device, Inventory};
use crate::plan::NodeSpec;

/// A node that has a name and no device yet.
struct Member<'a> {
    name: String,
    role: &'a str,
    /// `None` in a single-node job.
    of: Option<&'a Role>,
}

impl Member<'_> {
    fn is_guest(&self) -> bool {
        self.of
            .is_some_and(|role| matches!(role.kind, RoleKind::Guest { .. }))
    }
}

/// Which devices a job may have, and what to do when there is none.
pub enum Choice<'a> {
    /// Devices of the lab that nobody holds; `busy` says per entry who holds it.
    Free {
        /// Per entry of the lab.
        busy: &'a [Option<String>],
    },
    /// For a plan: the devices that are given; for the other roles any device will do, and a device type without devices
    /// is imagined.
    Any(&'a Given),
}

/// Names the nodes of a job, gives each its device and job id (`job_id` by place, from 0).
///
/// # Errors
/// See the module.
pub fn nodes(
    job: &Job,
    lab: &Inventory,
    choice: &Choice<'_>,
    job_id: impl Fn(usize) -> String,
) -> Result<Vec<NodeSpec>, Failure> {
    let members = members(job);
    distinct(&members)?;
    let devices = devices(job, &members, lab, choice)?;
    let group: Vec<(String, String)> = match job.multinode() {
        None => Vec::new(),
        Some(_) => members
            .iter()
            .enumerate()
            .map(|(i, m)| (job_id(i), m.role.to_owned()))
            .collect(),
    };
    let mut specs: Vec<NodeSpec> = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let (device, host, expects) = match member.of.map(|r| &r.kind) {
            Some(RoleKind::Guest {
                host_role,
                expect_role,
                delayed_start,
            }) => {
                let host = members
                    .iter()
                    .position(|m| m.role == **host_role)
                    .ok_or_else(|| {
                        Failure::new(
                            Class::Job,
                            format!("role {} has no node to be a guest of", **host_role),
                        )
                    })?;
                let device = match devices.get(&place) {
                    Some(own) => own.clone(),
                    None => guest_device(&devices, host)?,
                };
                let expects = delayed_start.then(|| expect_role.value.clone());
                (device, Some(members[host].name.clone()), expects)
            }
            Some(RoleKind::Device { .. } | RoleKind::Part) | None => {
                let device = devices.get(&place).cloned();
                let missing = || {
                    Failure::new(
                        Class::Bug,
                        format!("node {} was given no device", member.name),
                    )
                };
                (device.ok_or_else(missing)?, None, None)
            }
        };
        let role = member.of;
        let multinode_timeout = job.multinode().and_then(|m| m.timeout);
        let tags = role.map_or(&job.tags, |r| &r.tags);
        specs.push(NodeSpec {
            name: member.name.clone(),
            role: member.role.to_owned(),
            job_id: job_id(place),
            device,
            host,
            expects,
            essential: role.is_some_and(|r| r.essential),
            group: group.clone(),
            // A limit of the protocol wins over the role's own, as in LAVA.
            bus_timeout: multinode_timeout.or(role.and_then(|r| r.timeout)),
            environment: role.map_or(&job.environment, |r| &r.environment).clone(),
            context: role.map_or(&job.context, |r| &r.context).clone(),
            secrets: job.secrets.clone(),
            tags: tags.iter().map(|t| t.value.clone()).collect(),
        });
    }
    Ok(specs)
}

/// Role by role, in the order written; a role with one node lends it its name.
fn members(job: &Job) -> Vec<Member<'_>> {
    let Some(multinode) = job.multinode() else {
        return vec![Member {
            name: "node".to_owned(),
            role: "node",
            of: None,
        }];
    };
    let mut members = Vec::new();
    for (role, of) in &multinode.roles {
        for i in 1..=of.count {
            let name = if of.count == 1 {
                role.clone()
            } else {
                format!("{role}-{i}")
            };
            members.push(Member {
                name,
                role,
                of: Some(of),
            });
        }
    }
    members
}

/// Logs, targets and messages go by name.
fn distinct(members: &[Member<'_>]) -> Result<(), Failure> {
    let mut seen = HashMap::new();
    for member in members {
        if let Some(other) = seen.insert(member.name.as_str(), member.role) {
            return Err(Failure::new(
                Class::Job,
                format!(
                    "roles {other} and {} would both have a node called {}; rename one of them",
                    member.role, member.name
                ),
            ));
        }
    }
    Ok(())
}

fn devices(
    job: &Job,
    members: &[Member<'_>],
    lab: &Inventory,
    choice: &Choice<'_>,
) -> Result<HashMap<usize, Device>, Failure> {
    let context = |place: usize| members[place].of.map_or(&job.context, |r| &r.context);
    let mut found = HashMap::new();
    let mut places = Vec::new();
    let mut requests = Vec::new();
    for (place, member) in members.iter().enumerate() {
        if let Choice::Any(given) = choice
            && let Some(entry) = given.of(member.role, member.is_guest())
        {
            found.insert(place, lab.render(entry, context(place))?);
            continue;
        }
        let (device_type, device, tags) = match member.of {
            None
            | Some(Role {
                kind: RoleKind::Part,
                ..
            }) => (job.device_type.as_ref(), job.device.as_ref(), &job.tags),
            Some(Role {
                kind:
                    RoleKind::Device {
                        device_type,
                        device,
                    },
                tags,
                ..
            }) => (Some(device_type), device.as_ref(), tags),
            Some(Role {
                kind: RoleKind::Guest { .. },
                ..
            }) => continue,
        };
        let device_type = device_type.ok_or_else(|| match member.of {
            None => Failure::new(Class::Job, "a job without roles needs `device_type`"),
            Some(_) => Failure::new(
                Class::Job,
                "the part of one node does not say which device it is for: give it with --device",
            ),
        })?;
        places.push(place);
        requests.push(Request {
            node: member.name.clone(),
            device_type: device_type.value.clone(),
            device: device.map(|d| d.value.clone()),
            tags: tags.iter().map(|t| t.value.clone()).collect(),
        });
    }
    match choice {
        Choice::Free { busy } => {
            let given = assign(&requests, lab.entries(), busy)
                .map_err(|message| Failure::new(Class::Configuration, message))?;
            for (place, entry) in places.into_iter().zip(given) {
                found.insert(place, lab.render(&lab.entries()[entry], context(place))?);
            }
        }
        Choice::Any(_) => {
            let nobody: Vec<Option<String>> = vec![None; lab.entries().len()];
            let given = assign(&requests, lab.entries(), &nobody).ok();
            for (i, place) in places.into_iter().enumerate() {
                let entry: Option<&Entry> = given.as_ref().map(|g| &lab.entries()[g[i]]);
                let device = match entry {
                    Some(entry) => lab.render(entry, context(place))?,
                    None => lab.imagine(&requests[i].device_type, context(place))?,
                };
                found.insert(place, device);
            }
        }
    }
    Ok(found)
}

fn guest_device(devices: &HashMap<usize, Device>, host: usize) -> Result<Device, Failure> {
    let host = devices
        .get(&host)
        .ok_or_else(|| Failure::new(Class::Job, "a guest's host must have a device of its own"))?;
    Ok(Device {
        config: host.config.for_guest(),
        ..host.clone()
    })
}
