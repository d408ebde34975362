//! From a job and a device per node to a [`NodePlan`] each: a printable tree of steps with effective timeouts.
//!
//! Pure: no I/O, no clock. The tree that `dispatch plan` prints is the one that `dispatch submit` runs.

pub mod context;
pub mod dialogue;
pub mod draft;
pub(crate) mod method;
mod node;
pub mod print;
pub mod spec;
pub mod stages;
pub mod step;
pub mod timeouts;

pub use node::plan_node;
pub use spec::{NodePlan, NodeSpec};
pub use step::{Step, StepKind};
