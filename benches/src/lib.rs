//! Figures that a command prints, as libraries.

pub mod message_bugs;
