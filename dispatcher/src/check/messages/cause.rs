//! Why a job cannot succeed.

/// Why a job cannot succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// Waits (or delayed starts) for what these roles never send.
    Unmet {
        calls: Vec<usize>,
        missing: Vec<String>,
    },
    /// Syncs that these roles never reach.
    Sync {
        calls: Vec<usize>,
        missing: Vec<String>,
    },
    /// Each waits for the next, the last for the first.
    Cycle { calls: Vec<usize> },
}

impl Cause {
    /// The calls that nobody gets past.
    pub(super) fn calls(&self) -> &[usize] {
        let (Self::Unmet { calls, .. } | Self::Sync { calls, .. } | Self::Cycle { calls }) = self;
        calls
    }
}
