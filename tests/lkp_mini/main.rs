//! The miniature of lkp-tests (`examples/lkp-mini`) behaves like lkp-tests: what `split-job` writes, where results lie and
//! what they say, and the habits that make LKP hard to run from outside.
//!
//! The miniature is run under every shell and awk of this machine. When `LKP_TESTS` names a tree of the real lkp-tests,
//! the same is asked of that one: what is true of both can be relied on in other tests.

#![allow(
    clippy::unwrap_used,
    reason = "the functions that tests share are tests as well"
)]

mod cluster;
mod coordinator;
mod habits;
mod lint;
mod miniature;
mod results;
mod split;
mod tree;
