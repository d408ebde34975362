//! `protocols: lava-multinode`: the roles of a job, and the calls that actions make on the bus.

mod calls;
mod roles;

use std::time::Duration;

use indexmap::IndexMap;

use job_schema_derive::Keys;
use schemars::JsonSchema;

use crate::job::of_split_job;
use crate::read::{Keys, Place, Report};
use crate::timeout::{self, Timeout};

pub(crate) use calls::{BlockProtocols, read_calls};
pub use calls::{ProtocolCall, Request};
use roles::AnyRole;
pub use roles::{Role, RoleKind};

/// `request: lava-start` of a role: its start waits for a message.
const LAVA_START: &str = "lava-start";

/// `lava-multinode`: the roles of a job for several machines.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed, check = split)]
pub struct Multinode {
    /// How long a call on the bus may take; as in LAVA it counts before the roles' own.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
    /// The roles, by name. Each is played by `count` nodes.
    #[keys(with = roles)]
    #[schemars(with = "IndexMap<String, AnyRole>")]
    pub roles: IndexMap<String, Role>,
}

/// LAVA's server cuts a job into one per node; those are for its workers only.
fn split(keys: &mut Keys<'_>, report: &mut Report) {
    const OF_SPLIT: [&str; 6] = [
        "target_group",
        "role",
        "group_size",
        "sub_id",
        "request",
        "expect_role",
    ];
    for key in OF_SPLIT {
        if let Some(place) = keys.get(key) {
            of_split_job(&place, report);
        }
    }
}

fn roles(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Role>> {
    let mut roles = IndexMap::new();
    let mut whole = true;
    for entry in place.node.as_map().unwrap_or_default() {
        // LAVA's server looks into every role, whatever its name is.
        if entry.key.as_str().is_none() && entry.value.as_map().is_none() {
            place.under(entry).refuse("a mapping", report);
            whole = false;
        }
    }
    for (name, place) in place.entries(report)? {
        match roles::read(name, &place, report) {
            Some(role) => drop(roles.insert(role.name.value.clone(), role)),
            None => whole = false,
        }
    }
    if roles.is_empty() && whole {
        report.warning("J015", place.path(), place.span(), "there is no role");
    }
    whole.then_some(roles)
}
