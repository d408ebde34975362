//! From a job and a device per node to a [`NodePlan`] each: a printable tree of steps with effective timeouts.
//!
//! Pure: no I/O, no clock. The tree that `dispatch plan` prints is the one that `dispatch submit` runs.

pub mod dialogue;
pub mod draft;
pub(crate) mod method;
pub mod node;
pub mod print;
mod refusals;
pub mod step;
pub mod timeouts;

pub use node::{NodePlan, NodeSpec, plan_node};
pub use refusals::runnable;
pub(crate) use refusals::{not_yet, unsupported};
pub use step::{Step, StepKind};
