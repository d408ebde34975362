//! LKP (Linux Kernel Performance): its tree of tests, its jobs and its results, as facts. Nothing in here touches a node;
//! `actions/test/lkp/` does.

pub(crate) mod compare;
pub mod expand;
pub mod fleet;
pub mod judge;
pub(crate) mod keep;
pub mod kpi;
pub mod load;
pub mod pack;
pub mod point;
pub mod source;
pub mod suite;
pub mod tree;
pub mod unpack;

use indexmap::IndexMap;
use job_schema::test::lkp::Lkp;
use job_schema::yaml::Value;

/// The name of a cluster whose block does not `set` one.
pub const CLUSTER: &str = "dispatch";

/// What dispatch sets for every job that does not set it itself: `lkp run` fails where there is no compiler and the job
/// names none, and LKP's own monitors cost time and change what is measured.
#[must_use]
pub fn defaults(form: &Lkp) -> IndexMap<String, Value> {
    let mut values = IndexMap::new();
    values.insert("compiler".to_owned(), Value::Str("none".to_owned()));
    if !form.cluster.is_empty() {
        let parts: Vec<&str> = form.cluster.iter().map(|part| part.as_str()).collect();
        values.insert("cluster".to_owned(), Value::Str(CLUSTER.to_owned()));
        values.insert("node_roles".to_owned(), Value::Str(parts.join(" ")));
    }
    if !form.monitors {
        values.insert("need_monitors".to_owned(), Value::Bool(false));
    }
    values
}
