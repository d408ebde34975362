//! Real machines for tests: one OpenSSH server per node, each with its own root, network address and process tree.
//!
//! In goes a list of [`NodeSpec`]; out comes a [`Farm`] whose nodes answer at `10.77.0.2`, `10.77.0.3`, … inside the
//! farm's own network namespace ([`Farm::in_network`], [`Farm::enter`]). The kernel takes everything away when the
//! farm's first process ends, and that process ends when the pipe to the test closes: also when the test is killed.
//! Needs root and Debian's `openssh-server`; [`crate::need`] asks first. The system's own sshd, its configuration and
//! its keys are never touched.

mod farm;
mod node;

pub use farm::Farm;
pub(crate) use node::make_key;
pub use node::{Node, NodeSpec};

#[cfg(test)]
mod tests;
