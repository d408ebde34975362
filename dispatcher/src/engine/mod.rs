//! Walks a node's plan: deadlines, tries, calls on the bus, cancel, and the last step however it went.

pub mod calls;
mod cleanup;
pub mod context;
pub mod node;
pub mod state;
pub mod walk;
