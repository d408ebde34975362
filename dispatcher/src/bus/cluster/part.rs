//! What a member holds while it runs a case.

use std::sync::Arc;

use super::exchange::Seat;
use super::hub::{Hub, Key};

/// How a member's run of a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartEnd {
    /// LKP went to its end, whatever came out.
    Over,
    /// It did not: `ran out of its 300 s`.
    Broken(String),
}

/// A member's part in one run of a case. Dropped without [`Part::end`], it ends as broken.
#[must_use = "what a node asks belongs to a case only while this lives"]
pub struct Part {
    hub: Arc<Hub>,
    seat: Seat,
    key: Option<Key>,
}

impl Part {
    pub(super) fn new(hub: Arc<Hub>, seat: Seat, key: Key) -> Self {
        let key = Some(key);
        Self { hub, seat, key }
    }

    /// The member's run of the case has ended. Gives the reason if another member ended the case for all
    /// (`host: a program of its job failed`), or if the member asked for something that makes no sense.
    pub fn end(mut self, end: PartEnd) -> Option<String> {
        let key = self.key.take()?;
        self.hub.end_part(self.seat, &key, end)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let end = PartEnd::Broken("its run of the case was stopped".to_owned());
            self.hub.end_part(self.seat, &key, end);
        }
    }
}
