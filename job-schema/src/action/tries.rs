//! How many times a block is done.

use std::time::Duration;

use super::Common;
use crate::read::{Keys, Report};

/// `failure_retry` and `repeat` exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// Neither key is written.
    Once,
    /// `failure_retry`: up to `tries` times until the first success, `interval` apart.
    UntilSuccess {
        /// `failure_retry`, at least 1.
        tries: u32,
        /// `failure_retry_interval`; default 1 s.
        interval: Duration,
    },
    /// `repeat`: so many times whatever happens.
    Always(u32),
}

/// Reads `failure_retry`, `failure_retry_interval` and `repeat` of a block.
pub(super) fn read(keys: &Keys<'_>, common: Option<&Common>, report: &mut Report) -> Tries {
    let (retry, repeat) = (keys.peek("failure_retry"), keys.peek("repeat"));
    if let (Some(retry), Some(repeat)) = (&retry, &repeat) {
        report
            .error("J009", repeat.path(), repeat.span(), "`repeat` and `failure_retry` exclude each other")
            .see(retry.span(), "`failure_retry` is here")
            .help("`failure_retry` stops at the first success, `repeat` runs every time: keep the one that is meant");
    }
    if let (Some(interval), None) = (keys.peek("failure_retry_interval"), &retry) {
        let message = "`failure_retry_interval` has no effect alone";
        report
            .warning("J008", interval.path(), interval.span(), message)
            .help("add `failure_retry`");
    }
    let Some(common) = common else {
        return Tries::Once;
    };
    if let Some(tries) = common.failure_retry {
        let seconds = common
            .failure_retry_interval
            .map_or(1, |interval| interval.0);
        return Tries::UntilSuccess {
            tries: tries.0,
            interval: Duration::from_secs(seconds.into()),
        };
    }
    common
        .repeat
        .map_or(Tries::Once, |times| Tries::Always(times.0))
}
