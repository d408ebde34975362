//! Runs test jobs on many machines at once. `ARCHITECTURE.md` has the picture.

pub mod bus;
pub mod failure;
pub mod journal;
