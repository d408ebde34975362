//! LKP (Linux Kernel Performance): its tree of tests, its jobs and its results, as facts. Nothing in here touches a node;
//! `actions/test/lkp.rs` does.

pub mod fleet;
pub mod point;
