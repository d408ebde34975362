//! `test:`, one file per form.

pub mod definitions;

/// A test block.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `definitions:`
    Definitions(Vec<definitions::Definition>),
}
