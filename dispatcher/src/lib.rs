//! Runs test jobs on many machines at once. `ARCHITECTURE.md` has the picture.

pub mod cli;
pub mod failure;
pub mod journal;
pub mod results;
pub mod store;
pub mod text;
