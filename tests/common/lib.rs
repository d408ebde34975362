//! What the end-to-end tests and the benchmarks are built from: real OpenSSH machines, faults between them and
//! `dispatch`, and a builder that runs a job and reads what it left.
//!
//! Nothing here knows the insides of `dispatch`: it is started as a user starts it and judged by its exit code, its
//! words, its journal and its results.

pub mod corpus;
pub mod fileserver;
pub mod git;
pub mod job;
pub mod journal;
pub mod lab;
pub mod need;
pub mod nodes;
pub mod outcome;
pub mod processes;
pub mod proxy;
pub mod traces;
pub mod yaml;

pub use fileserver::FileServer;
pub use job::JobTest;
pub use lab::Lab;
pub use nodes::{Farm, NodeSpec};
pub use outcome::Outcome;
pub use proxy::{FlakyProxy, Mood};
pub use traces::Traces;
