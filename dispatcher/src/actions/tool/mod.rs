//! The kinds of step that methods of boards are made of, each written once.

pub mod dialogue;
pub mod words;
