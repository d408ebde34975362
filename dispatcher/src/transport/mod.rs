//! How bytes reach a node.

pub mod dial;
pub mod forward;
pub mod host_key;
pub mod ssh;
pub mod ssh_auth;
pub mod stream;
mod ssh_client;
