//! Blocks that several nodes run together: LKP's own cluster jobs.
//!
//! The n-th `lkp:` blocks of one `name` that have `cluster:` are one cluster, whichever roles they belong to. Its members
//! are known before anything runs, and so are their addresses.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::test::lkp::{Lkp, Network, Part, SetValue};
use job_schema::yaml::Value;

use super::arguments::option;
use crate::bus::cluster::{ClusterError, Endpoint, Hub, Member, Role};
use crate::failure::{Class, Failure};
use crate::lkp::CLUSTER;
use crate::plan::NodePlan;
use crate::plan::stages::LkpSpec;
use crate::transport::ssh::Target;

/// The clusters of a run.
#[derive(Default)]
pub struct Clusters(HashMap<(String, usize), Arc<Hub>>);

impl Clusters {
    /// The clusters that the nodes of a run form.
    ///
    /// # Errors
    /// Job: a name or an address that LKP's scripts could not carry.
    pub fn of(plans: &[NodePlan], targets: &HashMap<String, Target>) -> Result<Self, Failure> {
        let mut groups: IndexMap<(String, usize), (String, Vec<Member>)> = IndexMap::new();
        for plan in plans {
            let spec = &plan.spec;
            let machine = spec.host.as_ref().unwrap_or(&spec.name);
            let address = targets
                .get(machine)
                .map_or("", |target| target.host.as_str());
            for block in &plan.lkp {
                let Some(key) = key(block) else { continue };
                let form = &block.suite.form;
                let network = form.containers.as_ref().map(|c| &c.network);
                if network.is_some_and(|network| *network != Network::Host) {
                    return Err(Failure::new(
                        Class::Job,
                        format!(
                            "the lkp block `{}` has `cluster:` and containers without the node's network; there they \
                             cannot ask for the others: leave `network` out",
                            form.suite()
                        ),
                    ));
                }
                let member = Member {
                    name: spec.name.clone(),
                    roles: form.cluster.iter().map(|part| role(*part)).collect(),
                    address: address.to_owned(),
                    runs: form.count() as usize,
                };
                let group = groups
                    .entry(key)
                    .or_insert_with(|| (name(form), Vec::new()));
                group.1.push(member);
            }
        }
        let hubs = groups.into_iter().map(|(key, (name, members))| {
            let hub = Hub::new(&name, members)?;
            Ok((key, hub))
        });
        let hubs: Result<_, ClusterError> = hubs.collect();
        Ok(Self(
            hubs.map_err(|e| Failure::new(Class::Job, e.to_string()))?,
        ))
    }

    /// The cluster of a block.
    pub(super) fn hub(&self, block: &LkpSpec) -> Option<&Arc<Hub>> {
        self.0.get(&key(block)?)
    }

    /// A node has come to its end; the others must not wait for it.
    pub fn leave(&self, node: &str, why: &str) {
        for hub in self.0.values() {
            hub.leave(node, why);
        }
    }
}

fn key(block: &LkpSpec) -> Option<(String, usize)> {
    Some((block.suite.form.suite().to_owned(), block.cluster?))
}

fn role(part: Part) -> Role {
    match part {
        Part::Server => Role::Server,
        Part::Client => Role::Client,
    }
}

/// The cluster's name for LKP; it is part of the names of results.
fn name(form: &Lkp) -> String {
    match form.set.get("cluster").map(|value| &value.value) {
        Some(SetValue::One(Value::Str(own))) => own.clone(),
        _ => CLUSTER.to_owned(),
    }
}

/// What LKP needs to find us: `--run-set` arguments.
pub(super) fn settings(endpoint: &Endpoint, node: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let port = endpoint.port().to_string();
    let values = [
        ("LKP_SERVER", "127.0.0.1"),
        ("LKP_CGI_PORT", &port),
        ("LKP_USER", "lkp"),
        ("NO_NETWORK", ""),
        ("HOSTNAME", node),
    ];
    for (name, value) in values {
        option(&mut arguments, "run-set", format!("{name}: {value}"));
    }
    arguments
}
