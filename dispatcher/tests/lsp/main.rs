//! `dispatch lsp`, driven over its standard input and output as an editor does.

mod client;
mod completing;
mod diagnosing;
mod explaining;
mod naming;
mod protocol;
