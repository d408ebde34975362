//! The journal: the one truth about a run.

pub mod event;
