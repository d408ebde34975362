//! `dispatch` on real parts, one file per capability. `common` has what they are made of.

#![allow(clippy::unwrap_used, reason = "the whole program is tests")]

mod access;
mod again;
mod device_commands;
mod faults;
mod forged_output;
mod host_guests_ssh;
mod lab_probe;
mod lava_lab;
mod lkp;
mod lkp_cluster;
mod lkp_engines;
mod lkp_stress;
mod multinode;
mod sandbox_lab;
mod ssh_definitions;
mod ssh_single;
mod static_faults;
mod views;
