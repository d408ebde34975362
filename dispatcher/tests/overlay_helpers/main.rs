//! The shell helpers of `overlays/`, run for real under every shell that this machine has: what they print, write and
//! return, and how they talk to a dispatcher that is played here.
//!
//! What a machine can't run is said on stderr in a line that begins with `NOT RUN`, numbered.

#![allow(
    clippy::unwrap_used,
    reason = "the functions that tests share are tests as well"
)]

mod alone;
mod channel;
mod console;
mod costs;
mod lint;
mod node;
mod packages;
mod relay;
mod runner;
