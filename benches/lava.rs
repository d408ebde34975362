//! The figures of the peer.

/// Where the peer's figures come from; printed below the table.
pub(crate) const SOURCE: &str = "LAVA is 2026.07, which was measured earlier on a machine like this (2 processors, Debian 12, \
OpenSSH 9.2 on loopback); \"tuned\" is LAVA polling ten times a second instead of once in three seconds. \
Other peers were measured in the same run.";

pub(crate) const SMALLEST: &str = "LAVA 1.80 s";
pub(crate) const SYNC: &str = "LAVA 3.02 s (0.12 s tuned)";
pub(crate) const SEND_WAIT: &str = "LAVA 1.6 s (0.08 s tuned)";
pub(crate) const SIXTEEN: &str = "LAVA 12.1 s (7.8 s tuned), 595 MB";
pub(crate) const LOUD: &str = "LAVA 3.8 MB/s (20 MB in 7.1 s), 347 MB";
pub(crate) const TEST_CASES: &str = "LAVA 266 /s";
pub(crate) const NONE: &str = "-";
