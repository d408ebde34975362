//! Checks that need more than the job language: what the roles of a job say to each other.

pub mod local;
pub mod messages;
