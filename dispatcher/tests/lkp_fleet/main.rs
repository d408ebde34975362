//! `dispatch lkp` and `dispatch nodes` as a user calls them, on the embedded lab where there is one, and on OpenSSH
//! machines where there can be some.

#![allow(clippy::unwrap_used)]

mod call;
mod runs;
mod words;
