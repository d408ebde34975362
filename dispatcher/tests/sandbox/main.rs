//! The embedded lab on this machine, for real: as the user who runs the tests, and, when that is root, also as an
//! ordinary user with and without a range of subordinate ids.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked as such"
)]

mod client;
mod ending;
mod node;
mod users;
