//! Runs test jobs on many machines at once. `ARCHITECTURE.md` has the picture.

pub mod failure;
pub mod journal;
pub mod sandbox;
