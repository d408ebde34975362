//! Ports of nodes that end in the dispatcher, and LKP's cluster exchange over them: with nodes of the embedded lab, with
//! OpenSSH machines, and with the real LKP when `LKP_TESTS` names its tree.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked as such"
)]

mod exchange;
mod lab;
mod machines;
mod real;
