//! Which tests of a job run for the roles that a node has. In: an atomic job. Out: names of programs.

use job_schema::yaml::Value;

use super::Map;
use super::psych::{UNKNOWN, text};
use crate::lkp::tree::Programs;

/// The tests whose numbers must be among the results: those with a parser, in the blocks of the node's roles.
pub(super) fn programs(job: &Map, programs: &Programs) -> Vec<String> {
    let roles = job.get("node_roles").map(text);
    let roles = roles.filter(|roles| roles != UNKNOWN);
    let roles: Option<Vec<&str>> = roles.as_ref().map(|it| it.split_whitespace().collect());
    let mut found = Vec::new();
    collect(job, roles.as_deref(), programs, &mut found);
    found
}

fn collect(map: &Map, roles: Option<&[&str]>, programs: &Programs, found: &mut Vec<String>) {
    for (key, value) in map {
        if programs.is_measured(key) {
            if !found.contains(key) {
                found.push(key.clone());
            }
            continue;
        }
        // What is below another program is its parameters.
        if let Value::Map(inner) = value
            && !programs.is_workload(key)
            && !programs.is_monitor(key)
            && runs(key, roles)
        {
            collect(inner, roles, programs, found);
        }
    }
}

/// Whether a block `if role server:` runs on a node with these roles. Other conditions are known only on the node.
fn runs(key: &str, roles: Option<&[&str]>) -> bool {
    match (key.strip_prefix("if role "), roles) {
        (Some(wanted), Some(roles)) => wanted
            .split_whitespace()
            .any(|wanted| roles.contains(&wanted)),
        _ => true,
    }
}
