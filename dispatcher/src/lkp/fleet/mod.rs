//! LKP on a fleet: what `dispatch lkp` keeps in the state folder, the jobs it makes, and the runs it finds again.
//!
//! ```text
//! $STATE/lkp/source.yaml        the pin: which lkp-tests, which commit
//! $STATE/lkp/trees/<digest>/    the trees, pristine; one that a run may use is never changed
//! $STATE/lkp/cases/<name>/      pushed cases: layer/ (LKP's layout), nodes.yaml, SHA256SUMS, take.yaml
//! ```
//!
//! In: a selection of devices, names of cases, options. Out: the text of a job file, which is checked, planned and run as
//! any other; and what runs have left, per node. What can go wrong is a [`crate::failure::Failure`].

pub mod cases;
mod check_nodes;
mod fetch;
mod folder;
pub mod history;
pub mod job;
pub mod names;
pub mod pin;
mod points;
mod read_case;
pub mod stop;

pub use check_nodes::{Needs, Readiness, check_job, readiness};
pub use fetch::fetch;
pub use folder::keep_copy;
pub use points::points;
