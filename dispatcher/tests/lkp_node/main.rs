//! `overlays/lkp`, called as a node calls them, on this machine: as root, in a folder and a cache of their own.

#![allow(
    clippy::unwrap_used,
    reason = "clippy sees tests only in functions marked as such"
)]

mod block;
mod engines;
mod images;
mod poor_nodes;
mod refusals;
mod runs;
mod stops;
