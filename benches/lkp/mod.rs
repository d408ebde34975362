//! The rows about LKP.

pub(crate) mod bytes;
pub(crate) mod containers;
pub(crate) mod example;
