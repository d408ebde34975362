//! One number of one run, with its goal and what a peer took for the same in the same run.

/// One number of one run.
#[derive(Debug)]
pub(crate) struct Figure {
    /// What it is.
    pub(crate) what: String,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The number.
    pub(crate) value: f64,
    /// The goal, where there is one.
    pub(crate) goal: Option<Goal>,
    /// A peer's number of the same run, where one was measured.
    pub(crate) peer: Option<Peer>,
}

/// What the median is to reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// A peer's number of the same run, in the figure's unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// Who it is.
    pub(crate) name: &'static str,
    /// The number.
    pub(crate) value: f64,
}

/// A number without a goal or a peer.
pub(crate) fn figure(what: impl Into<String>, unit: &'static str, value: f64) -> Figure {
    Figure {
        what: what.into(),
        unit,
        value,
        goal: None,
        peer: None,
    }
}

impl Figure {
    pub(crate) fn at_most(mut self, limit: f64) -> Self {
        self.goal = Some(Goal::AtMost(limit));
        self
    }

    pub(crate) fn at_least(mut self, limit: f64) -> Self {
        self.goal = Some(Goal::AtLeast(limit));
        self
    }

    pub(crate) fn beside(mut self, name: &'static str, value: f64) -> Self {
        self.peer = Some(Peer { name, value });
        self
    }
}
