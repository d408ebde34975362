//! `dispatch lsp`, driven over its standard input and output as an editor does.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod client;
mod completing;
mod diagnosing;
mod explaining;
mod naming;
mod protocol;
