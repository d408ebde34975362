//! How bytes reach a node.

pub mod dial;
pub mod forward;
pub mod host_key;
pub mod ssh;
pub mod ssh_auth;
mod ssh_client;
pub mod stream;
