//! `boot: {method: ssh}`: log in and unpack the overlay.

use crate::finding::Severity;
use crate::read::{Place, Report};

/// `boot: {method: ssh}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssh {
    /// `parameters: hostID`: message id under which the host sent its address (guests only).
    pub host_id: Option<String>,
    /// `parameters: host_key`: key of the address in that message.
    pub host_key: Option<String>,
}

/// Reads the keys of `method: ssh`.
pub(crate) fn read(parameters: Option<&Place>, report: &mut Report) -> Option<Ssh> {
    let mut host_id = None;
    let mut host_key = None;
    if let Some(parameters) = parameters {
        let mut keys = parameters.keys(report)?;
        host_id = keys.get("hostID").and_then(|id| id.string(report));
        host_key = keys.get("host_key").and_then(|key| key.string(report));
        keys.ignore(super::MESSAGES);
        keys.done(Severity::Warning, report);
    }
    Some(Ssh { host_id, host_key })
}
