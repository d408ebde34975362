//! Timeout dictionaries: `{minutes: 5}`, in a block also with `skip: true`.

use std::time::Duration;

/// What LAVA takes for a timeout of zero or an empty dictionary: 30 s.
pub const DEFAULT: Duration = Duration::from_secs(30);

/// The `timeout` of an action block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockTimeout {
    /// How long the block may take.
    pub limit: Duration,
    /// `skip: true`: a test that runs out of time fails, and the job goes on with the next block.
    pub skip: bool,
}
