//! Decisions: numbers that `proptest` makes up and shrinks.

use proptest::prelude::*;

/// Any decisions.
pub(crate) fn any() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(proptest::num::u16::ANY, 0..300)
}

/// Gives one decision after the other; at the end all are the first choice, which is the smallest.
pub(crate) struct Tape {
    numbers: std::vec::IntoIter<u16>,
}

impl Tape {
    pub(crate) fn new(numbers: Vec<u16>) -> Self {
        Self {
            numbers: numbers.into_iter(),
        }
    }

    /// A number below `count`.
    pub(crate) fn pick(&mut self, count: usize) -> usize {
        usize::from(self.numbers.next().unwrap_or(0)) % count.max(1)
    }
}
