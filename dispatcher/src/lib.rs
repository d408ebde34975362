//! Runs test jobs on many machines at once. `ARCHITECTURE.md` has the picture.

pub mod bus;
pub mod failure;
pub mod fetch;
pub mod inventory;
pub mod journal;
pub mod keys;
pub mod overlay;
pub mod plan;
pub mod recorder;
pub mod transport;
