//! Rules across fields and across roles, one file per topic.
//!
//! In: a job whose every block could be read, and its located text. Out: findings. Only what is certain from the
//! file is reported; what depends on devices is known when a job is planned.
//!
//! All codes of the crate; a code never changes its meaning:
//!
//! | code | what |
//! |---|---|
//! | J001 | the file is not YAML, or holds more than one document |
//! | J002 | YAML that is no plain data, or passes a limit: nesting, aliases, tags, merges |
//! | J003 | a required key is missing |
//! | J004 | a value of the wrong kind |
//! | J005 | a value out of its range, or not one of the words |
//! | J006 | an unknown key |
//! | J007 | a key written twice |
//! | J008 | a key that has no effect |
//! | J009 | keys that exclude each other |
//! | J010 | odd timeout: several units, nothing, `skip` in the wrong place |
//! | J011 | a timeout longer than the job's |
//! | J020 | an action without `role` in a multinode job, or with one in a single-node job |
//! | J021 | an action for a role that does not exist |
//! | J022 | `host_role` or `expect_role` that does not exist |
//! | J023 | a guest whose host role is itself a guest |
//! | J024 | a guest whose host role has not exactly one node |
//! | J025 | a role that expects itself |
//! | J026 | a role without any action |
//! | J027 | `device` with a `count` other than 1 |
//! | J028 | neither `device_type` nor `lava-multinode` |
//! | J029 | top-level keys that a multinode job ignores |
//! | J030 | namespaces: reserved, mixed with `common` |
//! | J031 | a boot without a deploy before it |
//! | J032 | a `hostID` that no deploy of the role receives |
//! | J033 | a wrong `request` of an action |
//! | J034 | a `message` of a wait that picks nothing |
//! | J035 | a request for an action by a role that does not exist |
//! | J040 | a method of LAVA that this version cannot run |
//! | J041 | an unknown action or method |
//! | J042 | a node's part of a split multinode job |
//! | J050 | the name of a test definition |
//! | J051 | odd test definition |

mod boots;
mod definitions;
mod messages;
mod namespaces;
mod roles;
mod timeouts;

use crate::action::Block;
use crate::job::Job;
use crate::read::Report;
use crate::yaml::Node;

/// Checks a job; `root` is its located text.
pub(crate) fn check(job: &Job, root: &Node, report: &mut Report) {
    roles::check(job, root, report);
    timeouts::check(job, root, report);
    namespaces::check(job, report);
    boots::check(job, report);
    messages::check(job, report);
    definitions::check(job, report);
}

/// The path of an action block.
fn path(index: usize, block: &Block) -> String {
    format!("actions[{index}].{}", kind(block))
}

fn kind(block: &Block) -> &'static str {
    match block.action {
        crate::Action::Deploy(_) => "deploy",
        crate::Action::Boot(_) => "boot",
        crate::Action::Test(_) => "test",
    }
}

/// Whether some node runs both blocks.
fn same_node(a: &Block, b: &Block) -> bool {
    a.roles.is_empty() && b.roles.is_empty() || a.roles.iter().any(|role| b.roles.contains(role))
}
