//! Runs test jobs on many machines at once. `ARCHITECTURE.md` has the picture.

pub mod actions;
pub mod bring_up;
pub mod bus;
pub mod check;
pub mod cli;
pub mod console;
pub mod engine;
pub mod failure;
pub mod feed;
pub mod fetch;
pub mod group;
pub mod inventory;
pub mod journal;
pub mod keys;
pub mod lkp;
pub mod lsp;
pub mod overlay;
pub mod plan;
pub mod probe;
pub mod recorder;
pub mod results;
pub mod run_job;
pub mod sandbox;
pub mod store;
pub mod text;
pub mod transport;
